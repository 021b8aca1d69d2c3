/* SPDX-License-Identifier: MIT */
/*
 * The pages and registers by which a kernel is handed over, read back the way
 * the kernel and the processor read them.
 */
#include "tests/unit/unit_test.h"

#include "kernel/linux_boot.h"
#include "linux_abi.h"
#include "x86.h"

#define C_BIT (1ULL << 51)

static const struct linux_image image = {.header_bytes = 0x26c - 0x1f1};

static const struct linux_boot_plan plan = {
	.kernel = 0x1000000,
	.kernel_bytes = 0x3000000,
	.initrd = 0x7fc00000,
	.initrd_bytes = 0x345678,
	.area = 0x100000,
	.area_bytes = 0xe000,
	.boot_params = 0x100000,
	.cmdline = 0x101000,
	.cc = 0x102000,
	.page_tables = 0x103000,
	.secrets = 0x109000,
	.cpuid = 0x10a000,
	.calling_area = 0x10b000,
	.acpi = 0x10c000,
	.acpi_bytes = 0x2000,
};

static const struct guest_range paravisor[] = {{0x08000000, 0x400000}};

static struct linux_boot_params params;
static uint8_t setup_part[1024];

static enum linux_boot_error fill(const struct linux_boot_input *input)
{
	memset(&params, 0xee, sizeof(params));
	memset(setup_part, 0xab, sizeof(setup_part));
	return linux_boot_fill_params(&params, setup_part, input, &plan);
}

static void parameters(void **state)
{
	const struct guest_range ram[] = {{0, 0x80000000}};
	const struct linux_boot_input input = {
		.image = &image, .ram = ram, .ram_count = 1, .acpi_bytes = 0x2000};

	(void)state;
	assert_int_equal(fill(&input), LINUX_BOOT_OK);
	assert_int_equal(params.sentinel, 0);
	assert_int_equal(params.header.type_of_loader, 0xff);
	assert_int_equal(params.header.ramdisk_image, plan.initrd);
	assert_int_equal(params.header.ramdisk_size, plan.initrd_bytes);
	assert_int_equal(params.header.cmd_line_ptr, plan.cmdline);
	assert_int_equal(params.header.setup_data, plan.cc);
	assert_int_equal(params.acpi_rsdp_addr, plan.acpi);
	assert_int_equal(params.ext_ramdisk_image | params.ext_cmd_line_ptr, 0);
	assert_int_equal(params.header.init_size, 0xabababab); /* the kernel's own field */
	assert_int_equal(params.unused_26c[0], 0);             /* nothing past the header */
}

static void assert_map(const struct linux_e820_entry *expected, unsigned int count)
{
	assert_int_equal(params.e820_entries, count);
	for (unsigned int i = 0; i < count; i++) {
		assert_int_equal(params.e820_table[i].base, expected[i].base);
		assert_int_equal(params.e820_table[i].size, expected[i].size);
		assert_int_equal(params.e820_table[i].type, expected[i].type);
	}
}

static void memory_map(void **state)
{
	const struct guest_range ram[] = {{0, 0x80000000}, {0x100000000, 0x40000000}};
	const struct linux_boot_input input = {.image = &image,
		.ram = ram,
		.ram_count = 2,
		.reserved = paravisor,
		.reserved_count = 1};
	const struct linux_e820_entry expected[] = {
		{0, 0xa0000, LINUX_E820_RAM},
		{0xa0000, 0x60000, LINUX_E820_RESERVED},
		{0x100000, 0x9000, LINUX_E820_RAM}, /* setup_data has to be RAM to Linux */
		{0x109000, 0x3000, LINUX_E820_RESERVED},
		{0x10c000, 0x2000, LINUX_E820_ACPI},
		{0x10e000, 0x7ef2000, LINUX_E820_RAM},
		{0x08000000, 0x400000, LINUX_E820_RESERVED},
		{0x08400000, 0x77c00000, LINUX_E820_RAM},
		{0x100000000, 0x40000000, LINUX_E820_RAM},
	};

	(void)state;
	assert_int_equal(fill(&input), LINUX_BOOT_OK);
	assert_map(expected, ARRAY_SIZE(expected));
}

