/* SPDX-License-Identifier: MIT */
/*
 * Decoding the MADT (ACPI 6.5, section 5.2.12). The memory is private and
 * nobody writes to it any more, but its content is the host's.
 */
#include <string.h>

#include "kernel/madt.h"

#define HEADER_SIZE 44U /* incl. local APIC address and flags */
#define LENGTH_OFFSET 4U

#define TYPE_LOCAL_APIC 0U
#define TYPE_LOCAL_X2APIC 9U
#define FLAG_ENABLED BIT(0)

struct local_apic {
	uint8_t type, length;
	uint8_t processor_id;
	uint8_t apic_id;
	uint32_t flags;
};
ASSERT_SIZE(struct local_apic, 8);

struct local_x2apic {
	uint8_t type, length;
	uint16_t reserved;
	uint32_t apic_id;
	uint32_t flags;
	uint32_t processor_uid;
};
ASSERT_SIZE(struct local_x2apic, 16);

struct cpu_list {
	uint32_t *apic_ids;
	unsigned int max, count;
};

static enum madt_error add_cpu(struct cpu_list *list, uint32_t apic_id, uint32_t flags)
{
	if (!(flags & FLAG_ENABLED))
		return MADT_OK;
	for (unsigned int i = 0; i < list->count; i++)
		if (list->apic_ids[i] == apic_id)
			return MADT_DUPLICATE;
	if (list->count == list->max)
		return MADT_TOO_MANY;
	list->apic_ids[list->count++] = apic_id;
	return MADT_OK;
}

static enum madt_error decode_entry(struct cpu_list *list, const uint8_t *at, uint8_t length)
{
	struct local_apic apic;
	struct local_x2apic x2apic;

	if (at[0] == TYPE_LOCAL_APIC) {
		if (length < sizeof(apic))
			return MADT_MALFORMED;
		memcpy(&apic, at, sizeof(apic));
		return add_cpu(list, apic.apic_id, apic.flags);
	}
	if (at[0] == TYPE_LOCAL_X2APIC) {
		if (length < sizeof(x2apic))
			return MADT_MALFORMED;
		memcpy(&x2apic, at, sizeof(x2apic));
		return add_cpu(list, x2apic.apic_id, x2apic.flags);
	}
	return MADT_OK;
}

static bool is_absent(const uint8_t *table, size_t size)
{
	for (size_t i = 0; i < size && i < HEADER_SIZE; i++)
		if (table[i])
			return false;
	return true;
}

enum madt_error madt_decode(const uint8_t *table, size_t size, uint32_t *apic_ids, unsigned int max,
	unsigned int *count)
{
	struct cpu_list list = {.apic_ids = apic_ids, .max = max};
	uint32_t length;

	*count = 0;
	if (is_absent(table, size))
		return MADT_OK;
	if (size < HEADER_SIZE)
		return MADT_MALFORMED;
	memcpy(&length, table + LENGTH_OFFSET, sizeof(length));
	if (memcmp(table, "APIC", 4) || length < HEADER_SIZE || length > size)
		return MADT_MALFORMED;
	for (uint32_t at = HEADER_SIZE; at < length;) {
		enum madt_error error;

		if (length - at < 2 || table[at + 1] < 2 || table[at + 1] > length - at)
			return MADT_MALFORMED;
		error = decode_entry(&list, table + at, table[at + 1]);
		if (error)
			return error;
		at += table[at + 1];
	}
	*count = list.count;
	return MADT_OK;
}

const char *madt_error_text(enum madt_error error)
{
	switch (error) {
	case MADT_OK:
		return "fine";
	case MADT_MALFORMED:
		return "the host's MADT is malformed";
	case MADT_TOO_MANY:
		return "the host's MADT names too many CPUs";
	case MADT_DUPLICATE:
		return "the host's MADT names an APIC id twice";
	}
	return "unknown";
}
