/* SPDX-License-Identifier: MIT */
/*
 * What `nacre-igvm inspect` shows, gathered once and printed as text or JSON.
 */
#ifndef NACRE_TOOLS_REPORT_H
#define NACRE_TOOLS_REPORT_H

#include <jansson.h>
#include <stdio.h>

#include "firmware_map.h"
#include "id_block.h"
#include "inputs.h"
#include "launch_walk.h"
#include "qemu.h"

/* A variable header, or a run of PAGE_DATA headers for neighbouring pages of one kind. */
struct report_row {
	const struct igvm_item *item; /* the first */
	size_t headers;
	bool has_gpa;
	uint64_t gpa;
	bool has_size;
	uint64_t bytes; /* in guest memory, or of a parameter area */
	char detail[256];
};

/* A register of a VP context; which ones there are depends on the platform. */
struct report_register {
	const char *name;
	uint16_t offset; /* in the context */
	uint16_t size;   /* in bytes, up to 8; little-endian */
};

struct report_context {
	const struct igvm_item *item;
	uint64_t gpa;
	uint16_t vp_index;
	const char *platform;
	const uint8_t *bytes; /* the context in the file */
	const struct report_register *registers;
	size_t register_count;
};

#define REPORT_PAGE_TYPES (SNP_PAGE_CPUID + 1)

struct report {
	const struct igvm_file *file;
	const char *name;        /* of the file */
	struct report_row *rows; /* owned */
	size_t row_count;
	struct report_context *contexts; /* owned */
	size_t context_count;
	struct qemu_remark *remarks; /* owned; only for a file that supports SEV-SNP */
	size_t remark_count;
	struct igvm_strays strays;
	struct inputs inputs;              /* empty also if the record is damaged */
	struct tool_error inputs_error;    /* then: how; else an empty text */
	struct id_block id_block;          /* for SEV-SNP */
	bool launchable;                   /* the following four are known */
	uint64_t pages[REPORT_PAGE_TYPES]; /* launch updates by enum snp_page_type */
	uint64_t updates;
	uint64_t measured;               /* of them, pages whose contents are measured */
	uint64_t firmware_measured;      /* of these, the firmware's */
	char not_launchable[320];        /* otherwise: why */
	struct launch_firmware firmware; /* count 0: the image starts none */
	struct service_table services;   /* count 0: the image has none */
};

/*
 * Milliseconds that one SNP_LAUNCH_UPDATE of 4 KiB took in a published
 * measurement (SEVeriFast, on EPYC). The prediction below rests on it alone.
 */
#define REPORT_UPDATE_MILLISECONDS 1

/* False only if memory runs out. @file must outlive the report. */
MUST_CHECK bool report_make(const struct igvm_file *file, const char *name, struct report *report,
	struct tool_error *error);
void report_free(struct report *report);

void report_text(const struct report *report, FILE *out);

/* A new reference. */
json_t *report_json(const struct report *report);

/* report_firmware.c: a table of what a firmware adds; there must be one. */
void report_firmware_text(const struct report *report, FILE *out);

/* The same; null if there is none. A new reference. */
json_t *report_firmware_json(const struct report *report);

/* report_services.c: the measured table, if there is one; an array, else empty. */
void report_services_text(const struct report *report, FILE *out);
json_t *report_services_json(const struct report *report);

/*
 * report_id_block.c: what `inspect` and `measure` show of an ID block: lines with
 * names of @width characters after @indent, or a new reference, null without one.
 */
void id_block_text(const struct id_block *block, const char *indent, int width, FILE *out);
json_t *id_block_json(const struct id_block *block);

/* 4096 as "4 KiB"; an odd number as bytes. Returns @text. */
const char *report_size(uint64_t bytes, char text[32]);

/* describe.c: fills the row for @item except @headers. */
void describe_item(
	const struct igvm_file *file, const struct igvm_item *item, struct report_row *row);

/* registers.c: which registers a context of @platform has; 0 if none are shown. */
size_t platform_registers(uint8_t platform, const struct report_register **registers);
uint64_t register_value(const struct report_context *context, const struct report_register *reg);

/* "NORMAL", "VMSA", ... as the SNP firmware ABI names them. */
const char *snp_page_type_name(enum snp_page_type type);

#endif
