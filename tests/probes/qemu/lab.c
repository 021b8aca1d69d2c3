/* SPDX-License-Identifier: MIT */
/* The guest that facts.c observes (facts.h). */
#include "facts.h"

#include "core.h"
#include "insn.h"
#include "vcpu.h"
#include "vmcb.h"
#include "x86.h"

#define LEAF (PTE_P | PTE_W | PTE_U | PTE_A | PTE_D)
#define TABLE (PTE_P | PTE_W | PTE_U)

void svm_vmrun(uint64_t vmcb_pa, struct gpr *gpr);

struct lab lab;
static uint64_t region; /* 2 MiB-aligned: all of the guest's pages */

#define PAGE(n) (region + (n)*PAGE_SIZE)
enum {
	PAGE_CODE,
	PAGE_STACK,
	PAGE_DATA,
	PAGE_IDT,
	PAGE_GDT,
	PAGE_TABLES,
	PAGES = PAGE_TABLES + 4
};

/* A tree to the 2 MiB at `region`; returns its leaf table. */
static uint64_t *grow(uint64_t *pml4)
{
	uint64_t *table = pml4;

	for (int shift = 39; shift > PAGE_2M_SHIFT - 1; shift -= 9) {
		uint64_t *next = alloc_page();

		table[region >> shift & 511] = (uint64_t)next | TABLE;
		table = next;
	}
	return table;
}

static uint64_t make_nested_root(void)
{
	uint64_t *pml5 = alloc_page(), *shared = alloc_page(), *private = alloc_page();

	pml5[0] = (uint64_t)shared | TABLE;
	pml5[8] = (uint64_t) private | TABLE; /* bit 51 */
	lab.npt_shared = grow(shared);
	lab.npt_private = grow(private);
	return (uint64_t)pml5;
}

/* The guest's tables lie in its own pages: PML4, PDPT, PD, PT. */
static void make_guest_tables(void)
{
	uint64_t *t = phys(PAGE(PAGE_TABLES));

	lab.tables = t;
	t[region >> 39 & 511] = PAGE(PAGE_TABLES + 1) | TABLE | C_MASK;
	t[512 + (region >> 30 & 511)] = PAGE(PAGE_TABLES + 2) | TABLE | C_MASK;
	t[1024 + (region >> 21 & 511)] = PAGE(PAGE_TABLES + 3) | TABLE | C_MASK;
	for (uint32_t i = 0; i < PAGES; i++)
		t[1536 + i] = PAGE(i) | TABLE | C_MASK;
}

void lab_init(void)
{
	uint64_t *gdt;

	region = ALIGN_UP((uint64_t)alloc_pages(2 * PAGES_PER_2M), PAGE_2M_SIZE);
	lab.code = PAGE(PAGE_CODE);
	lab.stack = PAGE(PAGE_STACK);
	lab.data = PAGE(PAGE_DATA);
	lab.idt = PAGE(PAGE_IDT);
	gdt = phys(PAGE(PAGE_GDT));
	gdt[1] = 0x00af9b000000ffff;
	gdt[2] = 0x00cf93000000ffff;
	lab.vmcb = alloc_page();
	lab.gpr = alloc_page();
	make_guest_tables();
	lab.vmcb->nested_cr3 = make_nested_root();
	lab.vmcb->msrpm_base = (uint64_t)alloc_pages(2);
	memset(phys(lab.vmcb->msrpm_base), 0xff, 2 * PAGE_SIZE);
	lab.vmcb->iopm_base = (uint64_t)alloc_pages(3);
	memset(phys(lab.vmcb->iopm_base), 0xff, 3 * PAGE_SIZE);
	wrmsr(MSR_VM_HSAVE_PA, (uint64_t)alloc_page());
	svm_clgi();
}

void lab_map(uint64_t page, uint64_t flags)
{
	lab.npt_private[page >> PAGE_SHIFT & 511] = flags ? page | flags : 0;
}

void lab_gate(uint8_t vector, uint32_t offset)
{
	uint64_t entry = lab.code + offset, *gate = (uint64_t *)phys(lab.idt) + 2 * vector;

	gate[0] = (entry & 0xffff) | 8UL << 16 | 0x8e00UL << 32 | (entry >> 16 & 0xffff) << 48;
	gate[1] = entry >> 32;
}

static void reset_intercepts(struct vmcb *b)
{
	memset(b->intercept, 0, sizeof(b->intercept));
	b->intercept[1] = (uint32_t)(INTERCEPT_DR7_READ | INTERCEPT_DR7_WRITE);
	b->intercept[2] = (uint32_t)BIT(VEC_UD);
	b->intercept[3] = (uint32_t)(INTERCEPT_NMI | INTERCEPT_INIT | INTERCEPT_RDPMC |
				     INTERCEPT_CPUID | INTERCEPT_INVD | INTERCEPT_HLT |
				     INTERCEPT_IOIO | INTERCEPT_MSR | INTERCEPT_SHUTDOWN);
	b->intercept[4] = (uint32_t)(INTERCEPT_VMRUN_TO_SKINIT | INTERCEPT_WBINVD |
				     INTERCEPT_MONITOR | INTERCEPT_MWAIT);
	b->asid = 1;
	b->np_control = VMCB_NP_ENABLE;
	b->int_control = VMCB_INT_MASKING;
	b->event_inj = 0;
	b->int_shadow = 0;
}

static void reset_state(struct vmcb *b)
{
	const struct vmsa_segment data = {16, 0xc93, 0xffffffff, 0};

	b->cs = (struct vmsa_segment){8, 0xa9b, 0xffffffff, 0};
	b->ds = b->es = b->ss = data;
	b->gdtr = (struct vmsa_segment){.limit = 23, .base = PAGE(PAGE_GDT)};
	b->idtr = (struct vmsa_segment){.limit = 4095, .base = PAGE(PAGE_IDT)};
	b->efer = EFER_SVME | EFER_LME | EFER_LMA | EFER_NXE;
	b->cr0 = CR0_PG | CR0_PE | CR0_ET | CR0_NE | CR0_WP;
	b->cr3 = PAGE(PAGE_TABLES) | C_MASK;
	b->cr4 = CR4_PAE | CR4_OSFXSR;
	b->dr6 = DR6_RESET;
	b->dr7 = DR7_RESET;
	b->rflags = RFLAGS_FIXED;
	b->rip = lab.code;
	b->rsp = lab.stack + PAGE_SIZE - 8;
	b->rax = 0;
	b->g_pat = PAT_RESET;
}

void lab_reset(const void *code, uint32_t size)
{
	reset_intercepts(lab.vmcb);
	reset_state(lab.vmcb);
	*lab.gpr = (struct gpr){.rdi = lab.data};
	memset(lab.npt_shared, 0, PAGE_SIZE);
	for (uint32_t i = 0; i < PAGES; i++)
		lab_map(PAGE(i), LEAF);
	memset(phys(lab.idt), 0, PAGE_SIZE);
	memset(phys(lab.stack), 0, PAGE_SIZE);
	memcpy(phys(lab.code), code, size);
}

uint32_t lab_run(void)
{
	svm_vmrun((uint64_t)lab.vmcb, lab.gpr);
	return (uint32_t)lab.vmcb->exit_code;
}

uint32_t lab_run_code(const void *code, uint32_t size)
{
	lab_reset(code, size);
	return lab_run();
}
