/* SPDX-License-Identifier: MIT */
/*
 * The Independent Guest Virtual Machine file format: fixed header, variable
 * headers, payloads. Read by the emulated secure processor and by nacre-igvm.
 * Everything is little-endian; offsets are into the file.
 */
#ifndef NACRE_IGVM_H
#define NACRE_IGVM_H

#include "compiler.h"

#define IGVM_MAGIC 0x4d564749U /* "IGVM" */

struct igvm_fixed_header {
	uint32_t magic;
	uint32_t version; /* 1 or 2 */
	uint32_t variable_header_offset;
	uint32_t variable_header_size;
	uint32_t total_file_size;
	uint32_t checksum; /* CRC-32 of fixed header (this field 0) and variable headers */
};
ASSERT_SIZE(struct igvm_fixed_header, 24);

/* Version 2 appends these to the fixed header. */
struct igvm_fixed_header_v2_tail {
	uint32_t architecture; /* 0 x86-64, 1 AArch64 */
	uint32_t page_size;
};

/* Each variable header; its body is padded to 8 bytes, @length is not. */
struct igvm_variable_header {
	uint32_t type;
	uint32_t length;
};

#define IGVM_TYPE_OPTIONAL BIT(31)

enum igvm_type {
	IGVM_SUPPORTED_PLATFORM = 0x001,
	IGVM_GUEST_POLICY = 0x101,
	IGVM_RELOCATABLE_REGION = 0x102,
	IGVM_PAGE_TABLE_RELOCATION = 0x103,
	IGVM_CORIM_DOCUMENT = 0x104,
	IGVM_CORIM_SIGNATURE = 0x105,
	IGVM_CCA_POLICY = 0x106,
	IGVM_PARAMETER_AREA = 0x301,
	IGVM_PAGE_DATA = 0x302,
	IGVM_PARAMETER_INSERT = 0x303,
	IGVM_VP_CONTEXT = 0x304,
	IGVM_REQUIRED_MEMORY = 0x305,
	IGVM_VP_COUNT = 0x307,
	IGVM_SRAT = 0x308,
	IGVM_MADT = 0x309,
	IGVM_MMIO_RANGES = 0x30a,
	IGVM_SNP_ID_BLOCK = 0x30b,
	IGVM_MEMORY_MAP = 0x30c,
	IGVM_ERROR_RANGE = 0x30d,
	IGVM_COMMAND_LINE = 0x30e,
	IGVM_SLIT = 0x30f,
	IGVM_PPTT = 0x310,
	IGVM_VBS_MEASUREMENT = 0x311,
	IGVM_DEVICE_TREE = 0x312,
	IGVM_ENVIRONMENT_INFO = 0x313,
};

enum igvm_platform {
	IGVM_PLATFORM_NATIVE = 0,
	IGVM_PLATFORM_VSM = 1,
	IGVM_PLATFORM_SEV_SNP = 2,
	IGVM_PLATFORM_TDX = 3,
	IGVM_PLATFORM_SEV = 4,
	IGVM_PLATFORM_SEV_ES = 5,
	IGVM_PLATFORM_CCA = 6,
};

struct igvm_supported_platform {
	uint32_t compatibility_mask;
	uint8_t highest_vtl;
	uint8_t platform_type;
	uint16_t platform_version;
	uint64_t shared_gpa_boundary;
};
ASSERT_SIZE(struct igvm_supported_platform, 16);

struct igvm_guest_policy {
	uint64_t policy;
	uint32_t compatibility_mask;
	uint32_t reserved;
};
ASSERT_SIZE(struct igvm_guest_policy, 16);

struct igvm_relocatable_region {
	uint32_t compatibility_mask;
	uint16_t vp_index;
	uint8_t vtl;
	uint8_t flags;
	uint64_t relocation_alignment;
	uint64_t relocation_region_gpa;
	uint64_t relocation_region_size;
	uint64_t minimum_relocation_gpa;
	uint64_t maximum_relocation_gpa;
};
ASSERT_SIZE(struct igvm_relocatable_region, 48);

struct igvm_page_table_relocation {
	uint32_t compatibility_mask;
	uint16_t vp_index;
	uint8_t vtl;
	uint8_t reserved;
	uint64_t gpa;
	uint64_t size;
	uint64_t used_size;
};
ASSERT_SIZE(struct igvm_page_table_relocation, 32);

/* CORIM_DOCUMENT and CORIM_SIGNATURE. */
struct igvm_corim_data {
	uint32_t compatibility_mask;
	uint32_t file_offset;
	uint32_t size_bytes;
	uint32_t reserved;
};
ASSERT_SIZE(struct igvm_corim_data, 16);

struct igvm_cca_policy {
	uint32_t compatibility_mask;
	uint32_t reserved;
	uint64_t attributes_required_zeroes;
	uint64_t attributes_required_ones;
	uint8_t hash_algorithm;
	uint8_t lfa_policy;
	uint8_t reserved2[6];
};
ASSERT_SIZE(struct igvm_cca_policy, 32);

struct igvm_parameter_area {
	uint64_t number_of_bytes;
	uint32_t parameter_area_index;
	uint32_t file_offset; /* 0: zero-filled */
};
ASSERT_SIZE(struct igvm_parameter_area, 16);

