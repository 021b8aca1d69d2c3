/* SPDX-License-Identifier: MIT */
/*
 * One line of words for each kind of variable header.
 */
#include "report.h"

#include <inttypes.h>

#include "tools/common/text.h"

#define DETAIL(row, ...) snprintf((row)->detail, sizeof((row)->detail), __VA_ARGS__)

struct bit_name {
	uint64_t bit;
	const char *set, *clear; /* either may be NULL: nothing to say */
};

/* Guest policy (SNP firmware ABI, table 8). */
static const struct bit_name snp_policy_bits[] = {
	{BIT(16), "SMT allowed", "SMT not allowed"},
	{BIT(17), NULL, "RESERVED BIT 17 CLEAR"},
	{BIT(18), "migration agent allowed", NULL},
	{BIT(19), "DEBUG ALLOWED", "no debug"},
	{BIT(20), "single socket", NULL},
	{BIT(21), "CXL allowed", NULL},
	{BIT(22), "AES-256-XTS only", NULL},
	{BIT(23), "RAPL disabled", NULL},
	{BIT(24), "ciphertext hiding", NULL},
	{BIT(25), "no page swap", NULL},
};

static const struct bit_name tdx_policy_bits[] = {
	{BIT(0), "DEBUG ALLOWED", "no debug"},
	{BIT(1), "no #VE from secure EPT", NULL},
	{BIT(2), "migratable", NULL},
};

static void append(struct report_row *row, const char *text)
{
	size_t used = strlen(row->detail);

	snprintf(row->detail + used, sizeof(row->detail) - used, "%s", text);
}

static void append_bits(
	struct report_row *row, uint64_t value, const struct bit_name *bits, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *name = value & bits[i].bit ? bits[i].set : bits[i].clear;

		if (!name)
			continue;
		append(row, ", ");
		append(row, name);
	}
}

static void set_range(struct report_row *row, uint64_t gpa, uint64_t bytes)
{
	row->has_gpa = true;
	row->has_size = true;
	row->gpa = gpa;
	row->bytes = bytes;
}

static void describe_platform(const struct igvm_item *item, struct report_row *row)
{
	struct igvm_supported_platform body;

	IGVM_BODY(item, &body);
	DETAIL(row, "%s version %u, highest VTL %u, shared GPA boundary 0x%" PRIx64,
		igvm_platform_name(body.platform_type), body.platform_version, body.highest_vtl,
		body.shared_gpa_boundary);
}

static void describe_policy(
	const struct igvm_file *file, const struct igvm_item *item, struct report_row *row)
{
	struct igvm_guest_policy body;

	IGVM_BODY(item, &body);
	DETAIL(row, "0x%" PRIx64, body.policy);
	if (item->mask & igvm_platform_mask(file, IGVM_PLATFORM_SEV_SNP)) {
		DETAIL(row, "0x%" PRIx64 ": firmware ABI %u.%u or later", body.policy,
			(unsigned int)(body.policy >> 8 & 0xff),
			(unsigned int)(body.policy & 0xff));
		append_bits(row, body.policy, snp_policy_bits, ARRAY_SIZE(snp_policy_bits));
	} else if (item->mask & igvm_platform_mask(file, IGVM_PLATFORM_TDX)) {
		append_bits(row, body.policy, tdx_policy_bits, ARRAY_SIZE(tdx_policy_bits));
	}
}

static void describe_relocatable(const struct igvm_item *item, struct report_row *row)
{
	struct igvm_relocatable_region body;

	IGVM_BODY(item, &body);
	set_range(row, body.relocation_region_gpa, body.relocation_region_size);
	DETAIL(row,
		"to 0x%" PRIx64 "-0x%" PRIx64 " in steps of 0x%" PRIx64
		", vCPU %u VTL %u, flags 0x%x",
		body.minimum_relocation_gpa, body.maximum_relocation_gpa, body.relocation_alignment,
		body.vp_index, body.vtl, body.flags);
}

static void describe_page_table(const struct igvm_item *item, struct report_row *row)
{
	struct igvm_page_table_relocation body;

	IGVM_BODY(item, &body);
	set_range(row, body.gpa, body.size);
	DETAIL(row, "0x%" PRIx64 " bytes used, vCPU %u VTL %u", body.used_size, body.vp_index,
		body.vtl);
}

static void describe_corim(const struct igvm_item *item, struct report_row *row)
{
	struct igvm_corim_data body;

	IGVM_BODY(item, &body);
	DETAIL(row, "%" PRIu32 " bytes at file offset 0x%" PRIx32, body.size_bytes,
		body.file_offset);
}

static void describe_cca_policy(const struct igvm_item *item, struct report_row *row)
{
	struct igvm_cca_policy body;

	IGVM_BODY(item, &body);
	DETAIL(row, "ones 0x%" PRIx64 ", zeroes 0x%" PRIx64 ", hash %u, live activation %u",
		body.attributes_required_ones, body.attributes_required_zeroes, body.hash_algorithm,
		body.lfa_policy);
}

static void describe_area(const struct igvm_item *item, struct report_row *row)
{
	struct igvm_parameter_area body;

	IGVM_BODY(item, &body);
	row->has_size = true;
	row->bytes = body.number_of_bytes;
	DETAIL(row, "area %" PRIu32 ", initially %s", body.parameter_area_index,
		body.file_offset ? "from the file" : "zero");
}

