/* SPDX-License-Identifier: MIT */
/*
 * What the machine relies on of QEMU's SVM under TCG, one fact a case: where it
 * does as the manual says, and where it errs in the way the machine makes up
 * for. A QEMU for which a case fails cannot carry the machine as it is.
 */
#include "facts.h"

#include "core.h"
#include "insn.h"
#include "vmcb.h"
#include "x86.h"

#define COM1 0x3f8
#define LEAF (PTE_P | PTE_W | PTE_U | PTE_A | PTE_D)

void machine_main(uint64_t start_info);

static bool failed;

static void put(const char *text)
{
	while (*text)
		outb(COM1, (uint8_t)*text++);
}

#define SAY(...)                                           \
	do {                                               \
		char line_[200];                           \
		format(line_, sizeof(line_), __VA_ARGS__); \
		put(line_);                                \
	} while (0)

void facts_equal(int line, const char *what, uint64_t actual, uint64_t expected)
{
	if (actual == expected)
		return;
	failed = true;
	SAY("# facts.c:%d: %s is %lx, expected %lx\n", line, what, actual, expected);
}

GUEST_CODE(code_hlt, "hlt");

static void c_bit_51(void)
{
	EXPECT_EQ(RUN(code_hlt), SVM_EXIT_HLT);
	EXPECT_EQ(lab.vmcb->rip, lab.code);
}

GUEST_CODE(code_read, "movq 0x123(%rdi), %rax; hlt");
GUEST_CODE(code_write, "movq %rax, 0x123(%rdi); hlt");

static void npf_data(void)
{
	RESET(code_read);
	lab_map(lab.data, 0);
	EXPECT_EQ(lab_run(), SVM_EXIT_NPF);
	EXPECT_EQ(lab.vmcb->exit_info1, NPF_FINAL | NPF_U);
	EXPECT_EQ(lab.vmcb->exit_info2, lab.data | C_MASK | 0x123);
	EXPECT_EQ(lab.vmcb->rip, lab.code);
	RESET(code_write);
	lab_map(lab.data, LEAF & ~PTE_W);
	EXPECT_EQ(lab_run(), SVM_EXIT_NPF);
	EXPECT_EQ(lab.vmcb->exit_info1, NPF_FINAL | NPF_U | NPF_W | NPF_P);
}

static void npf_fetch(void)
{
	RESET(code_hlt);
	lab_map(lab.code, LEAF | PTE_NX);
	EXPECT_EQ(lab_run(), SVM_EXIT_NPF);
	EXPECT_EQ(lab.vmcb->exit_info1, NPF_FINAL | NPF_U | NPF_FETCH | NPF_P);
}

/* A walk asks for write access whatever the access is. */
static void npf_walk(void)
{
	uint64_t table = (uint64_t)lab.tables + 3 * PAGE_SIZE;

	RESET(code_read);
	lab_map(table, LEAF & ~PTE_W);
	EXPECT_EQ(lab_run(), SVM_EXIT_NPF);
	EXPECT_EQ(lab.vmcb->exit_info1, NPF_WALK | NPF_U | NPF_W | NPF_P);
	EXPECT_EQ(ALIGN_DOWN(lab.vmcb->exit_info2, PAGE_SIZE), table | C_MASK);
}

/* Leaves take effect at the next VMRUN, with no flush asked for. */
static void npt_edits(void)
{
	RESET(code_read);
	lab_map(lab.data, 0);
	EXPECT_EQ(lab_run(), SVM_EXIT_NPF);
	lab_map(lab.data, LEAF);
	EXPECT_EQ(lab_run(), SVM_EXIT_HLT);
	lab.vmcb->rip = lab.code;
	lab_map(lab.data, 0);
	EXPECT_EQ(lab_run(), SVM_EXIT_NPF);
}

static void shared_view(void)
{
	RESET(code_read);
	lab.tables[1536 + (lab.data >> PAGE_SHIFT & 511)] &= ~C_MASK;
	EXPECT_EQ(lab_run(), SVM_EXIT_NPF);
	EXPECT_EQ(lab.vmcb->exit_info2, lab.data | 0x123);
	lab.npt_shared[lab.data >> PAGE_SHIFT & 511] = lab.data | LEAF;
	EXPECT_EQ(lab_run(), SVM_EXIT_HLT);
	lab.tables[1536 + (lab.data >> PAGE_SHIFT & 511)] |= C_MASK;
}

