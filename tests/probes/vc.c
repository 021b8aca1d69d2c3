/* SPDX-License-Identifier: MIT */
/*
 * #VC: which instructions raise it, with which exit code, from ring 0, ring 3
 * and 32-bit code, and on which stack (GHCB specification, section 3). The
 * other modes: modes.c.
 */
#include "check.h"
#include "cpu.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "user.h"

#define HPET 0xfed00000UL
#define MSR_APIC 0x1b
#define MSR_NONE 0x4b564d00

#define EXPECT_VC(t, code)                    \
	do {                                  \
		struct trap t_ = t;           \
		EXPECT_EQ(t_.vector, VEC_VC); \
		EXPECT_EQ(t_.error, code);    \
	} while (0)

static void cpuid(void)
{
	uint64_t leaf = 0, sub = 0;

	EXPECT_VC(TRY("cpuid", "+a"(leaf), "+c"(sub) : : "ebx", "edx"), SVM_EXIT_CPUID);
}

static uint8_t bytes[4];

static void ports(void)
{
	uint64_t rdi = (uint64_t)bytes, rsi = (uint64_t)bytes, rcx = 1;

	EXPECT_VC(TRY("inb %%dx, %%al", : "d"(0x3fd) : "rax"), SVM_EXIT_IOIO);
	EXPECT_VC(TRY("inw %%dx, %%ax", : "d"(0x604) : "rax"), SVM_EXIT_IOIO);
	EXPECT_VC(TRY("inl %%dx, %%eax", : "d"(0xcfc) : "rax"), SVM_EXIT_IOIO);
	EXPECT_VC(TRY("inb $0x71, %%al", : : "rax"), SVM_EXIT_IOIO);
	EXPECT_VC(TRY("outb %%al, %%dx", : "d"(0x80), "a"(0)), SVM_EXIT_IOIO);
	EXPECT_VC(TRY("outl %%eax, $0x80", : "a"(0)), SVM_EXIT_IOIO);
	EXPECT_VC(TRY("insb", "+D"(rdi) : "d"(0x71) : "memory"), SVM_EXIT_IOIO);
	EXPECT_VC(TRY("rep outsw", "+S"(rsi), "+c"(rcx) : "d"(0x80) : "memory"), SVM_EXIT_IOIO);
	EXPECT_EQ(rcx, 1);
	EXPECT_EQ(rsi, bytes);
}

static void msrs(void)
{
	EXPECT_VC(TRY("rdmsr", : "c"(MSR_APIC) : "rax", "rdx"), SVM_EXIT_MSR);
	EXPECT_VC(TRY("wrmsr", : "c"(MSR_APIC), "a"(0), "d"(0)), SVM_EXIT_MSR);
	EXPECT_VC(TRY("rdmsr", : "c"(MSR_NONE) : "rax", "rdx"), SVM_EXIT_MSR);
	EXPECT_VC(TRY("rdmsr", : "c"(MSR_SVSM_CAA) : "rax", "rdx"), SVM_EXIT_MSR);
}

static void rest(void)
{
	EXPECT_VC(TRY("wbinvd", : : "memory"), SVM_EXIT_WBINVD);
	EXPECT_VC(TRY("invd", : : "memory"), SVM_EXIT_INVD);
	EXPECT_VC(TRY("monitor", : "a"(bytes), "c"(0), "d"(0)), SVM_EXIT_MONITOR);
	EXPECT_VC(TRY("mwait", : "a"(0), "c"(0)), SVM_EXIT_MWAIT);
	EXPECT_VC(TRY("rdpmc", : "c"(0) : "rax", "rdx"), SVM_EXIT_RDPMC);
	EXPECT_VC(TRY("vmmcall", : "a"(0) : "memory"), SVM_EXIT_VMMCALL);
	EXPECT_VC(TRY("movq %%dr7, %%rax", : : "rax"), SVM_EXIT_DR7_READ);
	EXPECT_VC(TRY("movq %0, %%dr7", : "r"(DR7_RESET)), SVM_EXIT_DR7_WRITE);
}

static void mmio(void)
{
	volatile uint32_t *hpet = shared_view(HPET), *apic = shared_view(APIC_DEFAULT_BASE);

	EXPECT_VC(TRY("movl (%0), %%eax", : "r"(hpet) : "rax"), SVM_EXIT_NPF);
	EXPECT_VC(TRY("movl %%eax, (%0)", : "r"(hpet + 4), "a"(0)), SVM_EXIT_NPF);
	EXPECT_VC(TRY("movl (%0), %%eax", : "r"(apic + 8) : "rax"), SVM_EXIT_NPF);
	EXPECT_VC(TRY("lock; orl $0, (%0)", : "r"(hpet) : "memory"), SVM_EXIT_NPF);
}