/* Reserved ranges that lie across RAM's ends, touch each other, or lie outside. */
static void odd_reserved_ranges(void **state)
{
	const struct guest_range ram[] = {{0x200000, 0x100000}, {0x400000, 0x100000}};
	const struct guest_range reserved[] = {{0x1f0000, 0x20000}, {0x280000, 0x10000},
		{0x290000, 0x10000}, {0x2f0000, 0x120000}, {0x600000, 0x1000}};
	const struct linux_boot_input input = {.image = &image,
		.ram = ram,
		.ram_count = 2,
		.reserved = reserved,
		.reserved_count = 5};
	const struct linux_e820_entry expected[] = {
		{0xa0000, 0x60000, LINUX_E820_RESERVED},
		{0x109000, 0x3000, LINUX_E820_RESERVED},
		{0x10c000, 0x2000, LINUX_E820_ACPI},
		{0x1f0000, 0x20000, LINUX_E820_RESERVED},
		{0x210000, 0x70000, LINUX_E820_RAM},
		{0x280000, 0x10000, LINUX_E820_RESERVED},
		{0x290000, 0x10000, LINUX_E820_RESERVED},
		{0x2a0000, 0x50000, LINUX_E820_RAM},
		{0x2f0000, 0x120000, LINUX_E820_RESERVED},
		{0x410000, 0xf0000, LINUX_E820_RAM},
		{0x600000, 0x1000, LINUX_E820_RESERVED},
	};

	(void)state;
	assert_int_equal(fill(&input), LINUX_BOOT_OK);
	assert_map(expected, ARRAY_SIZE(expected));
}

/* 63 RAM and 62 reserved ranges apart from each other fit, 64 of each do not. */
static void full_map(void **state)
{
	static struct guest_range ram[LINUX_MAX_RANGES], reserved[LINUX_MAX_RANGES];
	struct linux_boot_input input = {.image = &image, .ram = ram, .reserved = reserved};

	(void)state;
	for (unsigned int i = 0; i < LINUX_MAX_RANGES; i++) {
		ram[i] = (struct guest_range){0x1000000 + i * 0x10000ULL, 0x1000};
		reserved[i] = (struct guest_range){0x1008000 + i * 0x10000ULL, 0x1000};
	}
	input.ram_count = 63;
	input.reserved_count = 62;
	assert_int_equal(fill(&input), LINUX_BOOT_OK);
	assert_int_equal(params.e820_entries, LINUX_E820_MAX);
	input.ram_count = input.reserved_count = 64;
	assert_int_equal(fill(&input), LINUX_BOOT_E820_FULL);
}

static void cc_page(void **state)
{
	static uint8_t page[4096] ALIGNED(8);
	struct linux_cc_setup_data data;
	struct cc_blob blob;

	(void)state;
	memset(page, 0xee, sizeof(page));
	linux_boot_fill_cc(page, &plan);
	memcpy(&data, page, sizeof(data));
	assert_int_equal(data.head.next, 0);
	assert_int_equal(data.head.type, 7);
	assert_int_equal(data.head.length, 4);
	assert_in_range(data.cc_blob_address, plan.cc + sizeof(data), plan.cc + 4096 - 40);
	memcpy(&blob, page + (data.cc_blob_address - plan.cc), sizeof(blob));
	assert_int_equal(blob.magic, 0x45444d41);
	assert_int_equal(blob.secrets_phys, plan.secrets);
	assert_int_equal(blob.secrets_len, 4096);
	assert_int_equal(blob.cpuid_phys, plan.cpuid);
	assert_int_equal(blob.cpuid_len, 4096);
}

