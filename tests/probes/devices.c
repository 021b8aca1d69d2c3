/* SPDX-License-Identifier: MIT */
/*
 * What the guest learns of its machine by fw_cfg and CMOS is the guest's
 * machine, not QEMU's; DMA reaches no private page; and the machine's own
 * memory, IOMMU and ports are not there. Started with 2 vCPUs and 64 MiB.
 */
#include <string.h>

#include "check.h"
#include "cpu.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "nae.h"
#include "rmp_help.h"

#define RAM (64 * MIB)
#define VTD 0xfed90000UL

#define FW_CFG_SELECT 0x510
#define FW_CFG_DATA 0x511
#define FW_CFG_DMA_HIGH 0x514
#define FW_CFG_DMA_LOW 0x518
#define ITEM_SIGNATURE 0
#define ITEM_ID 1
#define ITEM_RAM_SIZE 3
#define ITEM_NB_CPUS 5
#define ITEM_MAX_CPUS 0xf
#define ITEM_DIRECTORY 0x19

struct file {
	uint32_t size;
	uint16_t select, reserved;
	char name[56];
};

static void read_item(uint16_t item, void *buffer, uint32_t size)
{
	nae_port_out(FW_CFG_SELECT, 2, item);
	for (uint32_t i = 0; i < size; i++)
		((uint8_t *)buffer)[i] = (uint8_t)nae_port_in(FW_CFG_DATA, 1);
}

static uint64_t item(uint16_t number, uint32_t size)
{
	uint64_t value = 0;

	read_item(number, &value, size);
	return value;
}

/* Selector of a named file; 0 if there is none. */
static uint16_t find_file(const char *name, uint32_t *size)
{
	uint32_t count;
	struct file f;

	read_item(ITEM_DIRECTORY, &count, sizeof(count));
	count = __builtin_bswap32(count);
	for (uint32_t i = 0; i < count; i++) {
		for (uint32_t j = 0; j < sizeof(f); j++)
			((uint8_t *)&f)[j] = (uint8_t)nae_port_in(FW_CFG_DATA, 1);
		if (strlen(f.name) == strlen(name) && !memcmp(f.name, name, strlen(name))) {
			*size = __builtin_bswap32(f.size);
			return __builtin_bswap16(f.select);
		}
	}
	return 0;
}

static void sizes(void)
{
	EXPECT_EQ(item(ITEM_SIGNATURE, 4), 0x554d4551); /* QEMU */
	EXPECT_EQ(item(ITEM_ID, 4) & 2, 2);             /* DMA */
	EXPECT_EQ(item(ITEM_RAM_SIZE, 8), RAM);
	EXPECT_EQ(item(ITEM_NB_CPUS, 2), 2);
	EXPECT_EQ(item(ITEM_MAX_CPUS, 2), 2);
	EXPECT_EQ(guest.cpu_count, 2);
}

static void memory_map(void)
{
	struct {
		uint64_t base, size;
		uint32_t type;
	} PACKED e;
	uint32_t size = 0;
	uint16_t selector = find_file("etc/e820", &size);

	EXPECT_NE(selector, 0);
	EXPECT_EQ(size, sizeof(e));
	read_item(selector, &e, sizeof(e));
	EXPECT_EQ(e.base, 0);
	EXPECT_EQ(e.size, RAM);
	EXPECT_EQ(guest.ram_count, 1);
	EXPECT_EQ(guest.ram[0].size, RAM);
}

/* What QEMU's own fw_cfg carries for the machine is not to be seen. */
static void no_files_of_the_machine(void)
{
	uint32_t size;

	EXPECT_EQ(find_file("opt/org.nacre/igvm", &size), 0);
	EXPECT_EQ(find_file("opt/org.nacre/kernel", &size), 0);
}

static uint32_t count_tables(const uint8_t *tables, uint32_t size, const char *signature)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i + 16 <= size; i++)
		count += !memcmp(tables + i, signature, 4) && !memcmp(tables + i + 10, "BOCHS ", 6);
	return count;
}

/* Firmware finds QEMU's ACPI tables, but nothing of the machine's IOMMU. */
static void acpi_tables(void)
{
	static uint8_t tables[65536];
	uint32_t size = 0, other;
	uint16_t selector = find_file("etc/acpi/tables", &size);

	EXPECT_NE(selector, 0);
	EXPECT_NE(find_file("etc/acpi/rsdp", &other), 0);
	EXPECT_NE(find_file("etc/table-loader", &other), 0);
	size = size < sizeof(tables) ? size : sizeof(tables);
	read_item(selector, tables, size);
	EXPECT_EQ(count_tables(tables, size, "APIC"), 1);
	EXPECT_EQ(count_tables(tables, size, "MCFG"), 1);
	EXPECT_EQ(count_tables(tables, size, "DMAR"), 0);
}

static uint32_t cmos(uint8_t index)
{
	nae_port_out(0x70, 1, index);
	return nae_port_in(0x71, 1);
}

static void cmos_bytes(void)
{
	EXPECT_EQ(cmos(0x34) | cmos(0x35) << 8, (RAM - 16 * MIB) >> 16);
	EXPECT_EQ(cmos(0x30) | cmos(0x31) << 8, (RAM - MIB) >> 10);
	EXPECT_EQ(cmos(0x17) | cmos(0x18) << 8, (RAM - MIB) >> 10);
	EXPECT_EQ(cmos(0x5b) | cmos(0x5c) << 8 | cmos(0x5d) << 16, 0);
	EXPECT_EQ(cmos(0x5f), 1); /* vCPUs less one */
}

/* --- DMA --- */

struct dma {
	uint32_t control, length;
	uint64_t address;
};