/* Instructions that stay without a #VC. */
static void no_vc(void)
{
	EXPECT_EQ(TRY("rdtsc", : : "rax", "rdx").vector, TRAP_NONE);
	EXPECT_EQ(TRY("rdtscp", : : "rax", "rdx", "rcx").vector, TRAP_NONE);
	EXPECT_EQ(TRY("pause", : : "memory").vector, TRAP_NONE);
	EXPECT_EQ(TRY("movq %%dr6, %%rax", : : "rax").vector, TRAP_NONE);
	EXPECT_EQ(TRY("movq %%cr0, %%rax; nop", : : "rax").vector, TRAP_NONE);
	EXPECT_EQ(TRY("rdmsr", : "c"(MSR_GHCB) : "rax", "rdx").vector, TRAP_NONE);
	EXPECT_EQ(TRY("rdmsr", : "c"(MSR_SEV_STATUS) : "rax", "rdx").vector, TRAP_NONE);
	EXPECT_EQ(TRY("rdmsr", : "c"(MSR_EFER) : "rax", "rdx").vector, TRAP_NONE);
	EXPECT_EQ(TRY("rdmsr", : "c"(MSR_STAR) : "rax", "rdx").vector, TRAP_NONE);
	EXPECT_EQ(TRY("rdmsr", : "c"(MSR_PAT) : "rax", "rdx").vector, TRAP_NONE);
}

/* --- Registers at the handler --- */

static struct trap_frame seen;

static bool skip_cpuid(struct trap_frame *f)
{
	seen = *f;
	f->rip += 2;
	f->rax = 0x600d;
	return true;
}

static void frame_is_exact(void)
{
	uint64_t rax = 0x11, rcx = 0x22, rsi = 0x33, flags;

	trap_handle(VEC_VC, skip_cpuid);
	__asm__ volatile("stc; std; cpuid; pushfq; pop %3; cld"
			 : "+a"(rax), "+c"(rcx), "+S"(rsi), "=&r"(flags)
			 :
			 : "rbx", "rdx", "memory");
	trap_handle(VEC_VC, NULL);
	EXPECT_EQ(rax, 0x600d);
	EXPECT_EQ(seen.rax, 0x11);
	EXPECT_EQ(seen.rcx, 0x22);
	EXPECT_EQ(rsi, 0x33);
	EXPECT_EQ(seen.cs, 8);
	EXPECT_EQ(seen.rflags & (RFLAGS_CF | RFLAGS_DF | RFLAGS_TF), RFLAGS_CF | RFLAGS_DF);
	EXPECT_EQ(flags & (RFLAGS_CF | RFLAGS_DF), RFLAGS_CF | RFLAGS_DF);
}

/* --- Ring 3 --- */

USER_CODE(user_cpuid, "cpuid; int3");
USER_CODE(user_vmmcall, "vmmcall; int3");
USER_CODE(user_in, "inb $0x71, %al; int3");
USER_CODE(user_rdmsr, "movl $0x1b, %ecx; rdmsr; int3");
USER_CODE(user_rdpmc, "rdpmc; int3");
USER_CODE(user_wbinvd, "wbinvd; int3");
USER_CODE(user_invd, "invd; int3");
USER_CODE(user_monitor, "monitor; int3");
USER_CODE(user_mwait, "mwait; int3");
USER_CODE(user_dr7, "movq %dr7, %rax; int3");
USER_CODE(user_hlt, "hlt; int3");
USER_CODE(user_read, "movl (%rdi), %eax; int3");

static void ring3_vc(void)
{
	uint64_t device = paging_window();
	struct trap t = USER_RUN(user_cpuid, 0);

	EXPECT_VC(t, SVM_EXIT_CPUID);
	EXPECT_EQ(t.cs & 3, 3);
	EXPECT_VC(USER_RUN(user_vmmcall, 0), SVM_EXIT_VMMCALL);
	paging_map(device, HPET | PTE_P | PTE_W | PTE_U);
	t = USER_RUN(user_read, device);
	EXPECT_VC(t, SVM_EXIT_NPF);
	EXPECT_EQ(t.cs & 3, 3);
}

