/* SPDX-License-Identifier: MIT */
/*
 * The guest's fw_cfg device: the items a direct boot needs, named files, port
 * and DMA access. A transfer to a private page fails, as on hardware. Items
 * are few, so a table serves. ACPI tables and boot order are QEMU's own, since
 * the devices are.
 */
#include "hostile.h"

#define MAX_ITEMS 64U
#define FIRST_FILE 0x20U
#define ITEM_SIGNATURE 0x00
#define ITEM_ID 0x01
#define ITEM_RAM_SIZE 0x03
#define ITEM_NB_CPUS 0x05
#define ITEM_KERNEL_SIZE 0x08
#define ITEM_INITRD_SIZE 0x0b
#define ITEM_MAX_CPUS 0x0f
#define ITEM_KERNEL_DATA 0x11
#define ITEM_INITRD_DATA 0x12
#define ITEM_CMDLINE_SIZE 0x14
#define ITEM_CMDLINE_DATA 0x15
#define ITEM_SETUP_SIZE 0x17
#define ITEM_SETUP_DATA 0x18
#define ITEM_DIRECTORY 0x19
#define FEATURES_DMA 3U
#define NAME_SIZE 56U
#define MADT_HEADER 44U
#define MADT_LOCAL_APIC 0
#define MADT_RESERVED 0x7f
#define ACPI_TABLES "etc/acpi/tables"

#define DMA_ERROR 1U
#define DMA_READ 2U
#define DMA_SKIP 4U
#define DMA_SELECT 8U
#define DMA_WRITE 16U

#define SETUP_SECTS_OFFSET 0x1f1U
#define SECTOR 512U

struct item {
	uint16_t selector;
	const char *live; /* file of QEMU's that is read anew when it is selected, or NULL */
	const uint8_t *data;
	uint32_t size;
	uint32_t reads; /* times it was selected */
};

struct directory_entry {
	uint32_t size;
	uint16_t selector, reserved;
	char name[NAME_SIZE];
} PACKED;

static struct {
	uint32_t count; /* big-endian */
	struct directory_entry entries[MAX_ITEMS];
} PACKED directory;
static struct item items[MAX_ITEMS];
static uint32_t item_count, file_count;
static struct item *selected;
static uint32_t position;
static uint32_t dma_high;
static struct spinlock lock;

static void add_item(uint16_t selector, const void *data, uint32_t size)
{
	if (item_count == MAX_ITEMS)
		machine_fault("fw_cfg has no room for item %x", selector);
	items[item_count++] = (struct item){selector, NULL, data, size, 0};
}

void fw_cfg_add_file(const char *name, const void *data, uint32_t size)
{
	struct directory_entry *e = &directory.entries[file_count];
	uint16_t selector = (uint16_t)(FIRST_FILE + file_count);
	size_t len = strlen(name);

	add_item(selector, data, size);
	e->size = __builtin_bswap32(size);
	e->selector = __builtin_bswap16(selector);
	memcpy(e->name, name, len < NAME_SIZE ? len : NAME_SIZE - 1);
	directory.count = __builtin_bswap32(++file_count);
}

static void add_number(uint16_t selector, uint64_t value, uint32_t size)
{
	uint8_t *p = alloc_page();

	memcpy(p, &value, size);
	add_item(selector, p, size);
}

/* QEMU offers a bzImage in two parts: the set-up sectors and the rest. */
static void add_kernel(const struct machine_file *f)
{
	uint32_t sectors, setup;

	if (f->size <= SETUP_SECTS_OFFSET)
		run_end("refused: the kernel file is too short");
	sectors = f->data[SETUP_SECTS_OFFSET];
	setup = ((sectors ? sectors : 4) + 1) * SECTOR;
	if (setup > f->size)
		setup = (uint32_t)f->size;
	add_number(ITEM_SETUP_SIZE, setup, 4);
	add_item(ITEM_SETUP_DATA, f->data, setup);
	add_number(ITEM_KERNEL_SIZE, f->size - setup, 4);
	add_item(ITEM_KERNEL_DATA, f->data + setup, (uint32_t)f->size - setup);
}

static void add_whole(
	const char *name, uint16_t size_item, uint16_t data_item, const struct machine_file *absent)
{
	struct machine_file f = *absent;

	machine_file_read(name, &f);
	add_number(size_item, f.size, 4);
	add_item(data_item, f.data, (uint32_t)f.size);
}

struct e820_entry {
	uint64_t base, size;
	uint32_t type;
} PACKED;

static void add_e820(void)
{
	struct e820_entry *map = alloc_page();

	for (uint32_t i = 0; i < guest_ram_count; i++)
		map[i] = (struct e820_entry){guest_ram[i].base, guest_ram[i].size, 1};
	fw_cfg_add_file("etc/e820", map, guest_ram_count * (uint32_t)sizeof(*map));
}

/* Entries of processors that the guest has not, as QEMU's first may be one more (smp.c). */
static void hide_processors(uint8_t *madt, uint32_t length)
{
	for (uint32_t at = MADT_HEADER; at + 8 <= length && madt[at + 1]; at += madt[at + 1])
		if (madt[at] == MADT_LOCAL_APIC && madt[at + 3] >= cpu_count)
			madt[at] = MADT_RESERVED; /* which a guest skips */
}

/* A table that tells of the machine's IOMMU is none of the guest's: no system knows its new name.
 */
