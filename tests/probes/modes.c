/* SPDX-License-Identifier: MIT */
/*
 * #VC in the modes that 64-bit code never sees: real mode, protected mode
 * without paging, with PAE paging. Each runs as a context of VMPL 1; its
 * handler notes vector and error code and hands back to VMPL 0.
 */
#include <string.h>

#include "check.h"
#include "cpu.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "rmp_help.h"
#include "vmpl.h"

#define REAL_BASE 0x20000UL
#define REAL_IVT 0x400
#define REAL_VECTOR 0x800
#define HPET 0xfed00000U

/* What the 32-bit handlers have found; the assembler knows them by name. */
extern volatile uint32_t modes_vector, modes_error, modes_rip, modes_address, modes_value;
volatile uint32_t modes_vector, modes_error, modes_rip, modes_address, modes_value;

/* clang-format off */
__asm__(".pushsection .text\n"
	".code32\n"
	"modes_vc: pushl $29; jmp modes_done\n"
	"modes_gp: pushl $13; jmp modes_done\n"
	"modes_bp: pushl $0; pushl $3; jmp modes_done\n"
	"modes_ud: pushl $0; pushl $6\n"
	"modes_done:\n"
	"	popl modes_vector\n"
	"	popl modes_error\n"
	"	popl modes_rip\n"
	"	movl $0xc0010130, %ecx\n"
	"	movl $0x16, %eax\n"
	"	xorl %edx, %edx\n"
	"	wrmsr\n"
	"	rep; vmmcall\n"
	"	ud2\n"
	"modes_cpuid: cpuid; int3\n"
	"modes_in: inb $0x71, %al; int3\n"
	"modes_rdmsr: movl $0x1b, %ecx; rdmsr; int3\n"
	"modes_rdsev: movl $0xc0010131, %ecx; rdmsr; movl %eax, modes_value; int3\n"
	"modes_wbinvd: wbinvd; int3\n"
	"modes_mmio: movl 0xfed00000, %eax; int3\n"
	"modes_read: movl modes_address, %eax; movl (%eax), %eax; movl %eax, modes_value; int3\n"
	"modes_pvalidate: xorl %ecx, %ecx; movl $1, %edx; movl modes_address, %eax\n"
	"	.byte 0xf2, 0x0f, 0x01, 0xff; int3\n"
	"modes_write: movl modes_address, %eax; movl $0x1234, (%eax); int3\n"
	".code16\n"
	"modes_real: xorl %eax, %eax; cpuid; hlt\n"
	"modes_real_in: inb $0x71, %al; hlt\n"
	"modes_real_handler:\n"
	"	movw $29, 0x800\n"
	"	popw 0x802\n"
	"	movl $0xc0010130, %ecx\n"
	"	movl $0x16, %eax\n"
	"	xorl %edx, %edx\n"
	"	wrmsr\n"
	"	rep; vmmcall\n"
	"	ud2\n"
	"	.byte 0x8e, 0x3f\n" /* no segment register: the death of QEMU 10.0, if it reads on */
	"	hlt\n"
	"modes_real_end:\n"
	".code64\n"
	".popsection\n");
/* clang-format on */
extern const char modes_vc[], modes_gp[], modes_bp[], modes_ud[], modes_cpuid[], modes_in[],
	modes_rdmsr[], modes_rdsev[], modes_wbinvd[], modes_mmio[], modes_read[], modes_write[],
	modes_pvalidate[], modes_real[], modes_real_in[], modes_real_handler[], modes_real_end[];

static uint64_t idt32[32];
static uint64_t pae_pdpt[4] ALIGNED(32);
static uint64_t *pae_directories[4];
static struct vmsa *vmsa;
static struct cpu *cpu;

static void gate32(uint32_t vector, const char *handler)
{
	uint64_t entry = (uint64_t)handler;

	idt32[vector] = (entry & 0xffff) | (uint64_t)SELECTOR_CODE32 << 16 | 0x8e00UL << 32 |
			(entry >> 16 & 0xffff) << 48;
}

static void make_pae_tables(void)
{
	for (uint64_t i = 0; i < 4; i++) {
		uint64_t *pd = page_alloc();

		for (uint64_t j = 0; j < PT_ENTRIES; j++)
			pd[j] = i * GIB | j * PAGE_2M_SIZE | PTE_PS | PTE_P | PTE_W | guest.c_mask;
		pae_directories[i] = pd;
		pae_pdpt[i] = (uint64_t)pd | PTE_P | guest.c_mask;
	}
}

static void set_up(void)
{
	memory_grant(1, RMP_PERM_RWX);
	gate32(VEC_VC, modes_vc);
	gate32(VEC_GP, modes_gp);
	gate32(VEC_UD, modes_ud);
	gate32(VEC_BP, modes_bp);
	make_pae_tables();
	cpu = cpu_new(0, 1);
	vmsa = page_alloc_vmsa();
	EXPECT_EQ(vmsa_mark(vmsa, true), RMP_SUCCESS);
	vmsa_fill(vmsa, cpu, NULL, NULL);
	vmpl_register(1, vmsa);
}

/* --- Protected mode, 32 bits --- */

