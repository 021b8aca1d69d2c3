/* SPDX-License-Identifier: MIT */
/*
 * The services of an image, in the measured page of launch.h: which files they are, what each may
 * do and take. The files themselves are not measured; the host hands them over by
 * fw_cfg (opt/org.nacre/service/NAME), and the kernel compares their digests. Written
 * by nacre-igvm, read by the kernel; little-endian.
 */
#ifndef NACRE_SERVICE_TABLE_H
#define NACRE_SERVICE_TABLE_H

#include "compiler.h"
#include "service.h"

#define SERVICE_TABLE_VERSION 1U
#define SERVICE_TABLE_MAX 12U /* what the measured page has room for (launch.h) */

struct service_table_entry {
	char name[SERVICE_NAME_MAX]; /* ends in a zero; that of the first is SERVICE_INIT_NAME */
	uint8_t sha256[32];
	uint64_t size;    /* of the file, bytes */
	uint64_t memory;  /* budget: all private pages of it, bytes */
	uint64_t slice;   /* instructions before a call is INCOMPLETE */
	uint64_t limit;   /* instructions of one request; then the service is ended */
	uint32_t classes; /* SERVICE_CLASS_BIT() each */
	uint32_t at_end;  /* enum service_at_end */
	uint8_t reserved_58[40];
};
ASSERT_SIZE(struct service_table_entry, 128);

struct service_table {
	uint32_t version;
	uint32_t count;
	uint8_t reserved_8[120];
	struct service_table_entry entries[SERVICE_TABLE_MAX];
};
ASSERT_SIZE(struct service_table, 128 + 128 * SERVICE_TABLE_MAX);

#endif
