/* SPDX-License-Identifier: MIT */
/*
 * The guest's ACPI tables, found and read the way a guest does, from the RSDP
 * on; the DSDT byte by byte against what iasl makes of kernel/dsdt.asl
 * (DSDT_AML, built by guestboot.mk).
 */
#include "tests/unit/unit_test.h"

#include "acpi_abi.h"
#include "kernel/acpi.h"
#include "kernel/acpi_writer.h"

#define GPA 0x10c000ULL
#define SIZE 32768U

static uint8_t area[SIZE] ALIGNED(64);

static uint8_t sum(const void *bytes, size_t size)
{
	uint8_t total = 0;

	for (size_t i = 0; i < size; i++)
		total += ((const uint8_t *)bytes)[i];
	return total;
}

static const void *at(uint64_t gpa)
{
	assert_in_range(gpa, GPA, GPA + SIZE - sizeof(struct acpi_header));
	return area + (gpa - GPA);
}

static const struct acpi_header *table_at(uint64_t gpa, const char *signature)
{
	const struct acpi_header *header = at(gpa);

	assert_memory_equal(header->signature, signature, 4);
	assert_in_range(header->length, sizeof(*header), GPA + SIZE - gpa);
	assert_int_equal(sum(header, header->length), 0);
	return header;
}

/* The table of that name by way of RSDP and XSDT. */
static const void *find(const char *signature)
{
	const struct acpi_rsdp *rsdp = at(GPA);
	const struct acpi_header *xsdt;
	const uint8_t *entry;

	assert_memory_equal(rsdp->signature, "RSD PTR ", 8);
	assert_int_equal(rsdp->revision, 2);
	assert_int_equal(sum(rsdp, 20), 0);
	assert_int_equal(sum(rsdp, 36), 0);
	assert_int_equal(rsdp->length, 36);
	xsdt = table_at(rsdp->xsdt_address, "XSDT");
	for (entry = (const uint8_t *)(xsdt + 1); entry < (const uint8_t *)xsdt + xsdt->length;
		entry += 8) {
		uint64_t gpa;

		memcpy(&gpa, entry, sizeof(gpa));
		if (memcmp(at(gpa), signature, 4) == 0)
			return table_at(gpa, signature);
	}
	fail_msg("no table %s", signature);
	return NULL;
}

static void build(const uint32_t *ids, unsigned int count)
{
	const struct acpi_facts facts = {ids, count, 0x80000000};

	memset(area, 0xee, sizeof(area));
	assert_int_equal(acpi_build(area, sizeof(area), GPA, &facts), ACPI_OK);
}

static void fadt(void **state)
{
	const uint32_t ids[] = {0};
	const struct acpi_fadt *fadt;
	const struct acpi_facs *facs;

	(void)state;
	build(ids, 1);
	fadt = find("FACP");
	assert_int_equal(fadt->header.length, 244);
	assert_int_equal(fadt->header.revision, 3);
	assert_int_equal(fadt->sci_int, 9);
	assert_int_equal(fadt->smi_cmd, 0);
	assert_int_equal(fadt->pm1a_evt_blk, 0x600);
	assert_int_equal(fadt->pm1a_cnt_blk, 0x604);
	assert_int_equal(fadt->x_pm1a_cnt_blk.address, 0x604);
	assert_int_equal(fadt->x_pm1a_cnt_blk.bit_width, 16);
	assert_int_equal(fadt->pm_tmr_blk, 0x608);
	assert_int_equal(fadt->reset_reg.space_id, 1);
	assert_int_equal(fadt->reset_reg.bit_width, 8);
	assert_int_equal(fadt->reset_reg.address, 0xcf9);
	assert_int_equal(fadt->reset_value, 0x0f);
	assert_true(fadt->flags & ACPI_FADT_RESET_REG_SUP);
	assert_false(fadt->flags & BIT(20)); /* not HW_REDUCED_ACPI */
	assert_int_equal(fadt->x_dsdt, fadt->dsdt);
	table_at(fadt->x_dsdt, "DSDT");
	facs = at(fadt->facs);
	assert_memory_equal(facs->signature, "FACS", 4);
	assert_int_equal(facs->length, 64);
	assert_int_equal(fadt->facs % 64, 0);
}

/* Counts of the MADT's entries by type; processors are compared with @ids in order. */
static void count_madt(const uint32_t *ids, unsigned int counts[16])
{
	const struct acpi_madt *madt = find("APIC");
	const uint8_t *entry = (const uint8_t *)(madt + 1);
	const uint8_t *end = (const uint8_t *)madt + madt->header.length;
	unsigned int cpu = 0;

	memset(counts, 0, 16 * sizeof(counts[0]));
	assert_int_equal(madt->lapic_address, 0xfee00000);
	while (entry < end) {
		assert_in_range(entry[1], 6, (size_t)(end - entry));
		assert_in_range(entry[0], 0, 15);
		counts[entry[0]]++;
		if (entry[0] == ACPI_MADT_LAPIC) {
			assert_int_equal(entry[1], 8);
			assert_int_equal(entry[3], ids[cpu++]);
			assert_int_equal(entry[4], 1);
		} else if (entry[0] == ACPI_MADT_X2APIC) {
			struct acpi_madt_x2apic x2apic;

			memcpy(&x2apic, entry, sizeof(x2apic));
			assert_int_equal(x2apic.length, 16);
			assert_int_equal(x2apic.apic_id, ids[cpu++]);
			assert_int_equal(x2apic.flags, 1);
		}
		entry += entry[1];
	}
	assert_ptr_equal(entry, end);
}

