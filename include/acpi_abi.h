/* SPDX-License-Identifier: MIT */
/*
 * ACPI tables (ACPI specification 6.5, chapter 5) as far as a virtual machine
 * without firmware needs them. Wire formats only.
 */
#ifndef NACRE_ACPI_ABI_H
#define NACRE_ACPI_ABI_H

#include "compiler.h"

/* Root System Description Pointer, revision 2. */
struct acpi_rsdp {
	char signature[8]; /* "RSD PTR " */
	uint8_t checksum;  /* of the first 20 bytes */
	char oem_id[6];
	uint8_t revision;
	uint32_t rsdt_address;
	uint32_t length;
	uint64_t xsdt_address;
	uint8_t extended_checksum; /* of all 36 */
	uint8_t reserved[3];
} PACKED;
ASSERT_SIZE(struct acpi_rsdp, 36);

struct acpi_header {
	char signature[4];
	uint32_t length;
	uint8_t revision;
	uint8_t checksum;
	char oem_id[6];
	char oem_table_id[8];
	uint32_t oem_revision;
	char creator_id[4];
	uint32_t creator_revision;
} PACKED;
ASSERT_SIZE(struct acpi_header, 36);

/* Generic Address Structure. */
#define ACPI_SPACE_IO 1U
struct acpi_gas {
	uint8_t space_id;
	uint8_t bit_width;
	uint8_t bit_offset;
	uint8_t access_size; /* 1 byte, 2 word, 3 dword */
	uint64_t address;
} PACKED;
ASSERT_SIZE(struct acpi_gas, 12);

/* Fixed ACPI Description Table, revision 3. */
struct acpi_fadt {
	struct acpi_header header;
	uint32_t facs, dsdt;
	uint8_t reserved_2c;
	uint8_t preferred_pm_profile;
	uint16_t sci_int;
	uint32_t smi_cmd;
	uint8_t acpi_enable, acpi_disable, s4bios_req, pstate_cnt;
	uint32_t pm1a_evt_blk, pm1b_evt_blk, pm1a_cnt_blk, pm1b_cnt_blk;
	uint32_t pm2_cnt_blk, pm_tmr_blk, gpe0_blk, gpe1_blk;
	uint8_t pm1_evt_len, pm1_cnt_len, pm2_cnt_len, pm_tmr_len;
	uint8_t gpe0_blk_len, gpe1_blk_len, gpe1_base, cst_cnt;
	uint16_t p_lvl2_lat, p_lvl3_lat, flush_size, flush_stride;
	uint8_t duty_offset, duty_width, day_alrm, mon_alrm, century;
	uint16_t iapc_boot_arch;
	uint8_t reserved_6f;
	uint32_t flags;
	struct acpi_gas reset_reg;
	uint8_t reset_value;
	uint8_t reserved_81[3];
	uint64_t x_facs, x_dsdt;
	struct acpi_gas x_pm1a_evt_blk, x_pm1b_evt_blk, x_pm1a_cnt_blk, x_pm1b_cnt_blk;
	struct acpi_gas x_pm2_cnt_blk, x_pm_tmr_blk, x_gpe0_blk, x_gpe1_blk;
} PACKED;
ASSERT_SIZE(struct acpi_fadt, 244);
ASSERT_OFFSET(struct acpi_fadt, iapc_boot_arch, 109);
ASSERT_OFFSET(struct acpi_fadt, reset_reg, 116);
ASSERT_OFFSET(struct acpi_fadt, x_pm1a_evt_blk, 148);

#define ACPI_FADT_WBINVD BIT(0)
#define ACPI_FADT_PROC_C1 BIT(2)
#define ACPI_FADT_SLP_BUTTON BIT(5) /* no fixed sleep button */
#define ACPI_FADT_RESET_REG_SUP BIT(10)
#define ACPI_FADT_USE_PLATFORM_CLOCK BIT(15)
#define ACPI_BOOT_LEGACY_DEVICES BIT(0)
#define ACPI_BOOT_NO_VGA BIT(2)

/* Firmware ACPI Control Structure; 64-byte aligned, without checksum. */
struct acpi_facs {
	char signature[4];
	uint32_t length;
	uint32_t hardware_signature, waking_vector, global_lock, flags;
	uint64_t x_waking_vector;
	uint8_t version;
	uint8_t reserved[31];
} PACKED;
ASSERT_SIZE(struct acpi_facs, 64);

/* Multiple APIC Description Table; its entries follow. */
struct acpi_madt {
	struct acpi_header header;
	uint32_t lapic_address;
	uint32_t flags;
} PACKED;
ASSERT_SIZE(struct acpi_madt, 44);

#define ACPI_MADT_PCAT_COMPAT BIT(0)
#define ACPI_MADT_ENABLED BIT(0) /* of a processor */

enum acpi_madt_type {
	ACPI_MADT_LAPIC = 0,
	ACPI_MADT_IOAPIC = 1,
	ACPI_MADT_OVERRIDE = 2,
	ACPI_MADT_LAPIC_NMI = 4,
	ACPI_MADT_X2APIC = 9,
	ACPI_MADT_X2APIC_NMI = 10,
};

struct acpi_madt_lapic {
	uint8_t type, length;
	uint8_t uid;
	uint8_t apic_id;
	uint32_t flags;
} PACKED;
ASSERT_SIZE(struct acpi_madt_lapic, 8);

struct acpi_madt_ioapic {
	uint8_t type, length;
	uint8_t id;
	uint8_t reserved;
	uint32_t address;
	uint32_t gsi_base;
} PACKED;
ASSERT_SIZE(struct acpi_madt_ioapic, 12);

#define ACPI_INTI_ACTIVE_HIGH 0x1U
#define ACPI_INTI_LEVEL 0xcU
struct acpi_madt_override {
	uint8_t type, length;
	uint8_t bus;
	uint8_t source;
	uint32_t gsi;
	uint16_t flags;
} PACKED;
ASSERT_SIZE(struct acpi_madt_override, 10);

struct acpi_madt_lapic_nmi {
	uint8_t type, length;
	uint8_t uid; /* ffh: all */
	uint16_t flags;
	uint8_t lint;
} PACKED;
ASSERT_SIZE(struct acpi_madt_lapic_nmi, 6);

struct acpi_madt_x2apic {
	uint8_t type, length;
	uint16_t reserved;
	uint32_t apic_id;
	uint32_t flags;
	uint32_t uid;
} PACKED;
ASSERT_SIZE(struct acpi_madt_x2apic, 16);

struct acpi_madt_x2apic_nmi {
	uint8_t type, length;
	uint16_t flags;
	uint32_t uid; /* ffffffffh: all */
	uint8_t lint;
	uint8_t reserved[3];
} PACKED;
ASSERT_SIZE(struct acpi_madt_x2apic_nmi, 12);

#endif
