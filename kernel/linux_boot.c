/* SPDX-License-Identifier: MIT */
/*
 * The pages and registers by which a directly booted kernel is handed over
 * (kernel/linux_boot.h): boot_params, CC blob, page tables, first vCPU.
 */
#include <string.h>

#include "kernel/linux_boot.h"
#include "linux_abi.h"
#include "x86.h"

/* Inside the page at plan->cc. */
#define CC_BLOB_OFFSET 0x40U
#define GDT_OFFSET 0x80U
#define CC_BLOB_VERSION 1U

/* Never RAM for Linux: video memory, option ROMs, the BIOS. */

struct e820_map {
	struct linux_e820_entry *entries;
	unsigned int count;
	bool full;
};

static void e820_add(struct e820_map *map, uint64_t base, uint64_t end, enum linux_e820_type type)
{
	unsigned int at = map->count;

	if (base >= end)
		return;
	if (at == LINUX_E820_MAX) {
		map->full = true;
		return;
	}
	for (; at > 0 && map->entries[at - 1].base > base; at--)
		map->entries[at] = map->entries[at - 1];
	map->entries[at] = (struct linux_e820_entry){base, end - base, type};
	map->count++;
}

/* The lowest thing at or after @from that is not to be RAM: its start and end. */
static struct guest_range next_hole(
	const struct linux_boot_input *input, const struct linux_boot_plan *plan, uint64_t from)
{
	struct guest_range fixed[2] = {{PC_HOLE_BASE, PC_HOLE_END - PC_HOLE_BASE},
		{plan->secrets, plan->area + plan->area_bytes - plan->secrets}};
	struct guest_range best = {UINT64_MAX, 0};

	for (unsigned int i = 0; i < input->reserved_count + ARRAY_SIZE(fixed); i++) {
		struct guest_range hole = i < ARRAY_SIZE(fixed)
						  ? fixed[i]
						  : input->reserved[i - ARRAY_SIZE(fixed)];

		if (hole.base + hole.size > from && hole.base < best.base)
			best = hole;
	}
	return best;
}

static void e820_add_ram(struct e820_map *map, const struct linux_boot_input *input,
	const struct linux_boot_plan *plan, const struct guest_range *ram)
{
	uint64_t end = ram->base + ram->size;
	uint64_t at = ram->base;

	while (at < end) {
		struct guest_range hole = next_hole(input, plan, at);

		e820_add(map, at, hole.base < end ? hole.base : end, LINUX_E820_RAM);
		if (hole.base >= end)
			break;
		at = hole.base + hole.size;
	}
}

/*
 * What the kernel reads once at its start (boot_params to page tables) is RAM
 * to it: it keeps off setup_data by itself, and would map it shared if it were
 * reserved. RAM without its holes, then what is reserved; ACPI tables under a type
 * of their own.
 */
static bool fill_e820(struct linux_boot_params *params, const struct linux_boot_input *input,
	const struct linux_boot_plan *plan)
{
	struct e820_map map = {.entries = params->e820_table};

	for (unsigned int i = 0; i < input->ram_count; i++)
		e820_add_ram(&map, input, plan, &input->ram[i]);
	for (unsigned int i = 0; i < input->reserved_count; i++)
		e820_add(&map, input->reserved[i].base,
			input->reserved[i].base + input->reserved[i].size, LINUX_E820_RESERVED);
	e820_add(&map, PC_HOLE_BASE, PC_HOLE_END, LINUX_E820_RESERVED);
	e820_add(&map, plan->secrets, plan->acpi, LINUX_E820_RESERVED);
	e820_add(&map, plan->acpi, plan->acpi + plan->acpi_bytes, LINUX_E820_ACPI);
	if (map.full)
		return false;
	params->e820_entries = (uint8_t)map.count;
	return true;
}

enum linux_boot_error linux_boot_fill_params(void *page, const void *setup,
	const struct linux_boot_input *input, const struct linux_boot_plan *plan)
{
	struct linux_boot_params *params = page;
	struct linux_setup_header *header = &params->header;

	memset(params, 0, sizeof(*params));
	memcpy((uint8_t *)page + LINUX_SETUP_HEADER_OFFSET,
		(const uint8_t *)setup + LINUX_SETUP_HEADER_OFFSET, input->image->header_bytes);
	header->type_of_loader = LINUX_LOADER_UNDEFINED;
	header->vid_mode = LINUX_VIDEO_NORMAL;
	header->code32_start = (uint32_t)plan->kernel;
	header->ramdisk_image = (uint32_t)plan->initrd;
	header->ramdisk_size = (uint32_t)plan->initrd_bytes;
	header->cmd_line_ptr = (uint32_t)plan->cmdline;
	header->setup_data = plan->cc;
	params->acpi_rsdp_addr = plan->acpi_bytes != 0 ? plan->acpi : 0;
	return fill_e820(params, input, plan) ? LINUX_BOOT_OK : LINUX_BOOT_E820_FULL;
}