static void describe_parameter(const struct igvm_item *item, struct report_row *row)
{
	struct igvm_parameter body;

	IGVM_BODY(item, &body);
	DETAIL(row, "into area %" PRIu32 " at byte 0x%" PRIx32, body.parameter_area_index,
		body.byte_offset);
}

static uint64_t area_bytes(const struct igvm_file *file, uint32_t index)
{
	struct igvm_parameter_area body;

	for (size_t i = 0; i < file->item_count; i++) {
		if (file->items[i].type != IGVM_PARAMETER_AREA)
			continue;
		IGVM_BODY(&file->items[i], &body);
		if (body.parameter_area_index == index)
			return body.number_of_bytes;
	}
	return 0;
}

static void describe_insert(
	const struct igvm_file *file, const struct igvm_item *item, struct report_row *row)
{
	struct igvm_parameter_insert body;

	IGVM_BODY(item, &body);
	set_range(row, body.gpa, area_bytes(file, body.parameter_area_index));
	DETAIL(row, "area %" PRIu32 ", unmeasured", body.parameter_area_index);
}

static void describe_page(const struct igvm_item *item, struct report_row *row)
{
	struct igvm_page_data body;

	IGVM_BODY(item, &body);
	set_range(row, body.gpa, body.flags & IGVM_PAGE_FLAG_2MB ? PAGE_2M_SIZE : PAGE_SIZE);
	DETAIL(row, "%s", igvm_page_type_name(body.data_type));
	if (body.data_type == IGVM_PAGE_NORMAL) {
		append(row, body.file_offset ? "" : ", zero");
		append(row, body.flags & IGVM_PAGE_FLAG_UNMEASURED ? ", unmeasured" : ", measured");
	}
	if (body.flags & IGVM_PAGE_FLAG_SHARED)
		append(row, ", shared");
	if (body.flags & IGVM_PAGE_FLAG_2MB)
		append(row, ", 2 MiB");
}

static void describe_vp_context(const struct igvm_item *item, struct report_row *row)
{
	struct igvm_vp_context body;

	IGVM_BODY(item, &body);
	row->has_gpa = true;
	row->gpa = body.gpa;
	DETAIL(row, "vCPU %u", body.vp_index);
}

static void describe_required_memory(const struct igvm_item *item, struct report_row *row)
{
	struct igvm_required_memory body;

	IGVM_BODY(item, &body);
	set_range(row, body.gpa, body.number_of_bytes);
	DETAIL(row, "not imported%s", body.flags & 1 ? ", VTL2 protectable" : "");
}

static void describe_error_range(const struct igvm_item *item, struct report_row *row)
{
	struct igvm_error_range body;

	IGVM_BODY(item, &body);
	set_range(row, body.gpa, body.size_bytes);
	DETAIL(row, "shared with the host for error reports");
}

static void describe_id_block(const struct igvm_item *item, struct report_row *row)
{
	struct igvm_snp_id_block body;
	char digest[2 * sizeof(body.launch_digest) + 1];

	IGVM_BODY(item, &body);
	hex_encode(body.launch_digest, sizeof(body.launch_digest), digest);
	DETAIL(row, "guest SVN %" PRIu32 ", author key %s, for launch digest %s", body.guest_svn,
		body.author_key_enabled ? "enabled" : "absent", digest);
}

static void describe_vbs(const struct igvm_item *item, struct report_row *row)
{
	struct igvm_vbs_measurement body;

	IGVM_BODY(item, &body);
	DETAIL(row,
		"version %" PRIu32 ", product %" PRIu32 ", module %" PRIu32 ", SVN %" PRIu32
		", policy 0x%" PRIx32,
		body.version, body.product_id, body.module_id, body.security_version,
		body.policy_flags);
}

static void describe_known(
	const struct igvm_file *file, const struct igvm_item *item, struct report_row *row)
{
	switch (item->type) {
	case IGVM_SUPPORTED_PLATFORM:
		return describe_platform(item, row);
	case IGVM_GUEST_POLICY:
		return describe_policy(file, item, row);
	case IGVM_RELOCATABLE_REGION:
		return describe_relocatable(item, row);
	case IGVM_PAGE_TABLE_RELOCATION:
		return describe_page_table(item, row);
	case IGVM_CORIM_DOCUMENT:
	case IGVM_CORIM_SIGNATURE:
		return describe_corim(item, row);
	case IGVM_CCA_POLICY:
		return describe_cca_policy(item, row);
	case IGVM_PARAMETER_AREA:
		return describe_area(item, row);
	case IGVM_PARAMETER_INSERT:
		return describe_insert(file, item, row);
	case IGVM_PAGE_DATA:
		return describe_page(item, row);
	case IGVM_VP_CONTEXT:
		return describe_vp_context(item, row);
	case IGVM_REQUIRED_MEMORY:
		return describe_required_memory(item, row);
	case IGVM_ERROR_RANGE:
		return describe_error_range(item, row);
	case IGVM_SNP_ID_BLOCK:
		return describe_id_block(item, row);
	case IGVM_VBS_MEASUREMENT:
		return describe_vbs(item, row);
	default:
		return describe_parameter(item, row);
	}
}

void describe_item(
	const struct igvm_file *file, const struct igvm_item *item, struct report_row *row)
{
	*row = (struct report_row){.item = item, .headers = 1};
	if (!item->info) {
		DETAIL(row, "unknown, optional, %" PRIu32 " bytes", item->length);
		return;
	}
	describe_known(file, item, row);
	if (item->optional)
		append(row, ", optional");
}