static void hide_own(uint8_t *tables, uint32_t size)
{
	uint32_t at = 0, length;

	while (size - at > 8) {
		memcpy(&length, tables + at + 4, sizeof(length));
		if (!memcmp(tables + at, "DMAR", 4))
			memcpy(tables + at, "HIDE", 4);
		if (length < 8 || length > size - at)
			return;
		if (!memcmp(tables + at, "APIC", 4))
			hide_processors(tables + at, length);
		at += length;
	}
}

/* QEMU makes ACPI tables when they are read, from what the firmware has set up. */
static void refresh(struct item *item)
{
	uint8_t *data = (uint8_t *)(uint64_t)item->data;

	machine_file_peek(item->live, data, item->size);
	if (!strcmp(item->live, ACPI_TABLES))
		hide_own(data, item->size);
}

static void add_live(const char *name)
{
	struct machine_file file;

	if (!machine_file_read(name, &file))
		return;
	fw_cfg_add_file(name, file.data, (uint32_t)file.size);
	items[item_count - 1].live = name;
}

/* Files that the host offers by QEMU's option -fw_cfg, for the paravisor's services. */
static void add_services(void)
{
	char name[MACHINE_FILE_NAME];

	for (uint32_t i = 0; machine_file_name("opt/org.nacre/service/", i, name); i++) {
		struct machine_file file;

		if (machine_file_read(name, &file))
			fw_cfg_add_file(name, file.data, (uint32_t)file.size);
	}
}

/* Without -append QEMU offers an empty string, whose NUL counts. */
void fw_cfg_init(void)
{
	static const struct machine_file no_initrd = {0};
	static const struct machine_file no_cmdline = {(const uint8_t *)"", 1};
	struct machine_file kernel;
	uint64_t ram = 0;

	for (uint32_t i = 0; i < guest_ram_count; i++)
		ram += guest_ram[i].size;
	add_item(ITEM_SIGNATURE, (const uint8_t *)"QEMU", 4);
	add_number(ITEM_ID, FEATURES_DMA, 4);
	add_number(ITEM_RAM_SIZE, ram, 8);
	add_number(ITEM_NB_CPUS, cpu_count, 2);
	add_number(ITEM_MAX_CPUS, cpu_count, 2);
	if (machine_file_read("opt/org.nacre/kernel", &kernel))
		add_kernel(&kernel);
	add_whole("opt/org.nacre/initrd", ITEM_INITRD_SIZE, ITEM_INITRD_DATA, &no_initrd);
	add_whole("opt/org.nacre/cmdline", ITEM_CMDLINE_SIZE, ITEM_CMDLINE_DATA, &no_cmdline);
	add_services();
	add_e820();
	add_live("etc/acpi/rsdp");
	add_live(ACPI_TABLES);
	add_live("etc/table-loader");
	add_live("bootorder");
	add_item(ITEM_DIRECTORY, (const uint8_t *)&directory, sizeof(directory));
}

void fw_cfg_select(uint16_t selector)
{
	selected = NULL;
	position = 0;
	for (uint32_t i = 0; i < item_count; i++)
		if (items[i].selector == (selector & 0x3fff))
			selected = &items[i];
	if (!selected)
		return;
	selected->reads++;
	if (selected->live)
		refresh(selected);
}

uint8_t fw_cfg_read_byte(void)
{
	if (!selected || position >= selected->size)
		return 0;
	return selected->data[position++];
}

void fw_cfg_dma_high(uint32_t value)
{
	dma_high = __builtin_bswap32(value);
}

uint32_t fw_cfg_dma_signature(bool low)
{
	return __builtin_bswap32(low ? 0x20434647 : 0x51454d55); /* "QEMU CFG" */
}

/* What the guest gets of the selected item: @size bytes from the position on. */
static const uint8_t *item_data(uint32_t size)
{
	static uint8_t changed[PAGE_SIZE];

	memcpy(changed, selected->data + position, size);
	return hostile_fw_cfg(selected->selector, selected->reads - 1, changed, size)
		       ? changed
		       : selected->data + position;
}

static bool dma_read(uint64_t gpa, uint32_t length)
{
	static const uint8_t zeros[PAGE_SIZE];

	while (length) {
		uint32_t have = selected && position < selected->size ? selected->size - position
								      : 0;
		uint32_t part = length < PAGE_SIZE ? length : (uint32_t)PAGE_SIZE;

		if (have && part > have)
			part = have;
		if (!host_memory_write(gpa, have ? item_data(part) : zeros, part))
			return false;
		position += have ? part : 0;
		gpa += part;
		length -= part;
	}
	return true;
}

struct dma_access {
	uint32_t control, length;
	uint64_t address;
};

static bool dma_run(const struct dma_access *a)
{
	uint32_t control = __builtin_bswap32(a->control), length = __builtin_bswap32(a->length);

	if (control & DMA_SELECT)
		fw_cfg_select((uint16_t)(control >> 16));
	if (control & DMA_READ)
		return dma_read(__builtin_bswap64(a->address), length);
	if (control & DMA_SKIP)
		position += length;
	return !(control & DMA_WRITE);
}

void fw_cfg_dma_low(uint32_t value)
{
	uint64_t gpa = (uint64_t)dma_high << 32 | __builtin_bswap32(value);
	struct dma_access a;
	uint32_t status;

	dma_high = 0;
	if (!host_memory_read(gpa, &a, sizeof(a))) {
		log_print("host: fw_cfg DMA descriptor at %lx is not shared memory\n", gpa);
		return;
	}
	spin_lock(&lock);
	status = dma_run(&a) ? 0 : __builtin_bswap32(DMA_ERROR);
	spin_unlock(&lock);
	if (!hostile_fw_cfg_dma(&status, __builtin_bswap32(DMA_ERROR)))
		host_memory_write(gpa, &status, sizeof(status));
}