/* Its own privilege checks come first. */
static void ring3_gp(void)
{
	EXPECT_EQ(USER_RUN(user_in, 0).vector, VEC_GP);
	EXPECT_EQ(USER_RUN(user_rdmsr, 0).vector, VEC_GP);
	EXPECT_EQ(USER_RUN(user_wbinvd, 0).vector, VEC_GP);
	EXPECT_EQ(USER_RUN(user_invd, 0).vector, VEC_GP);
	EXPECT_EQ(USER_RUN(user_rdpmc, 0).vector, VEC_GP);
	EXPECT_EQ(USER_RUN(user_dr7, 0).vector, VEC_GP);
	EXPECT_EQ(USER_RUN(user_hlt, 0).vector, VEC_GP);
	EXPECT_EQ(USER_RUN(user_monitor, 0).vector, VEC_UD);
	EXPECT_EQ(USER_RUN(user_mwait, 0).vector, VEC_UD);
}

static void ring3_unvalidated(void)
{
	uint64_t va = paging_window(), gpa = region_take(PAGE_SIZE, PAGE_SIZE);

	EXPECT(page_make_private(gpa));
	EXPECT_EQ(pvalidate(private_view(gpa), RMP_SIZE_4K, false).code, RMP_SUCCESS);
	paging_map(va, pte_user(gpa));
	EXPECT_VC(USER_RUN(user_read, va), SVM_EXIT_PAGE_NOT_VALIDATED);
}

USER_CODE(user_vmgexit, "rep; vmmcall; int3");

/* VMGEXIT is not privileged: what the kernel left in the GHCB MSR is asked again. */
static void ring3_vmgexit(void)
{
	uint64_t before = rdmsr(MSR_GHCB);

	wrmsr(MSR_GHCB, 2); /* SEV information */
	EXPECT_EQ(USER_RUN(user_vmgexit, 0).vector, VEC_BP);
	EXPECT_EQ(rdmsr(MSR_GHCB) & 0xfff, 1);
	wrmsr(MSR_GHCB, before);
}

/* --- Stacks --- */

static void ist(void)
{
	uint64_t leaf = 0;
	struct trap t = TRY("cpuid", "+a"(leaf) : "c"(0) : "ebx", "edx");

	EXPECT(!trap_on_ist(&t, 1));
	trap_use_ist(VEC_VC, 1);
	t = TRY("cpuid", "+a"(leaf) : "c"(0) : "ebx", "edx");
	EXPECT_VC(t, SVM_EXIT_CPUID);
	EXPECT(trap_on_ist(&t, 1));
	t = USER_RUN(user_cpuid, 0);
	EXPECT_VC(t, SVM_EXIT_CPUID);
	EXPECT(trap_on_ist(&t, 1));
	trap_use_ist(VEC_VC, 0);
}

static void do_cpuid(void *arg)
{
	__asm__ volatile("cpuid" : : : "rax", "rbx", "rcx", "rdx");
	(void)arg;
}

/* A #VC whose frame would raise another is a double fault. */
static void no_stack(void)
{
	uint64_t gpa = region_take(PAGE_SIZE, PAGE_SIZE), stack = cpu_self()->tss.ist[0];

	EXPECT(page_make_private(gpa));
	EXPECT_EQ(pvalidate(private_view(gpa), RMP_SIZE_4K, false).code, RMP_SUCCESS);
	cpu_self()->tss.ist[0] = gpa + PAGE_SIZE;
	trap_use_ist(VEC_VC, 1);
	EXPECT_EQ(trap_guard_call(do_cpuid, NULL).vector, VEC_DF);
	trap_use_ist(VEC_VC, 0);
	cpu_self()->tss.ist[0] = stack;
}

/* --- 32-bit code under 64-bit mode --- */

USER_CODE(compat_cpuid, "xorl %eax, %eax; cpuid; int3");
USER_CODE(compat_in, "inb $0x71, %al; int3");

static void compat(void)
{
	struct trap t = trap_guard_compat(compat_cpuid);

	EXPECT_VC(t, SVM_EXIT_CPUID);
	EXPECT_EQ(t.cs, 0x18);
	EXPECT_EQ(t.rip, (uint64_t)compat_cpuid + 2);
	EXPECT_VC(trap_guard_compat(compat_in), SVM_EXIT_IOIO);
}

/* --- MSRs that the processor itself answers --- */