GUEST_CODE(code_pvalidate, ".byte 0xf2, 0x0f, 0x01, 0xff");
GUEST_CODE(code_rmpadjust, ".byte 0xf3, 0x0f, 0x01, 0xfe");
GUEST_CODE(code_rmpquery, ".byte 0xf3, 0x0f, 0x01, 0xfd");
GUEST_CODE(code_invlpgb, ".byte 0x0f, 0x01, 0xfe");
GUEST_CODE(code_tlbsync, ".byte 0x0f, 0x01, 0xff");
GUEST_CODE(code_ud2, "ud2");

#define EXPECT_UD(name)                                            \
	do {                                                       \
		EXPECT_EQ(RUN(name), SVM_EXIT_EXCEPTION + VEC_UD); \
		EXPECT_EQ(lab.vmcb->rip, lab.code);                \
	} while (0)

static void snp_instructions(void)
{
	EXPECT_UD(code_pvalidate);
	EXPECT_UD(code_rmpadjust);
	EXPECT_UD(code_rmpquery);
	EXPECT_UD(code_invlpgb);
	EXPECT_UD(code_tlbsync);
	EXPECT_UD(code_ud2);
}

GUEST_CODE(code_vmgexit, "rep; vmmcall");
GUEST_CODE(code_vmmcall, "vmmcall");

static void vmgexit(void)
{
	EXPECT_EQ(RUN(code_vmgexit), SVM_EXIT_VMMCALL);
	EXPECT_EQ(lab.vmcb->rip, lab.code);
	EXPECT_EQ(RUN(code_vmmcall), SVM_EXIT_VMMCALL);
	EXPECT_EQ(lab.vmcb->rip, lab.code);
}

GUEST_CODE(code_cpuid, "cpuid");
GUEST_CODE(code_rdpmc, "rdpmc");
GUEST_CODE(code_invd, "invd");
GUEST_CODE(code_wbinvd, "wbinvd");
GUEST_CODE(code_monitor, "monitor");
GUEST_CODE(code_mwait, "mwait");
GUEST_CODE(code_read_dr7, "movq %dr7, %rax");
GUEST_CODE(code_write_dr7, "movq %rax, %dr7");

static void plain_intercepts(void)
{
	EXPECT_EQ(RUN(code_cpuid), SVM_EXIT_CPUID);
	EXPECT_EQ(RUN(code_rdpmc), SVM_EXIT_RDPMC);
	EXPECT_EQ(RUN(code_invd), SVM_EXIT_INVD);
	EXPECT_EQ(RUN(code_wbinvd), SVM_EXIT_WBINVD);
	EXPECT_EQ(RUN(code_monitor), SVM_EXIT_MONITOR);
	EXPECT_EQ(RUN(code_mwait), SVM_EXIT_MWAIT);
	EXPECT_EQ(RUN(code_read_dr7), SVM_EXIT_DR7_READ);
	EXPECT_EQ(RUN(code_write_dr7), SVM_EXIT_DR7_WRITE);
	EXPECT_EQ(lab.vmcb->rip, lab.code);
}

GUEST_CODE(code_xrstor, "xrstor64 (%rdi); hlt");

/* An area of the compacted form: intercepted before any register has changed. */
static void compact_xrstor(void)
{
	RESET(code_xrstor);
	lab.vmcb->cr4 |= CR4_OSXSAVE;
	lab.vmcb->intercept[2] |= (uint32_t)BIT(VEC_GP);
	lab.vmcb->rax = XFEATURE_X87;
	memset(phys(lab.data), 0, PAGE_SIZE);
	((uint64_t *)phys(lab.data))[65] = XCOMP_BV_COMPACT | XFEATURE_X87;
	EXPECT_EQ(lab_run(), SVM_EXIT_EXCEPTION + VEC_GP);
	EXPECT_EQ(lab.vmcb->rip, lab.code);
}

GUEST_CODE(code_xsetbv, "xsetbv; hlt");

static void no_exit_for_xsetbv(void)
{
	RESET(code_xsetbv);
	lab.vmcb->cr4 |= CR4_OSXSAVE;
	lab.vmcb->rax = XFEATURE_X87 | XFEATURE_SSE;
	EXPECT_EQ(lab_run(), SVM_EXIT_HLT);
	EXPECT_EQ(xgetbv(0), XFEATURE_X87 | XFEATURE_SSE); /* VMRUN does not switch it */
}

GUEST_CODE(code_out, "movl $0x123, %edx; outw %ax, %dx; hlt");
GUEST_CODE(code_in, "inb $0x42, %al; hlt");
GUEST_CODE(code_ins, "movl $0x42, %edx; movl $1, %ecx; rep insb; hlt");