void linux_boot_fill_cc(void *page, const struct linux_boot_plan *plan)
{
	/* At selectors 10h and 18h: flat, accessed, 64-bit code and data. */
	static const uint64_t gdt[] = {0, 0, 0x00af9b000000ffff, 0x00cf93000000ffff};
	const struct linux_cc_setup_data setup_data = {
		.head = {.type = LINUX_SETUP_CC_BLOB, .length = sizeof(uint32_t)},
		.cc_blob_address = (uint32_t)plan->cc + CC_BLOB_OFFSET,
	};
	const struct cc_blob blob = {
		.magic = CC_BLOB_MAGIC,
		.version = CC_BLOB_VERSION,
		.secrets_phys = plan->secrets,
		.secrets_len = PAGE_SIZE,
		.cpuid_phys = plan->cpuid,
		.cpuid_len = PAGE_SIZE,
	};
	uint8_t *bytes = page;

	memset(bytes, 0, PAGE_SIZE);
	memcpy(bytes, &setup_data, sizeof(setup_data));
	memcpy(bytes + CC_BLOB_OFFSET, &blob, sizeof(blob));
	memcpy(bytes + GDT_OFFSET, gdt, sizeof(gdt));
}

/* One PML4, one PDPT, four page directories. */
void linux_boot_fill_page_tables(void *pages, const struct linux_boot_plan *plan, uint64_t c_bit)
{
	const uint64_t flags = PTE_P | PTE_W | c_bit;
	uint64_t *pml4 = pages, *pdpt = pml4 + PT_ENTRIES, *directories = pdpt + PT_ENTRIES;

	memset(pages, 0, LINUX_PAGE_TABLE_PAGES * PAGE_SIZE);
	pml4[0] = (plan->page_tables + PAGE_SIZE) | flags;
	for (unsigned int i = 0; i < 4; i++)
		pdpt[i] = (plan->page_tables + (2 + i) * PAGE_SIZE) | flags;
	for (unsigned int i = 0; i < 4 * PT_ENTRIES; i++)
		directories[i] = i * PAGE_2M_SIZE | PTE_PS | flags;
}

static void fill_segments(struct vmsa *vmsa, const struct linux_boot_plan *plan)
{
	const struct vmsa_segment data = {LINUX_BOOT_DS, 0xc93, 0xffffffff, 0};

	vmsa->cs = (struct vmsa_segment){LINUX_BOOT_CS, 0xa9b, 0xffffffff, 0};
	vmsa->ds = vmsa->es = vmsa->ss = vmsa->fs = vmsa->gs = data;
	vmsa->ldtr = (struct vmsa_segment){0, 0x82, 0xffff, 0};
	vmsa->tr = (struct vmsa_segment){0, 0x8b, 0xffff, 0};
	vmsa->gdtr.base = plan->cc + GDT_OFFSET;
	vmsa->gdtr.limit = 4 * sizeof(uint64_t) - 1;
}

void linux_boot_fill_vmsa(struct vmsa *vmsa, const struct linux_boot_plan *plan, uint64_t c_bit,
	unsigned int vmpl, uint64_t sev_features)
{
	memset(vmsa, 0, sizeof(*vmsa));
	fill_segments(vmsa, plan);
	vmsa->vmpl = (uint8_t)vmpl;
	vmsa->sev_features = sev_features;
	vmsa->efer = EFER_SVME | EFER_LME | EFER_LMA;
	vmsa->cr0 = CR0_PE | CR0_ET | CR0_NE | CR0_PG;
	vmsa->cr3 = plan->page_tables | c_bit;
	vmsa->cr4 = CR4_PAE;
	vmsa->dr6 = DR6_RESET;
	vmsa->dr7 = DR7_RESET;
	vmsa->rflags = RFLAGS_FIXED;
	vmsa->rip = plan->kernel + LINUX_ENTRY_64;
	vmsa->rsi = plan->boot_params;
	vmsa->g_pat = PAT_RESET;
	vmsa->xcr0 = 1;
	vmsa->mxcsr = MXCSR_RESET;
	vmsa->x87_fcw = 0x37f;
}