static void own_msrs(void)
{
	uint64_t efer = rdmsr(MSR_EFER), ghcb = rdmsr(MSR_GHCB);

	EXPECT_EQ(rdmsr(MSR_SEV_STATUS), 7);
	EXPECT_EQ(TRY("wrmsr", : "c"(MSR_SEV_STATUS), "a"(7), "d"(0)).vector, VEC_GP);
	EXPECT_EQ(efer & EFER_SVME, EFER_SVME);
	wrmsr(MSR_EFER, (efer & ~EFER_SVME) | EFER_SCE);
	EXPECT_EQ(rdmsr(MSR_EFER), efer | EFER_SCE);
	wrmsr(MSR_EFER, efer);
	EXPECT_EQ(TRY("wrmsr", : "c"(MSR_EFER), "a"(efer | BIT(2)), "d"(0)).vector, VEC_GP);
	EXPECT_EQ(TRY("wrmsr", : "c"(MSR_EFER), "a"(efer & ~EFER_LME), "d"(0)).vector, VEC_GP);
	wrmsr(MSR_GHCB, 0x123456789000);
	EXPECT_EQ(rdmsr(MSR_GHCB), 0x123456789000);
	wrmsr(MSR_GHCB, ghcb);
	wrmsr(MSR_PAT, 0x0106070406070406);
	EXPECT_EQ(rdmsr(MSR_PAT), 0x0106070406070406);
	wrmsr(MSR_PAT, PAT_RESET);
}

/* The GHCB MSR comes up with the SEV information in it. */
static void first_ghcb_msr(void)
{
	EXPECT_EQ(guest.ghcb_msr & 0xfff, 1);
	EXPECT_EQ(guest.ghcb_msr >> 24 & 0xff, guest.c_bit);
}

static void sev_leaf(void)
{
	const struct snp_cpuid_entry *e = guest_cpuid_entry(CPUID_SEV_LEAF, 0);

	EXPECT_EQ(e->eax & (BIT(1) | BIT(3) | BIT(4) | BIT(5) | BIT(6)),
		BIT(1) | BIT(3) | BIT(4) | BIT(5) | BIT(6));
	EXPECT_EQ(e->eax & CPUID_SEV_EAX_SVSM_CAA, 0);
	EXPECT_EQ(e->ebx & 0x3f, guest.c_bit);
	EXPECT_EQ(e->ebx >> 6 & 0x3f, 1);
}

/* Instructions of a host are none of a guest's. */
static void host_instructions(void)
{
	EXPECT_EQ(TRY("vmrun", : "a"(0UL) : "memory").vector, VEC_UD);
	EXPECT_EQ(TRY("vmload", : "a"(0UL) : "memory").vector, VEC_UD);
	EXPECT_EQ(TRY("vmsave", : "a"(0UL) : "memory").vector, VEC_UD);
	EXPECT_EQ(TRY("stgi", : : "memory").vector, VEC_UD);
	EXPECT_EQ(TRY("clgi", : : "memory").vector, VEC_UD);
	EXPECT_EQ(TRY(".byte 0xf3, 0x0f, 0x01, 0xff", : "a"(0UL) : "memory").vector, VEC_UD);
	EXPECT_EQ(TRY(".byte 0xf2, 0x0f, 0x01, 0xfe", : "a"(0UL), "c"(0UL)).vector, VEC_UD);
}

static const struct test_case cases[] = {
	{"CPUID is 72h", cpuid},
	{"IN, OUT, INS, OUTS are 7Bh, nothing done", ports},
	{"RDMSR, WRMSR are 7Ch", msrs},
	{"WBINVD INVD MONITOR MWAIT RDPMC VMMCALL DR7", rest},
	{"device memory is 400h, for read, write and locked", mmio},
	{"what the processor does itself raises none", no_vc},
	{"the frame has the registers as they were", frame_is_exact},
	{"ring 3: CPUID, VMMCALL, device memory", ring3_vc},
	{"ring 3: privilege before #VC", ring3_gp},
	{"ring 3: an unvalidated page is 404h", ring3_unvalidated},
	{"ring 3: VMGEXIT exits", ring3_vmgexit},
	{"on an IST stack, from ring 0 and ring 3", ist},
	{"whose stack is not validated is a double fault", no_stack},
	{"from 32-bit code", compat},
	{"SEV_STATUS, EFER, GHCB and PAT MSRs", own_msrs},
	{"the GHCB MSR starts as SEV information", first_ghcb_msr},
	{"CPUID 8000001Fh in the CPUID page", sev_leaf},
	{"VMRUN and its kin, PSMASH, RMPUPDATE are #UD", host_instructions},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