static void unpaged(const char *code)
{
	vmsa_fill(vmsa, cpu, NULL, NULL);
	vmsa->cs = (struct vmsa_segment){SELECTOR_CODE32, 0xc9b, 0xffffffff, 0};
	vmsa->idtr = (struct vmsa_segment){.limit = sizeof(idt32) - 1, .base = (uint64_t)idt32};
	vmsa->efer = EFER_SVME;
	vmsa->cr0 = CR0_PE | CR0_ET | CR0_NE;
	vmsa->cr3 = 0;
	vmsa->cr4 = 0;
	vmsa->rip = (uint64_t)code;
}

static void paged(const char *code)
{
	unpaged(code);
	vmsa->efer = EFER_SVME | EFER_NXE;
	vmsa->cr0 |= CR0_PG | CR0_WP;
	vmsa->cr3 = (uint64_t)pae_pdpt;
	vmsa->cr4 = CR4_PAE;
}

static void (*prepare)(const char *code);

static void run(const char *code, uint32_t vector, uint32_t error)
{
	modes_vector = modes_error = ~0U;
	prepare(code);
	EXPECT(vmpl_enter(1));
	EXPECT_EQ(modes_vector, vector);
	EXPECT_EQ(modes_error, error);
}

static void in_protected_mode(void)
{
	volatile uint32_t *page = page_alloc();

	run(modes_cpuid, VEC_VC, SVM_EXIT_CPUID);
	EXPECT_EQ(modes_rip, (uint64_t)modes_cpuid);
	run(modes_in, VEC_VC, SVM_EXIT_IOIO);
	run(modes_rdmsr, VEC_VC, SVM_EXIT_MSR);
	run(modes_wbinvd, VEC_VC, SVM_EXIT_WBINVD);
	run(modes_mmio, VEC_VC, SVM_EXIT_NPF);
	run(modes_rdsev, VEC_BP, 0);
	EXPECT_EQ(modes_value, 7);
	run(modes_pvalidate, VEC_UD, 0);
	*page = 0x600d;
	modes_address = (uint32_t)(uint64_t)page;
	run(modes_read, VEC_BP, 0);
	EXPECT_EQ(modes_value, 0x600d);
	run(modes_write, VEC_BP, 0);
	EXPECT_EQ(*page, 0x1234);
	modes_address = (uint32_t)assigned_page();
	run(modes_read, VEC_VC, SVM_EXIT_PAGE_NOT_VALIDATED);
}

static void without_paging(void)
{
	prepare = unpaged;
	in_protected_mode();
}

static void with_pae(void)
{
	prepare = paged;
	in_protected_mode();
}

/* Device memory without the C-bit, as a 32-bit kernel would map it. */
static void pae_shared(void)
{
	volatile uint32_t *shared;
	uint64_t gpa, large;

	shared = page_alloc_shared(&gpa);
	*shared = 0x5ba4ed;
	large = gpa >> PAGE_2M_SHIFT;
	pae_directories[1][0] = large << PAGE_2M_SHIFT | PTE_PS | PTE_P | PTE_W; /* at 1 GiB */
	modes_address = (uint32_t)(GIB | (gpa & (PAGE_2M_SIZE - 1)));
	prepare = paged;
	run(modes_read, VEC_BP, 0);
	EXPECT_EQ(modes_value, 0x5ba4ed);
}

/* --- Real mode --- */

static void real(const char *code)
{
	const struct vmsa_segment flat = {REAL_BASE >> 4, 0x93, 0xffff, REAL_BASE};

	vmsa_fill(vmsa, cpu, NULL, NULL);
	vmsa->cs = vmsa->ds = vmsa->es = vmsa->ss = flat;
	vmsa->cs.attributes = 0x9b;
	vmsa->idtr = (struct vmsa_segment){.limit = 0x3ff, .base = REAL_BASE + REAL_IVT};
	vmsa->efer = EFER_SVME;
	vmsa->cr0 = CR0_ET;
	vmsa->cr3 = 0;
	vmsa->cr4 = 0;
	vmsa->rsp = 0xf00;
	vmsa->rip = (uint64_t)(code - modes_real);
}

static void real_mode(void)
{
	uint16_t *page = private_view(REAL_BASE), *gate = page + (REAL_IVT + 29 * 4) / 2;
	const char *const codes[] = {modes_real, modes_real_in};

	EXPECT(page_make_private(REAL_BASE));
	EXPECT_EQ(rmpadjust(page, RMP_SIZE_4K, rmp_attributes(1, RMP_PERM_RWX)), RMP_SUCCESS);
	memcpy(page, modes_real, (size_t)(modes_real_end - modes_real));
	gate[0] = (uint16_t)(modes_real_handler - modes_real);
	gate[1] = REAL_BASE >> 4;
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		page[REAL_VECTOR / 2] = 0;
		real(codes[i]);
		EXPECT(vmpl_enter(1));
		EXPECT_EQ(page[REAL_VECTOR / 2], 29);
		EXPECT_EQ(page[REAL_VECTOR / 2 + 1], codes[i] - modes_real + (i == 0 ? 3 : 0));
	}
}

static const struct test_case cases[] = {
	{"a context of VMPL 1", set_up},
	{"32-bit protected mode, paging off", without_paging},
	{"32-bit protected mode, PAE paging", with_pae},
	{"32-bit shared memory by a PAE entry without the C-bit", pae_shared},
	{"real mode", real_mode},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
