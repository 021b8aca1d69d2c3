/* SPDX-License-Identifier: MIT */
/*
 * Products and TCB layouts: tables and what reads them.
 */
#include "tcb.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const names[PRODUCT_LINES] = {
	[PRODUCT_UNKNOWN] = "unknown",
	[PRODUCT_MILAN] = "Milan",
	[PRODUCT_GENOA] = "Genoa",
	[PRODUCT_TURIN] = "Turin",
};

static const struct tcb_layout layout_milan = {
	{{"bootloader", 0, 1}, {"tee", 1, 2}, {"snp", 6, 3}, {"microcode", 7, 8}}, 4};
static const struct tcb_layout layout_turin = {
	{{"fmc", 0, 9}, {"bootloader", 1, 1}, {"tee", 2, 2}, {"snp", 3, 3}, {"microcode", 7, 8}},
	5};

struct models {
	uint8_t family, first, last;
	enum product_line line;
};

static const struct models models[] = {
	{0x19, 0x00, 0x0f, PRODUCT_MILAN},
	{0x19, 0x10, 0x1f, PRODUCT_GENOA},
	{0x19, 0xa0, 0xaf, PRODUCT_GENOA},
	{0x1a, 0x00, 0x11, PRODUCT_TURIN},
};

const char *product_name(enum product_line line)
{
	return names[line];
}

enum product_line product_of_cpuid(uint8_t family, uint8_t model)
{
	for (size_t i = 0; i < ARRAY_SIZE(models); i++) {
		if (models[i].family == family && models[i].first <= model &&
			model <= models[i].last)
			return models[i].line;
	}
	return PRODUCT_UNKNOWN;
}

enum product_line product_of_name(const char *name)
{
	size_t length = strcspn(name, "-");

	for (enum product_line line = PRODUCT_MILAN; line < PRODUCT_LINES; line++) {
		if (strlen(names[line]) == length && !memcmp(names[line], name, length))
			return line;
	}
	return PRODUCT_UNKNOWN;
}

const struct tcb_layout *tcb_layout(enum product_line line)
{
	switch (line) {
	case PRODUCT_MILAN:
	case PRODUCT_GENOA:
		return &layout_milan;
	case PRODUCT_TURIN:
		return &layout_turin;
	default:
		return NULL;
	}
}

uint64_t tcb_reserved_bits(uint64_t tcb, const struct tcb_layout *layout)
{
	for (size_t i = 0; layout && i < layout->count; i++)
		tcb &= ~(0xffULL << 8 * layout->parts[i].byte);
	return tcb;
}

const char *tcb_text(uint64_t tcb, const struct tcb_layout *layout, char text[TCB_TEXT_SIZE])
{
	size_t at = 0;

	if (!layout)
		snprintf(text, TCB_TEXT_SIZE, "0x%016" PRIx64, tcb);
	for (size_t i = 0; layout && i < layout->count; i++)
		at += (size_t)snprintf(text + at, TCB_TEXT_SIZE - at, "%s%s %u", i ? ", " : "",
			layout->parts[i].name, tcb_part_value(tcb, &layout->parts[i]));
	return text;
}
