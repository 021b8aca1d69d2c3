/* SPDX-License-Identifier: MIT */
/*
 * Where RAM lies and whose it is. The guest's machine has the first `mem=`
 * bytes; what QEMU has beyond belongs to the machine, which moves itself there
 * and never lets a nested page table lead to it.
 */
#include "core.h"
#include "insn.h"
#include "x86.h"

#define E820_RAM 1U
#define IMAGE_PHYS 0x200000ULL
#define TABLE_PAGES 6U
/* The q35 host bridge, PCI 0:0.0: who answers C0000h to FFFFFh. */
#define PCI_CONFIG_ADDRESS 0xcf8
#define PCI_CONFIG_DATA 0xcfc
#define PCI_CONFIG_ENABLE 0x80000000U
#define MCH_PAM0 0x90U
#define MCH_PAM6 0x96U
#define PAM_RAM 0x33
#define PAM_ROM 0x00
#define VIRT_BASE 0xffffffff80000000ULL

struct e820_entry {
	uint64_t base, size;
	uint32_t type;
} PACKED;

extern char machine_start[], machine_end[];
/* Copies @size bytes from @src to @dst and loads @cr3 (boot.S). */
void machine_relocate(uint64_t dst, uint64_t src, uint64_t size, uint64_t cr3);

struct ram_range guest_ram[MAX_RAM_RANGES];
uint32_t guest_ram_count;
uint64_t machine_cr3;

static struct ram_range host_ram[MAX_RAM_RANGES];
static uint32_t host_ram_count;
static uint64_t image_delta; /* how far the image has moved */
static uint64_t heap_next, heap_end;
static uint64_t memory_base;
static struct spinlock heap_lock;

uint64_t virt_to_phys(const void *p)
{
	uint64_t va = (uint64_t)p;

	return va >= VIRT_BASE ? va - VIRT_BASE + image_delta : va;
}

uint64_t machine_memory_base(void)
{
	return memory_base;
}

uint64_t machine_memory_end(void)
{
	return heap_end;
}

void *alloc_pages(uint64_t count)
{
	uint64_t pa;

	spin_lock(&heap_lock);
	pa = heap_next;
	heap_next += count * PAGE_SIZE;
	spin_unlock(&heap_lock);
	if (heap_next > heap_end)
		machine_fault("the machine's own memory is used up (%lu KiB): raise the overhead",
			(heap_end - memory_base) / KIB);
	return memset(phys(pa), 0, count * PAGE_SIZE);
}

/* QEMU's RAM, below and above 4 GiB, ascending. */
static void find_host_ram(void)
{
	struct e820_entry map[8];
	uint64_t size = machine_file_peek("etc/e820", map, sizeof(map));

	for (uint64_t i = 0; i < size / sizeof(map[0]) && i < ARRAY_SIZE(map); i++) {
		if (map[i].type != E820_RAM)
			continue;
		if (host_ram_count == MAX_RAM_RANGES)
			machine_fault("QEMU has more than %u ranges of RAM", MAX_RAM_RANGES);
		host_ram[host_ram_count++] = (struct ram_range){map[i].base, map[i].size};
	}
	if (!host_ram_count)
		machine_fault("QEMU's fw_cfg gives no memory map");
}

/* The guest gets the first @mem bytes; returns where the rest begins. */
static uint64_t split_ram(uint64_t mem)
{
	uint64_t left = mem;
	struct ram_range last = host_ram[host_ram_count - 1];

	for (uint32_t i = 0; i < host_ram_count && left; i++) {
		uint64_t part = left < host_ram[i].size ? left : host_ram[i].size;

		guest_ram[guest_ram_count++] = (struct ram_range){host_ram[i].base, part};
		left -= part;
	}
	memory_base = guest_ram[guest_ram_count - 1].base + guest_ram[guest_ram_count - 1].size;
	if (memory_base < last.base)
		memory_base = last.base;
	memory_base = ALIGN_UP(memory_base, PAGE_2M_SIZE);
	heap_end = last.base + last.size;
	if (left || memory_base + 32 * MIB > heap_end)
		machine_fault(
			"QEMU's RAM has no room for %lu MiB of guest and the machine", mem / MIB);
	return memory_base;
}

/* The machine's page tables: RAM one to one, the image at its link address. */
static uint64_t build_tables(uint64_t at, uint64_t image_pa)
{
	uint64_t *pml5 = phys(at), *pml4_low = pml5 + 512, *pml4_high = pml5 + 1024;
	uint64_t *pdpt_low = pml5 + 1536, *pdpt_high = pml5 + 2048, *pd_high = pml5 + 2560;

	memset(pml5, 0, TABLE_PAGES * PAGE_SIZE);
	pml5[0] = (uint64_t)pml4_low | PTE_P | PTE_W;
	pml5[511] = (uint64_t)pml4_high | PTE_P | PTE_W;
	pml4_low[0] = (uint64_t)pdpt_low | PTE_P | PTE_W;
	pml4_high[511] = (uint64_t)pdpt_high | PTE_P | PTE_W;
	pdpt_high[510] = (uint64_t)pd_high | PTE_P | PTE_W;
	for (uint64_t i = 0; i < PT_ENTRIES; i++) {
		pdpt_low[i] = i * GIB | PTE_PS | PTE_P | PTE_W;
		pd_high[i] = (image_pa - IMAGE_PHYS + i * PAGE_2M_SIZE) | PTE_PS | PTE_P | PTE_W;
	}
	pd_high[0] = 0;
	return at;
}

/* Moves the image to @target and goes on there: same virtual addresses. */
static void relocate(uint64_t target)
{
	uint64_t size = ALIGN_UP(machine_end - machine_start, PAGE_SIZE);
	uint64_t tables = build_tables(target + size, target);

	image_delta = target - IMAGE_PHYS;
	heap_next = tables + TABLE_PAGES * PAGE_SIZE;
	machine_cr3 = tables;
	machine_relocate(target, (uint64_t)machine_start, size, tables);
}

/* Beyond the first 512 GiB, where OVMF puts 64-bit BARs, are devices only. */
static void map_devices(void)
{
	uint64_t *pml4 = phys(*(uint64_t *)phys(machine_cr3) & PTE_ADDR_MASK);

	for (uint64_t slot = 1; slot < machine_mmio_limit() / (PT_ENTRIES * GIB); slot++) {
		uint64_t *pdpt = alloc_page();

		for (uint64_t i = 0; i < PT_ENTRIES; i++)
			pdpt[i] = (slot * PT_ENTRIES + i) * GIB | PTE_PS | PTE_P | PTE_W;
		pml4[slot] = (uint64_t)pdpt | PTE_P | PTE_W;
	}
}

static void set_pam(uint8_t value)
{
	for (uint32_t reg = MCH_PAM0; reg <= MCH_PAM6; reg++) {
		outl(PCI_CONFIG_ADDRESS, PCI_CONFIG_ENABLE | (reg & ~3U));
		outb((uint16_t)(PCI_CONFIG_DATA + (reg & 3)), value);
	}
}

void memory_cover_legacy(void)
{
	set_pam(PAM_ROM);
}

void memory_init(void)
{
	set_pam(PAM_RAM); /* the guest's memory map says RAM, where firmware has left ROM */
	find_host_ram();
	relocate(split_ram(option_number("mem", 0) * MIB));
	map_devices();
}