/* The control word after the transfer: 0 if it was done, bit 0 for an error. */
static uint32_t dma(uint64_t descriptor, volatile struct dma *d, uint32_t control, uint64_t address,
	uint32_t length)
{
	d->control = __builtin_bswap32(control);
	d->length = __builtin_bswap32(length);
	d->address = __builtin_bswap64(address);
	nae_port_out(FW_CFG_DMA_HIGH, 4, __builtin_bswap32((uint32_t)(descriptor >> 32)));
	nae_port_out(FW_CFG_DMA_LOW, 4, __builtin_bswap32((uint32_t)descriptor));
	return __builtin_bswap32(d->control);
}

#define DMA_READ_ITEM(item) ((uint32_t)(item) << 16 | 8 | 2)

static void dma_to_shared(void)
{
	uint64_t descriptor, gpa;
	volatile struct dma *d = page_alloc_shared(&descriptor);
	char *buffer = page_alloc_shared(&gpa);

	EXPECT_EQ(dma(descriptor, d, DMA_READ_ITEM(ITEM_SIGNATURE), gpa, 4), 0);
	EXPECT(!memcmp(buffer, "QEMU", 4));
	EXPECT_EQ(dma(descriptor, d, 4, 0, 1) & 1, 0);
}

static void dma_to_private(void)
{
	uint64_t descriptor, before;
	volatile struct dma *d = page_alloc_shared(&descriptor);
	volatile uint64_t *target = page_alloc();

	*target = before = 0x1234567890abcdef;
	EXPECT_EQ(dma(descriptor, d, DMA_READ_ITEM(ITEM_SIGNATURE), (uint64_t)target, 4) & 1, 1);
	EXPECT_EQ(*target, before);
	EXPECT_EQ(dma(descriptor, d, DMA_READ_ITEM(ITEM_SIGNATURE), 1UL << 39, 4) & 1, 1);
}

/* A transfer that begins in a shared page and ends in a private one. */
static void dma_across(void)
{
	uint64_t descriptor, gpa = region_take(2 * PAGE_SIZE, PAGE_SIZE);
	volatile struct dma *d = page_alloc_shared(&descriptor);
	volatile uint32_t *second = private_view(gpa + PAGE_SIZE);

	EXPECT(page_make_private(gpa + PAGE_SIZE));
	*second = 0x77777777;
	EXPECT_EQ(dma(descriptor, d, DMA_READ_ITEM(ITEM_DIRECTORY), gpa + PAGE_SIZE - 2, 4) & 1, 1);
	EXPECT_EQ(*second, 0x77777777);
}

static void dma_descriptor_private(void)
{
	volatile struct dma *d = page_alloc();
	uint64_t gpa;
	volatile uint32_t *buffer = page_alloc_shared(&gpa);

	EXPECT_EQ(dma((uint64_t)d, d, DMA_READ_ITEM(ITEM_SIGNATURE), gpa, 4),
		DMA_READ_ITEM(ITEM_SIGNATURE)); /* not even looked at */
	EXPECT_EQ(*buffer, 0);
}

/* --- What is the machine's --- */

static void expect_nothing_at(uint64_t gpa)
{
	uint64_t value = 0;
	struct trap t = TRY("movl (%0), %%eax", : "r"(shared_view(gpa)) : "rax");

	EXPECT_EQ(t.vector, VEC_VC);
	EXPECT_EQ(t.error, SVM_EXIT_NPF);
	nae_mmio_write(gpa, 8, 0x1111111111111111);
	EXPECT(!nae_mmio_read(gpa, 8, &value) || value == ~0UL);
}

/* Behind the guest's RAM the machine has its own. */
static void memory_of_the_machine(void)
{
	for (uint64_t gpa = RAM; gpa < RAM + 96 * MIB; gpa += 4 * MIB + PAGE_SIZE)
		expect_nothing_at(gpa);
	EXPECT_NE(ghcb_msr_psc(RAM >> PAGE_SHIFT, PSC_OP_PRIVATE), 0);
	EXPECT_NE(ghcb_msr_psc((RAM + 16 * MIB) >> PAGE_SHIFT, PSC_OP_SHARED), 0);
}

static void iommu(void)
{
	for (uint64_t offset = 0; offset < PAGE_SIZE; offset += 0x100)
		expect_nothing_at(VTD + offset);
}

static void ports(void)
{
	EXPECT_EQ(nae_port_in(0xe9, 1), 0xff); /* QEMU's debug console would say E9h */
	EXPECT_EQ(nae_port_in(0xf4, 1), 0xff);
	nae_port_out(0xe9, 1, 'x');
	EXPECT_EQ(nae_port_in(0x514, 4), 0x554d4551);
	EXPECT_EQ(nae_port_in(0x518, 4), 0x47464320);
}

static const struct test_case cases[] = {
	{"fw_cfg: memory and vCPUs of the guest's machine", sizes},
	{"fw_cfg: etc/e820 and the memory map agree", memory_map},
	{"fw_cfg: none of the machine's own files", no_files_of_the_machine},
	{"fw_cfg: the ACPI tables of QEMU's devices", acpi_tables},
	{"CMOS: memory and vCPUs of the guest's machine", cmos_bytes},
	{"fw_cfg DMA to a shared page", dma_to_shared},
	{"fw_cfg DMA to a private page fails and changes nothing", dma_to_private},
	{"fw_cfg DMA across into a private page", dma_across},
	{"fw_cfg DMA with its descriptor in a private page", dma_descriptor_private},
	{"the machine's memory cannot be reached", memory_of_the_machine},
	{"nor its IOMMU", iommu},
	{"nor its ports", ports},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
