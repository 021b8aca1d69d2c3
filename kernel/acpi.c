/* SPDX-License-Identifier: MIT */
/*
 * ACPI tables for a directly booted guest (kernel/acpi.h). Register addresses
 * are those that QEMU's own FADT gives for q35 once a firmware has placed the
 * power-management block at 600h.
 */
#include <string.h>

#include "acpi_abi.h"
#include "kernel/acpi.h"
#include "kernel/acpi_writer.h"

#define TABLE_ALIGNMENT 64U

#define PM_BASE 0x600U
#define PM1A_EVT (PM_BASE + 0x00)
#define PM1A_CNT (PM_BASE + 0x04)
#define PM_TIMER (PM_BASE + 0x08)
#define GPE0 (PM_BASE + 0x20)
#define SCI_IRQ 9U
#define RESET_PORT 0xcf9U
#define RESET_VALUE 0x0fU /* full reset */
#define RTC_CENTURY 0x32U
#define NO_C_STATE 0xfffU

#define LAPIC_ADDRESS 0xfee00000U
#define IOAPIC_ADDRESS 0xfec00000U
#define PIT_GSI 2U
#define NMI_LINT 1U
#define FIRST_X2APIC_ID 255U
#define NO_APIC_ID UINT32_MAX /* the broadcast id */

static const char oem_id[6] = {'N', 'A', 'C', 'R', 'E', ' '};
static const char oem_table_id[8] = {'N', 'A', 'C', 'R', 'E', 'V', 'M', ' '};

void acpi_put(struct acpi_writer *writer, const void *data, size_t size)
{
	if (writer->full || size > writer->size - writer->used) {
		writer->full = true;
		return;
	}
	memcpy(writer->out + writer->used, data, size);
	writer->used += size;
}

void acpi_align(struct acpi_writer *writer, size_t alignment)
{
	static const uint8_t zeros[TABLE_ALIGNMENT];

	acpi_put(writer, zeros, ALIGN_UP(writer->used, alignment) - writer->used);
}

static uint8_t checksum(const uint8_t *bytes, size_t size)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < size; i++)
		sum += bytes[i];
	return (uint8_t)-sum;
}

static struct acpi_header header_of(const char *signature, uint8_t revision)
{
	struct acpi_header header = {
		.revision = revision,
		.oem_revision = 1,
		.creator_id = {'N', 'A', 'C', 'R'},
		.creator_revision = 1,
	};

	memcpy(header.signature, signature, sizeof(header.signature));
	memcpy(header.oem_id, oem_id, sizeof(header.oem_id));
	memcpy(header.oem_table_id, oem_table_id, sizeof(header.oem_table_id));
	return header;
}

size_t acpi_begin(struct acpi_writer *writer, const char *signature, uint8_t revision)
{
	struct acpi_header header = header_of(signature, revision);
	size_t start;

	acpi_align(writer, TABLE_ALIGNMENT);
	start = writer->used;
	acpi_put(writer, &header, sizeof(header));
	return start;
}

void acpi_end(struct acpi_writer *writer, size_t start)
{
	struct acpi_header *header;

	if (writer->full)
		return;
	header = (struct acpi_header *)(writer->out + start);
	header->length = (uint32_t)(writer->used - start);
	header->checksum = checksum(writer->out + start, writer->used - start);
}

static struct acpi_gas io_register(uint16_t port, uint8_t bytes)
{
	return (struct acpi_gas){
		.space_id = ACPI_SPACE_IO, .bit_width = (uint8_t)(bytes * 8), .address = port};
}

static void fill_power_registers(struct acpi_fadt *fadt)
{
	fadt->sci_int = SCI_IRQ;
	fadt->pm1a_evt_blk = PM1A_EVT;
	fadt->pm1_evt_len = 4;
	fadt->x_pm1a_evt_blk = io_register(PM1A_EVT, 4);
	fadt->pm1a_cnt_blk = PM1A_CNT;
	fadt->pm1_cnt_len = 2;
	fadt->x_pm1a_cnt_blk = io_register(PM1A_CNT, 2);
	fadt->pm_tmr_blk = PM_TIMER;
	fadt->pm_tmr_len = 4;
	fadt->x_pm_tmr_blk = io_register(PM_TIMER, 4);
	fadt->gpe0_blk = GPE0;
	fadt->gpe0_blk_len = 16;
	fadt->x_gpe0_blk = io_register(GPE0, 16);
	fadt->reset_reg = io_register(RESET_PORT, 1);
	fadt->reset_value = RESET_VALUE;
}