static void madt(void **state)
{
	const uint32_t ids[] = {0, 1, 7, 254, 255, 256, 0xfffffffe};
	unsigned int counts[16];

	(void)state;
	build(ids, ARRAY_SIZE(ids));
	count_madt(ids, counts);
	assert_int_equal(counts[ACPI_MADT_LAPIC], 4);
	assert_int_equal(counts[ACPI_MADT_X2APIC], 3);
	assert_int_equal(counts[ACPI_MADT_IOAPIC], 1);
	assert_int_equal(counts[ACPI_MADT_OVERRIDE], 2);
	assert_int_equal(counts[ACPI_MADT_LAPIC_NMI], 1);
	assert_int_equal(counts[ACPI_MADT_X2APIC_NMI], 1);
}

static void processor_lists(void **state)
{
	static uint32_t ids[ACPI_MAX_CPUS + 1];
	struct acpi_facts facts = {ids, ACPI_MAX_CPUS, 0x80000000};

	(void)state;
	for (unsigned int i = 0; i <= ACPI_MAX_CPUS; i++)
		ids[i] = i;
	assert_int_equal(acpi_build(area, SIZE, GPA, &facts), ACPI_OK);
	facts.cpu_count = ACPI_MAX_CPUS + 1;
	assert_int_equal(acpi_build(area, SIZE, GPA, &facts), ACPI_BAD_CPUS);
	facts.cpu_count = 0;
	assert_int_equal(acpi_build(area, SIZE, GPA, &facts), ACPI_BAD_CPUS);
	facts.cpu_count = 4;
	ids[3] = 1;
	assert_int_equal(acpi_build(area, SIZE, GPA, &facts), ACPI_BAD_CPUS);
	ids[3] = UINT32_MAX;
	assert_int_equal(acpi_build(area, SIZE, GPA, &facts), ACPI_BAD_CPUS);
}

static void places(void **state)
{
	const uint32_t ids[] = {0};
	struct acpi_facts facts = {ids, 1, ACPI_PCI_WINDOW};

	(void)state;
	assert_int_equal(acpi_build(area, SIZE, GPA + 32, &facts), ACPI_BAD_ADDRESS);
	assert_int_equal(acpi_build(area, SIZE, 4 * GIB, &facts), ACPI_BAD_ADDRESS);
	assert_int_equal(acpi_build(area, SIZE, 4 * GIB - 4096, &facts), ACPI_BAD_ADDRESS);
	assert_int_equal(acpi_build(area, SIZE, UINT64_MAX - 63, &facts), ACPI_BAD_ADDRESS);
	assert_int_equal(acpi_build(area, SIZE, GPA, &facts), ACPI_OK);
	facts.low_ram_end++;
	assert_int_equal(acpi_build(area, SIZE, GPA, &facts), ACPI_RAM_IN_WINDOW);
}

/* Every size up to the one announced: too small says so, and writes nothing beyond. */
static void bounded_output(void **state)
{
	const uint32_t ids[] = {0, 1, 300};
	const struct acpi_facts facts = {ids, 3, 0x80000000};
	enum acpi_error error = ACPI_NO_SPACE;
	size_t needed = acpi_size(3);

	(void)state;
	assert_in_range(needed, 2000, 4096);
	for (size_t size = 0; size <= needed; size++) {
		uint8_t *exact = malloc(size + 1);

		error = acpi_build(exact, size, GPA, &facts);
		assert_true(error == ACPI_OK || error == ACPI_NO_SPACE);
		free(exact);
	}
	assert_int_equal(error, ACPI_OK);
	assert_true(acpi_size(ACPI_MAX_CPUS) < SIZE);
}

static void dsdt_is_its_text(void **state)
{
	static uint8_t compiled[8192];
	const struct acpi_header *dsdt;
	const struct acpi_fadt *fadt_table;
	const uint32_t ids[] = {0};
	FILE *file = fopen(DSDT_AML, "rb");
	size_t size;

	(void)state;
	assert_non_null(file);
	size = fread(compiled, 1, sizeof(compiled), file);
	fclose(file);
	build(ids, 1);
	fadt_table = find("FACP");
	dsdt = table_at(fadt_table->x_dsdt, "DSDT");
	assert_int_equal(dsdt->length, size);
	assert_int_equal(size, ACPI_DSDT_SIZE);
	/* All but the checksum and the compiler's name and version. */
	assert_memory_equal(dsdt, compiled, offsetof(struct acpi_header, checksum));
	assert_memory_equal(dsdt->oem_id, compiled + offsetof(struct acpi_header, oem_id),
		offsetof(struct acpi_header, creator_id) - offsetof(struct acpi_header, oem_id));
	assert_memory_equal(dsdt + 1, compiled + sizeof(*dsdt), size - sizeof(*dsdt));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fadt),
		cmocka_unit_test(madt),
		cmocka_unit_test(processor_lists),
		cmocka_unit_test(places),
		cmocka_unit_test(bounded_output),
		cmocka_unit_test(dsdt_is_its_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