/* Where no NRIP is saved, EXITINFO2 tells the next instruction. */
static void ioio(void)
{
	EXPECT_EQ(RUN(code_out), SVM_EXIT_IOIO);
	EXPECT_EQ(lab.vmcb->exit_info1, 0x123UL << 16 | BIT(5));
	EXPECT_EQ(lab.vmcb->exit_info2, lab.code + 7);
	EXPECT_EQ(RUN(code_in), SVM_EXIT_IOIO);
	EXPECT_EQ(lab.vmcb->exit_info1, 0x42UL << 16 | BIT(4) | 1);
	EXPECT_EQ(RUN(code_ins), SVM_EXIT_IOIO);
	EXPECT_EQ(lab.vmcb->exit_info1 & 0xffff007f, 0x42UL << 16 | BIT(4) | BIT(3) | BIT(2) | 1);
}

GUEST_CODE(code_rdmsr, "movl $0xc0010130, %ecx; rdmsr; hlt");
GUEST_CODE(code_wrmsr, "movl $0x4b564d00, %ecx; wrmsr; hlt");

static void msr(void)
{
	EXPECT_EQ(RUN(code_rdmsr), SVM_EXIT_MSR);
	EXPECT_EQ(lab.vmcb->exit_info1, 0);
	EXPECT_EQ(RUN(code_wrmsr), SVM_EXIT_MSR); /* outside the map's ranges */
	EXPECT_EQ(lab.vmcb->exit_info1, 1);
}

static void triple_fault(void)
{
	RESET(code_ud2);
	lab.vmcb->intercept[2] = 0;
	lab.vmcb->idtr.limit = 0;
	EXPECT_EQ(lab_run(), SVM_EXIT_SHUTDOWN);
}

GUEST_CODE(code_write_cr3, "movq %rax, %cr3; hlt");
GUEST_CODE(code_write_cr0, "movq %rax, %cr0; hlt");
GUEST_CODE(code_write_cr4, "movq %rax, %cr4; hlt");

static void cr_writes(void)
{
	RESET(code_write_cr0);
	lab.vmcb->intercept[0] = (uint32_t)INTERCEPT_CR0_WRITE;
	EXPECT_EQ(lab_run(), SVM_EXIT_CR0_WRITE);
	EXPECT_EQ(lab.vmcb->rip, lab.code);
	RESET(code_write_cr4);
	lab.vmcb->intercept[0] = (uint32_t)INTERCEPT_CR4_WRITE;
	EXPECT_EQ(lab_run(), SVM_EXIT_CR4_WRITE);
	EXPECT_EQ(lab.vmcb->rip, lab.code);
}

static void cr3_reserved(void)
{
	RESET(code_write_cr3);
	lab.vmcb->rax = BIT(62);
	EXPECT_EQ(lab_run(), VMEXIT_INVALID);
	EXPECT_EQ(lab.vmcb->rip, lab.code);
}

GUEST_CODE(code_nops, "nop; nop; nop; hlt");

static void single_step(void)
{
	RESET(code_nops);
	lab.vmcb->rflags |= RFLAGS_TF;
	lab.vmcb->intercept[2] = 0xffffffff;
	EXPECT_EQ(lab_run(), SVM_EXIT_EXCEPTION + VEC_DB);
	EXPECT_EQ(lab.vmcb->rip, lab.code + 1);
}

/* Handlers at 16: their stack says what was pushed. */
GUEST_CODE(code_handler, "hlt; .skip 15, 0x90; hlt");

static uint64_t pushed_words(uint64_t event)
{
	RESET(code_handler);
	lab_gate((uint8_t)event, 16);
	lab.vmcb->event_inj = event | EVENT_VALID;
	EXPECT_EQ(lab_run(), SVM_EXIT_HLT);
	EXPECT_EQ(lab.vmcb->rip, lab.code + 16);
	return (ALIGN_DOWN(lab.stack + PAGE_SIZE - 8, 16) - lab.vmcb->rsp) / 8;
}

static void injection(void)
{
	uint64_t error = EVENT_TYPE_EXCEPTION | EVENT_ERROR_VALID | 0x55UL << EVENT_ERROR_SHIFT;

	EXPECT_EQ(pushed_words(VEC_PF | error), 6);
	EXPECT_EQ(*(uint64_t *)phys(lab.vmcb->rsp), 0x55);
	EXPECT_EQ(pushed_words(VEC_GP | error), 6);
	EXPECT_EQ(pushed_words(VEC_UD | EVENT_TYPE_EXCEPTION), 5);
	EXPECT_EQ(pushed_words(VEC_NMI | EVENT_TYPE_NMI), 5);
	EXPECT_EQ(pushed_words(0x51 | EVENT_TYPE_INTR), 5);
}