/* SMI_CMD stays 0: the machine is in ACPI mode from the start. */
static size_t put_fadt(struct acpi_writer *writer, uint64_t facs, uint64_t dsdt)
{
	struct acpi_fadt fadt = {
		.facs = (uint32_t)facs,
		.dsdt = (uint32_t)dsdt,
		.x_dsdt = dsdt,
		.p_lvl2_lat = NO_C_STATE,
		.p_lvl3_lat = NO_C_STATE,
		.century = RTC_CENTURY,
		.iapc_boot_arch = ACPI_BOOT_LEGACY_DEVICES | ACPI_BOOT_NO_VGA,
		.flags = ACPI_FADT_WBINVD | ACPI_FADT_PROC_C1 | ACPI_FADT_SLP_BUTTON |
			 ACPI_FADT_RESET_REG_SUP | ACPI_FADT_USE_PLATFORM_CLOCK,
	};
	size_t start = acpi_begin(writer, "FACP", 3);

	fill_power_registers(&fadt);
	acpi_put(writer, (const uint8_t *)&fadt + sizeof(fadt.header),
		sizeof(fadt) - sizeof(fadt.header));
	acpi_end(writer, start);
	return start;
}

static size_t put_facs(struct acpi_writer *writer)
{
	const struct acpi_facs facs = {
		.signature = {'F', 'A', 'C', 'S'}, .length = sizeof(facs), .version = 1};
	size_t start;

	acpi_align(writer, TABLE_ALIGNMENT);
	start = writer->used;
	acpi_put(writer, &facs, sizeof(facs));
	return start;
}

static void put_processor(struct acpi_writer *writer, uint32_t apic_id)
{
	if (apic_id < FIRST_X2APIC_ID) {
		const struct acpi_madt_lapic lapic = {ACPI_MADT_LAPIC, sizeof(lapic),
			(uint8_t)apic_id, (uint8_t)apic_id, ACPI_MADT_ENABLED};

		acpi_put(writer, &lapic, sizeof(lapic));
	} else {
		const struct acpi_madt_x2apic x2apic = {.type = ACPI_MADT_X2APIC,
			.length = sizeof(x2apic),
			.apic_id = apic_id,
			.flags = ACPI_MADT_ENABLED,
			.uid = apic_id};

		acpi_put(writer, &x2apic, sizeof(x2apic));
	}
}

static void put_interrupt_sources(struct acpi_writer *writer)
{
	const struct acpi_madt_ioapic ioapic = {
		.type = ACPI_MADT_IOAPIC, .length = sizeof(ioapic), .address = IOAPIC_ADDRESS};
	const struct acpi_madt_override pit = {
		.type = ACPI_MADT_OVERRIDE, .length = sizeof(pit), .source = 0, .gsi = PIT_GSI};
	const struct acpi_madt_override sci = {.type = ACPI_MADT_OVERRIDE,
		.length = sizeof(sci),
		.source = SCI_IRQ,
		.gsi = SCI_IRQ,
		.flags = ACPI_INTI_ACTIVE_HIGH | ACPI_INTI_LEVEL};
	const struct acpi_madt_lapic_nmi nmi = {.type = ACPI_MADT_LAPIC_NMI,
		.length = sizeof(nmi),
		.uid = UINT8_MAX,
		.lint = NMI_LINT};
	const struct acpi_madt_x2apic_nmi x2apic_nmi = {.type = ACPI_MADT_X2APIC_NMI,
		.length = sizeof(x2apic_nmi),
		.uid = UINT32_MAX,
		.lint = NMI_LINT};

	acpi_put(writer, &ioapic, sizeof(ioapic));
	acpi_put(writer, &pit, sizeof(pit));
	acpi_put(writer, &sci, sizeof(sci));
	acpi_put(writer, &nmi, sizeof(nmi));
	acpi_put(writer, &x2apic_nmi, sizeof(x2apic_nmi));
}