#define IGVM_PAGE_FLAG_2MB 0x1U
#define IGVM_PAGE_FLAG_UNMEASURED 0x2U
#define IGVM_PAGE_FLAG_SHARED 0x4U
#define IGVM_PAGE_FLAGS_KNOWN 0x7U

enum igvm_page_type {
	IGVM_PAGE_NORMAL = 0,
	IGVM_PAGE_SECRETS = 1,
	IGVM_PAGE_CPUID = 2,
	IGVM_PAGE_CPUID_XF = 3,
};

struct igvm_page_data {
	uint64_t gpa;
	uint32_t compatibility_mask;
	uint32_t file_offset; /* 0: zero page */
	uint32_t flags;
	uint16_t data_type;
	uint16_t reserved;
};
ASSERT_SIZE(struct igvm_page_data, 24);

struct igvm_parameter_insert {
	uint64_t gpa;
	uint32_t compatibility_mask;
	uint32_t parameter_area_index;
};
ASSERT_SIZE(struct igvm_parameter_insert, 16);

struct igvm_vp_context {
	uint64_t gpa;
	uint32_t compatibility_mask;
	uint32_t file_offset;
	uint16_t vp_index;
	uint16_t reserved;
} PACKED;
ASSERT_SIZE(struct igvm_vp_context, 20);

/* File data of a VP_CONTEXT for the native platform and plain SEV; zeros follow to 4096. */
struct igvm_native_vp_context {
	uint64_t rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t rip, rflags;
	uint64_t idtr_base;
	uint16_t idtr_limit;
	uint16_t reserved[2];
	uint16_t gdtr_limit;
	uint64_t gdtr_base;
	uint16_t code_selector, code_attributes;
	uint32_t code_base, code_limit;
	uint16_t data_selector, data_attributes;
	uint32_t data_base, data_limit;
	uint64_t gs_base;
	uint64_t cr0, cr3, cr4, efer;
};
ASSERT_SIZE(struct igvm_native_vp_context, 232);

/* File data of a VP_CONTEXT for VSM: the count, then that many 32-byte registers. */
struct igvm_vsm_vp_context {
	uint32_t register_count;
};
#define IGVM_VSM_REGISTER_SIZE 32U

struct igvm_required_memory {
	uint64_t gpa;
	uint32_t compatibility_mask;
	uint32_t number_of_bytes;
	uint32_t flags;
	uint32_t reserved;
};
ASSERT_SIZE(struct igvm_required_memory, 24);

/* Where a parameter goes inside its area (VP_COUNT, MEMORY_MAP, MADT, ...). */
struct igvm_parameter {
	uint32_t parameter_area_index;
	uint32_t byte_offset;
};
ASSERT_SIZE(struct igvm_parameter, 8);

struct igvm_error_range {
	uint64_t gpa;
	uint32_t compatibility_mask;
	uint32_t size_bytes;
};
ASSERT_SIZE(struct igvm_error_range, 16);

struct igvm_snp_signature {
	uint8_t r[72], s[72];
};

struct igvm_snp_public_key {
	uint32_t curve, reserved;
	uint8_t qx[72], qy[72];
};

struct igvm_snp_id_block {
	uint32_t compatibility_mask;
	uint8_t author_key_enabled;
	uint8_t reserved[3];
	uint8_t launch_digest[48];
	uint8_t family_id[16];
	uint8_t image_id[16];
	uint32_t version;
	uint32_t guest_svn;
	uint32_t id_key_algorithm;
	uint32_t author_key_algorithm;
	struct igvm_snp_signature id_key_signature;
	struct igvm_snp_public_key id_public_key;
	struct igvm_snp_signature author_key_signature;
	struct igvm_snp_public_key author_public_key;
};
ASSERT_SIZE(struct igvm_snp_id_block, 104 + 2 * 144 + 2 * 152);

struct igvm_vbs_measurement {
	uint32_t compatibility_mask;
	uint32_t version, product_id, module_id, security_version;
	uint32_t policy_flags, boot_digest_algorithm, signing_algorithm;
	uint8_t boot_measurement_digest[64];
	uint8_t signature[256];
	uint8_t public_key[512];
};
ASSERT_SIZE(struct igvm_vbs_measurement, 864);

#define IGVM_ENVIRONMENT_MEMORY_IS_SHARED BIT(0)

enum igvm_memory_type {
	IGVM_MEMORY_RAM = 0,
	IGVM_MEMORY_PLATFORM_RESERVED = 1,
	IGVM_MEMORY_PERSISTENT = 2,
	IGVM_MEMORY_VTL2_PROTECTABLE = 3,
	IGVM_MEMORY_SPECIFIC_PURPOSE = 4,
	IGVM_MEMORY_HIDDEN = 5,
};

/* Entry of the memory map parameter; a map ends with an entry of 0 pages. */
struct igvm_memory_map_entry {
	uint64_t starting_gpa_page_number;
	uint64_t number_of_pages;
	uint16_t entry_type;
	uint16_t flags;
	uint32_t reserved;
};
ASSERT_SIZE(struct igvm_memory_map_entry, 24);

struct igvm_mmio_range {
	uint64_t starting_gpa_page_number;
	uint64_t number_of_pages;
};

/* Every platform's version field so far, and its two legal highest VTLs. */
#define IGVM_PLATFORM_VERSION 1U
#define IGVM_ARCH_X64 0U
#define IGVM_ARCH_AARCH64 1U

#endif