/* What makes the machine deliver #VC by itself: QEMU pushes no error code. */
static void injection_vc(void)
{
	EXPECT_EQ(pushed_words(VEC_VC | EVENT_TYPE_EXCEPTION | EVENT_ERROR_VALID), 5);
}

GUEST_CODE(code_sti_loop, "sti; nop; hlt; .skip 13, 0x90; hlt");

static void self_ipi(uint32_t command)
{
	*(volatile uint32_t *)phys(APIC_DEFAULT_BASE + 0x310) = 0;
	*(volatile uint32_t *)phys(APIC_DEFAULT_BASE + 0x300) = command;
}

static void end_of_interrupt(void)
{
	*(volatile uint32_t *)phys(APIC_DEFAULT_BASE + 0xb0) = 0;
}

static void mask_legacy_interrupts(void)
{
	outb(0x21, 0xff);
	outb(0xa1, 0xff);
}

/* With V_INTR_MASKING, IF of the guest lets nothing in; without, all goes straight to it. */
static void interrupts(void)
{
	mask_legacy_interrupts();
	*(volatile uint32_t *)phys(APIC_DEFAULT_BASE + 0xf0) = 0x1ff;
	self_ipi(1U << 18 | 0x51);
	RESET(code_sti_loop);
	lab_gate(0x51, 16);
	EXPECT_EQ(lab_run(), SVM_EXIT_HLT);
	EXPECT_EQ(lab.vmcb->rip, lab.code + 2);
	RESET(code_sti_loop);
	lab_gate(0x51, 16);
	lab.vmcb->int_control = 0;
	EXPECT_EQ(lab_run(), SVM_EXIT_HLT);
	EXPECT_EQ(lab.vmcb->rip, lab.code + 16);
	end_of_interrupt();
}

/* The machine corrects the type of an interrupt that QEMU was delivering. */
static void interrupted_delivery(void)
{
	self_ipi(1U << 18 | 0x51);
	RESET(code_sti_loop);
	lab_gate(0x51, 16);
	lab.vmcb->int_control = 0;
	lab_map(lab.stack, LEAF & ~PTE_W);
	EXPECT_EQ(lab_run(), SVM_EXIT_NPF);
	EXPECT_EQ(lab.vmcb->exit_int_info & 0xffffffff, 0x51 | EVENT_TYPE_EXCEPTION | EVENT_VALID);
	end_of_interrupt();
}

/* GIF clear holds an NMI back; in the guest it is an exit, and stays pending. */
static void nmi(void)
{
	self_ipi(4U << 8 | 1U << 18);
	EXPECT_EQ(RUN(code_nops), SVM_EXIT_NMI);
	svm_stgi();
	__asm__ volatile("nop");
	svm_clgi();
	EXPECT_EQ(RUN(code_nops), SVM_EXIT_HLT);
}

/* Delivered when IF is set, by VMRUN's own means: no exit, and the VMCB says that it is done. */
static void virtual_interrupt(void)
{
	RESET(code_sti_loop);
	lab_gate(0x52, 16);
	lab.vmcb->int_control = VMCB_INT_MASKING | VMCB_V_IRQ(0x52);
	EXPECT_EQ(lab_run(), SVM_EXIT_HLT);
	EXPECT_EQ(lab.vmcb->rip, lab.code + 16);
	EXPECT_EQ(lab.vmcb->int_control & VMCB_V_IRQ_PENDING, 0);
	RESET(code_hlt);
	lab_gate(0x52, 16);
	lab.vmcb->int_control = VMCB_INT_MASKING | VMCB_V_IRQ(0x52);
	EXPECT_EQ(lab_run(), SVM_EXIT_HLT);
	EXPECT_EQ(lab.vmcb->rip, lab.code);
	EXPECT_EQ(lab.vmcb->int_control & VMCB_V_IRQ_PENDING, VMCB_V_IRQ_PENDING);
}

/* A fault in its delivery is told as that of an interrupt, and it is still pending. */
static void virtual_interrupt_faults(void)
{
	RESET(code_sti_loop);
	lab_gate(0x52, 16);
	lab.vmcb->int_control = VMCB_INT_MASKING | VMCB_V_IRQ(0x52);
	lab_map(lab.stack, LEAF & ~PTE_W);
	EXPECT_EQ(lab_run(), SVM_EXIT_NPF);
	EXPECT_EQ(lab.vmcb->exit_int_info & 0xffffffff, 0x52 | EVENT_TYPE_EXCEPTION | EVENT_VALID);
	EXPECT_EQ(lab.vmcb->int_control & VMCB_V_IRQ_PENDING, VMCB_V_IRQ_PENDING);
}

