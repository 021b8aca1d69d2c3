/* SPDX-License-Identifier: MIT */
/*
 * Reading a certificate table.
 */
#include "cert_table.h"

#include <inttypes.h>
#include <string.h>

static const struct {
	uint8_t guid[SNP_GUID_SIZE];
	const char *name;
} known[] = {
	{SNP_CERT_GUID_VCEK, "VCEK"},
	{SNP_CERT_GUID_VLEK, "VLEK"},
	{SNP_CERT_GUID_ASK, "ASK"},
	{SNP_CERT_GUID_ARK, "ARK"},
};

const char *cert_table_name(const uint8_t guid[SNP_GUID_SIZE])
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (!memcmp(known[i].guid, guid, SNP_GUID_SIZE))
			return known[i].name;
	}
	return NULL;
}

/* The entries up to the one of zeros, without their contents. */
static bool count_entries(const struct blob *blob, size_t *count, struct tool_error *error)
{
	static const struct snp_cert_entry end;

	for (*count = 0; *count <= CERT_TABLE_ENTRIES_MAX; (*count)++) {
		size_t at = *count * sizeof(end);

		if (blob->size < at || blob->size - at < sizeof(end))
			return fail_at(
				error, at, "the certificate table ends before its entry of zeros");
		if (!memcmp(blob->bytes + at, &end, sizeof(end)))
			return true;
	}
	return fail_at(error, *count * sizeof(end),
		"the certificate table has more than %d entries", CERT_TABLE_ENTRIES_MAX);
}

bool cert_table_read(const struct blob *blob, struct cert_table *table, struct tool_error *error)
{
	struct snp_cert_entry entry;
	size_t first;

	table->count = 0;
	if (!count_entries(blob, &table->count, error))
		return false;
	first = (table->count + 1) * sizeof(entry);
	for (size_t i = 0; i < table->count; i++) {
		memcpy(&entry, blob->bytes + i * sizeof(entry), sizeof(entry));
		if (entry.offset < first || entry.offset > blob->size ||
			entry.length > blob->size - entry.offset || !entry.length)
			return fail_at(error, i * sizeof(entry),
				"entry %zu of the certificate table has offset 0x%" PRIx32
				" and length 0x%" PRIx32 "; contents lie between 0x%zx and 0x%zx",
				i, entry.offset, entry.length, first, blob->size);
		memcpy(table->entries[i].guid, entry.guid, sizeof(entry.guid));
		table->entries[i].content = (struct blob){blob->bytes + entry.offset, entry.length};
		table->entries[i].offset = entry.offset;
	}
	return true;
}