/* Translates as a processor does; all levels must be private. */
static uint64_t walk(const uint64_t *tables, uint64_t va)
{
	uint64_t entry, table = plan.page_tables;

	for (int level = 3; level >= 1; level--) {
		entry = tables[(table - plan.page_tables) / 8 + ((va >> (12 + 9 * level)) & 511)];
		assert_int_equal(entry & (PTE_P | PTE_W | PTE_NX | C_BIT), PTE_P | PTE_W | C_BIT);
		table = entry & PTE_ADDR_MASK & ~C_BIT;
		if (level > 1)
			assert_in_range(
				table, plan.page_tables + 4096, plan.page_tables + 5 * 4096ULL);
	}
	assert_true(entry & PTE_PS);
	return table | (va & (PAGE_2M_SIZE - 1));
}

static void page_tables(void **state)
{
	static uint64_t tables[LINUX_PAGE_TABLE_PAGES * PT_ENTRIES];

	(void)state;
	memset(tables, 0xee, sizeof(tables));
	linux_boot_fill_page_tables(tables, &plan, C_BIT);
	for (uint64_t va = 0; va < 4 * GIB; va += PAGE_2M_SIZE / 2)
		assert_int_equal(walk(tables, va), va);
	for (unsigned int i = 1; i < PT_ENTRIES; i++)
		assert_int_equal(tables[i], 0);
	for (unsigned int i = 4; i < PT_ENTRIES; i++)
		assert_int_equal(tables[PT_ENTRIES + i], 0);
}

static void first_vcpu(void **state)
{
	static uint8_t page[4096] ALIGNED(8);
	struct vmsa vmsa;
	uint64_t descriptor;

	(void)state;
	memset(&vmsa, 0xee, sizeof(vmsa));
	linux_boot_fill_vmsa(&vmsa, &plan, C_BIT, 2, SEV_FEATURE_SNP);
	assert_int_equal(vmsa.vmpl, 2);
	assert_int_equal(vmsa.cpl, 0);
	assert_int_equal(vmsa.sev_features, 1);
	assert_int_equal(vmsa.efer, EFER_SVME | EFER_LME | EFER_LMA);
	assert_int_equal(vmsa.cr0 & (CR0_PG | CR0_PE), CR0_PG | CR0_PE);
	assert_int_equal(vmsa.cr3, plan.page_tables | C_BIT);
	assert_int_equal(vmsa.cr4 & CR4_PAE, CR4_PAE);
	assert_int_equal(vmsa.rip, 0x1000200);
	assert_int_equal(vmsa.rsi, plan.boot_params);
	assert_int_equal(vmsa.rflags, 2); /* interrupts off */
	assert_int_equal(vmsa.xcr0, 1);
	assert_int_equal(vmsa.mxcsr, 0x1f80);
	assert_int_equal(vmsa.g_pat, 0x0007040600070406);
	assert_int_equal(vmsa.cs.selector, LINUX_BOOT_CS);
	assert_int_equal(vmsa.ds.selector, LINUX_BOOT_DS);
	assert_true(vmsa.cs.attributes & SEGMENT_ATTR_L);
	assert_false(vmsa.cs.attributes & SEGMENT_ATTR_DB);

	/* The GDT that GDTR names lies in the page and has what the selectors say. */
	linux_boot_fill_cc(page, &plan);
	assert_in_range(vmsa.gdtr.base, plan.cc + 64 + 40, plan.cc + 4096 - 32);
	assert_int_equal(vmsa.gdtr.limit, 31);
	memcpy(&descriptor, page + (vmsa.gdtr.base - plan.cc) + LINUX_BOOT_CS, 8);
	assert_int_equal(descriptor >> 40 & 0xff, vmsa.cs.attributes & 0xff);
	assert_int_equal(descriptor >> 52 & 0xf, vmsa.cs.attributes >> 8);
	memcpy(&descriptor, page + (vmsa.gdtr.base - plan.cc) + LINUX_BOOT_DS, 8);
	assert_int_equal(descriptor >> 40 & 0xff, vmsa.ds.attributes & 0xff);
	assert_int_equal(descriptor >> 52 & 0xf, vmsa.ds.attributes >> 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parameters),
		cmocka_unit_test(memory_map),
		cmocka_unit_test(odd_reserved_ranges),
		cmocka_unit_test(full_map),
		cmocka_unit_test(cc_page),
		cmocka_unit_test(page_tables),
		cmocka_unit_test(first_vcpu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