#define HPET(offset) (*(volatile uint64_t *)phys(0xfed00000UL + (offset)))
#define HPET_TIMER 3
#define HPET_CONFIG(timer) HPET(0x100 + 0x20 * (timer))
#define HPET_COMPARATOR(timer) HPET(0x108 + 0x20 * (timer))
#define HPET_ROUTE(timer) HPET(0x110 + 0x20 * (timer))

GUEST_CODE(code_spin, "1: jmp 1b");

/* A timer of the HPET beyond the three that a guest may know, as an NMI: exits the guest. */
static void hpet_nmi(void)
{
	uint64_t start;

	EXPECT_EQ(HPET(0) >> 32, 10000000); /* femtoseconds */
	EXPECT_EQ(HPET(0) >> 8 & 31, HPET_TIMER + MACHINE_MAX_CPUS - 1);
	EXPECT_EQ(HPET_CONFIG(HPET_TIMER) & BIT(15), BIT(15));
	HPET(0x10) = 1;
	start = HPET(0xf0);
	HPET_ROUTE(HPET_TIMER) = APIC_DEFAULT_BASE << 32 | 4U << 8;
	HPET_COMPARATOR(HPET_TIMER) = start + 100000;
	HPET_CONFIG(HPET_TIMER) = BIT(14) | BIT(2);
	EXPECT_EQ(RUN(code_spin), SVM_EXIT_NMI);
	EXPECT_EQ(HPET(0xf0) - start >= 100000, 1);
	HPET_CONFIG(HPET_TIMER) = 0;
	svm_stgi();
	__asm__ volatile("nop");
	svm_clgi();
}

static const struct {
	const char *text;
	void (*check)(void);
} facts[] = {
	{"a guest with C-bit 51 in all its tables runs on five nested levels", c_bit_51},
	{"a data fault tells the whole address, C-bit and offset, and the access", npf_data},
	{"a fetch fault is told as one", npf_fetch},
	{"a walk's fault is told as one, and walks ask for write access", npf_walk},
	{"nested leaves take effect at the next VMRUN without a flush", npt_edits},
	{"without the C-bit an access goes to the other view", shared_view},
	{"SNP's instructions are #UD at their first prefix", snp_instructions},
	{"VMGEXIT exits as VMMCALL at its prefix", vmgexit},
	{"CPUID RDPMC INVD WBINVD MONITOR MWAIT DR7: exit codes", plain_intercepts},
	{"XRSTOR of the compacted form is #GP, which can be intercepted", compact_xrstor},
	{"XSETBV is no exit, and its effect is still there after it", no_exit_for_xsetbv},
	{"port I/O tells port, size, string and the next RIP", ioio},
	{"an MSR beyond the permission map exits", msr},
	{"a triple fault is a shutdown exit", triple_fault},
	{"writes of CR0 and CR4 can be intercepted", cr_writes},
	{"reserved bits to CR3 end in an invalid-state exit at the MOV", cr3_reserved},
	{"TF with #DB intercepted runs one instruction", single_step},
	{"injected events push an error code where the vector has one", injection},
	{"but #VC gets none (the machine delivers it)", injection_vc},
	{"interrupts wait under V_INTR_MASKING and go straight in without", interrupts},
	{"an interrupt stopped in delivery is told as an exception", interrupted_delivery},
	{"NMI waits for GIF and is an exit of the guest", nmi},
	{"a virtual interrupt waits for IF and needs no exit", virtual_interrupt},
	{"stopped in delivery it is told as an exception, and stays", virtual_interrupt_faults},
	{"a hidden timer of the HPET ends the guest's run by NMI", hpet_nmi},
};

void run_report(void)
{
}

void cpu_entry(uint32_t index)
{
	(void)index;
	for (;;)
		cpu_relax();
}

void machine_main(uint64_t start_info)
{
	uint32_t bad = 0;

	(void)start_info;
	options_init("mem=32");
	memory_init();
	smp_start();
	lab_init();
	SAY("1..%lu\n", ARRAY_SIZE(facts));
	for (uint32_t i = 0; i < ARRAY_SIZE(facts); i++) {
		failed = false;
		facts[i].check();
		bad += failed;
		SAY("%s %u - %s\n", failed ? "not ok" : "ok", i + 1, facts[i].text);
	}
	run_end("exit %u", bad ? 1 : 0);
}
