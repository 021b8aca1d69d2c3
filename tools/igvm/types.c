/* SPDX-License-Identifier: MIT */
/*
 * The table of IGVM variable header types, and the names of platforms and page
 * types.
 */
#include "types.h"

#define AT(type, field) ((int)offsetof(struct type, field))
#define COMPAT(type) AT(type, compatibility_mask)
#define PARAMETER(id, label, in_qemu)                                                        \
	{                                                                                    \
		id, label, sizeof(struct igvm_parameter), IGVM_NO_MASK, IGVM_NO_FILE_OFFSET, \
			in_qemu, true                                                        \
	}
#define HEADER(id, label, body, in_qemu)                                                          \
	{                                                                                         \
		id, label, sizeof(struct body), COMPAT(body), IGVM_NO_FILE_OFFSET, in_qemu, false \
	}
/* A header that refers to file data. */
#define DATA_HEADER(id, label, body, in_qemu)                                                 \
	{                                                                                     \
		id, label, sizeof(struct body), COMPAT(body), AT(body, file_offset), in_qemu, \
			false                                                                 \
	}

static const struct igvm_type_info types[] = {
	HEADER(IGVM_SUPPORTED_PLATFORM, "SUPPORTED_PLATFORM", igvm_supported_platform, true),
	HEADER(IGVM_GUEST_POLICY, "GUEST_POLICY", igvm_guest_policy, true),
	HEADER(IGVM_RELOCATABLE_REGION, "RELOCATABLE_REGION", igvm_relocatable_region, false),
	HEADER(IGVM_PAGE_TABLE_RELOCATION, "PAGE_TABLE_RELOCATION", igvm_page_table_relocation,
		false),
	DATA_HEADER(IGVM_CORIM_DOCUMENT, "CORIM_DOCUMENT", igvm_corim_data, false),
	DATA_HEADER(IGVM_CORIM_SIGNATURE, "CORIM_SIGNATURE", igvm_corim_data, false),
	HEADER(IGVM_CCA_POLICY, "CCA_POLICY", igvm_cca_policy, false),
	{IGVM_PARAMETER_AREA, "PARAMETER_AREA", sizeof(struct igvm_parameter_area), IGVM_NO_MASK,
		AT(igvm_parameter_area, file_offset), true, false},
	DATA_HEADER(IGVM_PAGE_DATA, "PAGE_DATA", igvm_page_data, true),
	HEADER(IGVM_PARAMETER_INSERT, "PARAMETER_INSERT", igvm_parameter_insert, true),
	DATA_HEADER(IGVM_VP_CONTEXT, "VP_CONTEXT", igvm_vp_context, true),
	HEADER(IGVM_REQUIRED_MEMORY, "REQUIRED_MEMORY", igvm_required_memory, true),
	PARAMETER(IGVM_VP_COUNT, "VP_COUNT", true),
	PARAMETER(IGVM_SRAT, "SRAT", false),
	PARAMETER(IGVM_MADT, "MADT", true),
	PARAMETER(IGVM_MMIO_RANGES, "MMIO_RANGES", false),
	HEADER(IGVM_SNP_ID_BLOCK, "SNP_ID_BLOCK", igvm_snp_id_block, true),
	PARAMETER(IGVM_MEMORY_MAP, "MEMORY_MAP", true),
	HEADER(IGVM_ERROR_RANGE, "ERROR_RANGE", igvm_error_range, false),
	PARAMETER(IGVM_COMMAND_LINE, "COMMAND_LINE", false),
	PARAMETER(IGVM_SLIT, "SLIT", false),
	PARAMETER(IGVM_PPTT, "PPTT", false),
	HEADER(IGVM_VBS_MEASUREMENT, "VBS_MEASUREMENT", igvm_vbs_measurement, false),
	PARAMETER(IGVM_DEVICE_TREE, "DEVICE_TREE", false),
	PARAMETER(IGVM_ENVIRONMENT_INFO, "ENVIRONMENT_INFO", true),
};

const struct igvm_type_info *igvm_type_info(uint32_t type)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (types[i].type == type)
			return &types[i];
	}
	return NULL;
}

enum igvm_section igvm_type_section(uint32_t type)
{
	if (type >= 0x1 && type <= 0x100)
		return IGVM_SECTION_PLATFORM;
	if (type >= 0x101 && type <= 0x200)
		return IGVM_SECTION_INITIALIZATION;
	if (type >= 0x301 && type <= 0x400)
		return IGVM_SECTION_DIRECTIVE;
	return IGVM_SECTION_NONE;
}

const char *igvm_section_name(enum igvm_section section)
{
	static const char *const names[] = {"platform", "initialization", "directive", "unknown"};

	return names[section];
}

const char *igvm_platform_name(uint8_t platform)
{
	static const char *const names[] = {
		[IGVM_PLATFORM_NATIVE] = "native",
		[IGVM_PLATFORM_VSM] = "VSM",
		[IGVM_PLATFORM_SEV_SNP] = "SEV-SNP",
		[IGVM_PLATFORM_TDX] = "TDX",
		[IGVM_PLATFORM_SEV] = "SEV",
		[IGVM_PLATFORM_SEV_ES] = "SEV-ES",
		[IGVM_PLATFORM_CCA] = "CCA",
	};

	return platform < ARRAY_SIZE(names) ? names[platform] : NULL;
}

const char *igvm_page_type_name(uint16_t data_type)
{
	static const char *const names[] = {
		[IGVM_PAGE_NORMAL] = "normal",
		[IGVM_PAGE_SECRETS] = "secrets",
		[IGVM_PAGE_CPUID] = "CPUID",
		[IGVM_PAGE_CPUID_XF] = "CPUID XF",
	};

	return data_type < ARRAY_SIZE(names) ? names[data_type] : "unknown";
}
