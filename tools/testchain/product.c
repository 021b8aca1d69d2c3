/* SPDX-License-Identifier: MIT */
/*
 * The table of processors. TCB_VERSION: SNP firmware ABI, section 2.2.
 */
#include "product.h"

#include <stdio.h>
#include <string.h>

#define MILAN_LAYOUT                                                                    \
	{                                                                               \
		[TCB_BOOTLOADER] = 0, [TCB_TEE] = 1, [TCB_SNP] = 6, [TCB_MICROCODE] = 7 \
	}
#define TURIN_LAYOUT                                                               \
	{                                                                          \
		[TCB_FMC] = 0, [TCB_BOOTLOADER] = 1, [TCB_TEE] = 2, [TCB_SNP] = 3, \
		[TCB_MICROCODE] = 7                                                \
	}

static const struct product products[] = {
	{.name = "Milan",
		.chip_name = "Milan-B1",
		.family = 0x19,
		.model = 0x01,
		.stepping = 0x01,
		.hwid_size = 64,
		.tcb_byte = MILAN_LAYOUT,
		.default_tcb = "4,0,24,219"},
	{.name = "Genoa",
		.chip_name = "Genoa-B1",
		.family = 0x19,
		.model = 0x11,
		.stepping = 0x01,
		.hwid_size = 64,
		.tcb_byte = MILAN_LAYOUT,
		.default_tcb = "10,0,23,84"},
	{.name = "Turin",
		.chip_name = "Turin-C1",
		.family = 0x1a,
		.model = 0x02,
		.stepping = 0x01,
		.hwid_size = 8,
		.structure_version = 1,
		.has_fmc = true,
		.tcb_byte = TURIN_LAYOUT,
		.default_tcb = "1,1,1,4,81"},
};

const struct product *product_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(products); i++) {
		if (!strcmp(name, products[i].name))
			return &products[i];
	}
	return NULL;
}

const char *product_names(void)
{
	return "Milan, Genoa, Turin";
}

/* Takes a number of 0 to 255 and what separates it from the next off @text. */
static bool read_level(const char **text, bool last, uint8_t *level)
{
	unsigned int value = 0;
	int digits = 0;

	for (; **text >= '0' && **text <= '9' && digits < 4; digits++)
		value = value * 10 + (unsigned int)(*(*text)++ - '0');
	*level = (uint8_t)value;
	if (!digits || value > UINT8_MAX)
		return false;
	return last ? **text == '\0' : *(*text)++ == ',';
}

bool product_read_tcb(const struct product *product, const char *text, uint8_t tcb[TCB_PARTS])
{
	memset(tcb, 0, TCB_PARTS);
	for (int part = product->has_fmc ? TCB_FMC : TCB_BOOTLOADER; part < TCB_PARTS; part++) {
		if (!read_level(&text, part == TCB_PARTS - 1, &tcb[part]))
			return false;
	}
	return true;
}

uint64_t product_tcb_version(const struct product *product, const uint8_t tcb[TCB_PARTS])
{
	uint64_t version = 0;

	for (int part = product->has_fmc ? TCB_FMC : TCB_BOOTLOADER; part < TCB_PARTS; part++)
		version |= (uint64_t)tcb[part] << (8 * product->tcb_byte[part]);
	return version;
}
