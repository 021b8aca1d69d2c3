/* SPDX-License-Identifier: MIT */
/*
 * QEMU's fw_cfg as the machine itself uses it: the files that scripts/machine
 * hands over (IGVM file, kernel, initramfs) and QEMU's own memory map. The
 * guest never reaches this device; what it sees is host/fw_cfg.c.
 */
#include "core.h"
#include "insn.h"

#define PORT_SELECTOR 0x510
#define PORT_DMA_HIGH 0x514
#define PORT_DMA_LOW 0x518
#define ITEM_DIRECTORY 0x19
#define DMA_ERROR 1U
#define DMA_READ 2U
#define DMA_SELECT 8U

struct fw_cfg_dma {
	uint32_t control, length;
	uint64_t address;
} PACKED;

struct directory_entry {
	uint32_t size;
	uint16_t selector, reserved;
	char name[MACHINE_FILE_NAME];
} PACKED;

static volatile struct fw_cfg_dma dma ALIGNED(16);

static void transfer(uint32_t control, void *buffer, uint32_t size)
{
	uint64_t pa = virt_to_phys((const void *)&dma);

	dma.control = __builtin_bswap32(control);
	dma.length = __builtin_bswap32(size);
	dma.address = __builtin_bswap64(virt_to_phys(buffer));
	outl(PORT_DMA_HIGH, __builtin_bswap32((uint32_t)(pa >> 32)));
	outl(PORT_DMA_LOW, __builtin_bswap32((uint32_t)pa));
	while (__builtin_bswap32(dma.control) & ~DMA_ERROR)
		cpu_relax();
	if (dma.control)
		machine_fault("QEMU's fw_cfg refused a read of %u bytes", size);
}

void machine_item_read(uint16_t selector, void *buffer, uint32_t size)
{
	transfer((uint32_t)selector << 16 | DMA_SELECT | DMA_READ, buffer, size);
}

static bool find(const char *name, uint16_t *selector, uint32_t *size)
{
	uint32_t count;

	machine_item_read(ITEM_DIRECTORY, &count, sizeof(count));
	for (count = __builtin_bswap32(count); count; count--) {
		struct directory_entry entry;

		transfer(DMA_READ, &entry, sizeof(entry));
		entry.name[sizeof(entry.name) - 1] = 0;
		if (strcmp(entry.name, name))
			continue;
		*selector = __builtin_bswap16(entry.selector);
		*size = __builtin_bswap32(entry.size);
		return true;
	}
	return false;
}

bool machine_file_name(const char *prefix, uint32_t index, char name[MACHINE_FILE_NAME])
{
	size_t length = strlen(prefix);
	uint32_t count;

	machine_item_read(ITEM_DIRECTORY, &count, sizeof(count));
	for (count = __builtin_bswap32(count); count; count--) {
		struct directory_entry entry;

		transfer(DMA_READ, &entry, sizeof(entry));
		entry.name[sizeof(entry.name) - 1] = 0;
		if (memcmp(entry.name, prefix, length) || index--)
			continue;
		memcpy(name, entry.name, sizeof(entry.name));
		return true;
	}
	return false;
}

bool machine_file_read(const char *name, struct machine_file *file)
{
	uint16_t selector;
	uint32_t size;
	void *data;

	if (!find(name, &selector, &size))
		return false;
	data = alloc_pages(ALIGN_UP(size + 1, PAGE_SIZE) / PAGE_SIZE);
	machine_item_read(selector, data, size);
	file->data = data;
	file->size = size;
	return true;
}

uint64_t machine_file_peek(const char *name, void *buffer, uint64_t size)
{
	uint16_t selector;
	uint32_t full;

	if (!find(name, &selector, &full))
		return 0;
	machine_item_read(selector, buffer, full < size ? full : (uint32_t)size);
	return full;
}
