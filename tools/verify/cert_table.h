/* SPDX-License-Identifier: MIT */
/*
 * The certificate table of the host's extended guest request, which is also
 * configfs-tsm's auxblob. Nothing in it is trusted; it only carries.
 */
#ifndef NACRE_VERIFY_CERT_TABLE_H
#define NACRE_VERIFY_CERT_TABLE_H

#include "snp_guest.h"
#include "tools/common/buffer.h"
#include "tools/common/error.h"

#define CERT_TABLE_ENTRIES_MAX 32

struct cert_table {
	struct {
		uint8_t guid[SNP_GUID_SIZE];
		struct blob content; /* within the table's bytes */
		uint32_t offset;
	} entries[CERT_TABLE_ENTRIES_MAX];
	size_t count;
};

/* The contents lie within @blob, behind the entries. */
MUST_CHECK bool cert_table_read(
	const struct blob *blob, struct cert_table *table, struct tool_error *error);

/* "VCEK", "VLEK", "ASK", "ARK", or NULL for a GUID that is none of AMD's certificates. */
const char *cert_table_name(const uint8_t guid[SNP_GUID_SIZE]);

#endif