static size_t put_madt(struct acpi_writer *writer, const struct acpi_facts *facts)
{
	const uint32_t fixed[2] = {LAPIC_ADDRESS, ACPI_MADT_PCAT_COMPAT};
	size_t start = acpi_begin(writer, "APIC", 3);

	acpi_put(writer, fixed, sizeof(fixed));
	for (unsigned int i = 0; i < facts->cpu_count; i++)
		put_processor(writer, facts->apic_ids[i]);
	put_interrupt_sources(writer);
	acpi_end(writer, start);
	return start;
}

static size_t put_xsdt(struct acpi_writer *writer, uint64_t fadt, uint64_t madt)
{
	size_t start = acpi_begin(writer, "XSDT", 1);

	acpi_put(writer, &fadt, sizeof(fadt));
	acpi_put(writer, &madt, sizeof(madt));
	acpi_end(writer, start);
	return start;
}

static void fill_rsdp(void *out, uint64_t xsdt)
{
	struct acpi_rsdp rsdp = {
		.signature = {'R', 'S', 'D', ' ', 'P', 'T', 'R', ' '},
		.revision = 2,
		.length = sizeof(rsdp),
		.xsdt_address = xsdt,
	};

	memcpy(rsdp.oem_id, oem_id, sizeof(rsdp.oem_id));
	rsdp.checksum = checksum((const uint8_t *)&rsdp, offsetof(struct acpi_rsdp, length));
	rsdp.extended_checksum = checksum((const uint8_t *)&rsdp, sizeof(rsdp));
	memcpy(out, &rsdp, sizeof(rsdp));
}

static bool cpus_sound(const struct acpi_facts *facts)
{
	if (facts->cpu_count == 0 || facts->cpu_count > ACPI_MAX_CPUS)
		return false;
	for (unsigned int i = 0; i < facts->cpu_count; i++) {
		if (facts->apic_ids[i] == NO_APIC_ID)
			return false;
		for (unsigned int j = 0; j < i; j++) {
			if (facts->apic_ids[i] == facts->apic_ids[j])
				return false;
		}
	}
	return true;
}

static enum acpi_error check(uint64_t gpa, size_t size, const struct acpi_facts *facts)
{
	if (!IS_ALIGNED(gpa, TABLE_ALIGNMENT) || gpa >= 4 * GIB || size > 4 * GIB - gpa)
		return ACPI_BAD_ADDRESS;
	if (!cpus_sound(facts))
		return ACPI_BAD_CPUS;
	return facts->low_ram_end > ACPI_PCI_WINDOW ? ACPI_RAM_IN_WINDOW : ACPI_OK;
}

size_t acpi_size(unsigned int cpu_count)
{
	size_t tables = sizeof(struct acpi_rsdp) + sizeof(struct acpi_header) + 16 +
			sizeof(struct acpi_facs) + sizeof(struct acpi_fadt) + ACPI_DSDT_SIZE;
	size_t madt = sizeof(struct acpi_madt) + cpu_count * sizeof(struct acpi_madt_x2apic) + 64;

	return tables + madt + 6 * TABLE_ALIGNMENT;
}

enum acpi_error acpi_build(void *out, size_t size, uint64_t gpa, const struct acpi_facts *facts)
{
	struct acpi_writer writer = {.out = out, .size = size};
	enum acpi_error error = check(gpa, size, facts);
	size_t facs, dsdt, fadt, madt, xsdt;

	if (error != ACPI_OK)
		return error;
	if (size < sizeof(struct acpi_rsdp))
		return ACPI_NO_SPACE;
	writer.used = sizeof(struct acpi_rsdp);
	facs = put_facs(&writer);
	dsdt = acpi_put_dsdt(&writer);
	fadt = put_fadt(&writer, gpa + facs, gpa + dsdt);
	madt = put_madt(&writer, facts);
	xsdt = put_xsdt(&writer, gpa + fadt, gpa + madt);
	fill_rsdp(out, gpa + xsdt);
	return writer.full ? ACPI_NO_SPACE : ACPI_OK;
}
