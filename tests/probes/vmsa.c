/* SPDX-License-Identifier: MIT */
/*
 * A VMSA is the vCPU's only state: everything in it reaches the processor, and
 * everything comes back. VMPL 1 runs swap.S; VMPL 0 compares, and finds its own
 * registers untouched.
 */
#include <string.h>

#include "check.h"
#include "cpu.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "nae.h"
#include "swap.h"
#include "vmpl.h"

#define XFEATURES 7
#define XSAVE_ST 32
#define XSAVE_XMM 160
#define XSAVE_MXCSR 24
#define XSAVE_BV 512
#define XSAVE_YMM 576

static struct vmsa *vmsa;
static struct cpu *cpu;
static struct ghcb *ghcb; /* VMPL 1's */

/* --- Patterns --- */

static uint64_t number(uint32_t set, uint32_t i)
{
	return 0x1111111111111111UL * (i + 1) ^ 0xabcd0000UL * set;
}

static void fill_bytes(uint8_t *p, uint32_t size, uint32_t seed)
{
	for (uint32_t i = 0; i < size; i++)
		p[i] = (uint8_t)(i * 7 + seed);
}

/* x87: eight loaded registers; SSE and AVX whole. */
static void fill_xsave(uint8_t *x, uint32_t seed)
{
	const uint32_t mxcsr = MXCSR_RESET | (seed & 1) << 15;
	const uint16_t fcw = 0x37f & ~(seed & 1), fsw = 0x3800 & (uint16_t)(seed << 11);
	const uint64_t features = XFEATURES;

	memset(x, 0, 832);
	memcpy(x, &fcw, 2);
	memcpy(x + 2, &fsw, 2);
	x[4] = 0xff; /* all tags valid */
	memcpy(x + XSAVE_MXCSR, &mxcsr, 4);
	for (uint32_t i = 0; i < 8; i++) {
		fill_bytes(x + XSAVE_ST + 16 * i, 8, seed + i);
		x[XSAVE_ST + 16 * i + 7] |= 0x80; /* a normal number */
		x[XSAVE_ST + 16 * i + 9] = 0x3f;
	}
	fill_bytes(x + XSAVE_XMM, 256, seed + 40);
	memcpy(x + XSAVE_BV, &features, 8);
	fill_bytes(x + XSAVE_YMM, 256, seed + 80);
}

static void fill_swap(struct swap *s, uint32_t set)
{
	for (uint32_t i = 0; i < SWAP_GPRS; i++)
		s->gpr[i] = number(set, i);
	for (uint32_t i = 0; i < 4; i++)
		s->dr[i] = 0x1000 * (i + 1) + set;
	s->cr2 = 0xc2c2c2 + set;
	fill_xsave(s->xsave, set);
}

static uint64_t *gpr_fields(struct vmsa *v, uint32_t i)
{
	uint64_t *const fields[SWAP_GPRS] = {&v->rax, &v->rcx, &v->rdx, &v->rbx, &v->rsp, &v->rbp,
		&v->rsi, &v->rdi, &v->r8, &v->r9, &v->r10, &v->r11, &v->r12, &v->r13, &v->r14,
		&v->r15};

	return fields[i];
}

/* --- Between struct swap and the VMSA --- */

static void put(const struct swap *s)
{
	for (uint32_t i = 0; i < SWAP_GPRS; i++)
		*gpr_fields(vmsa, i) = s->gpr[i];
	memcpy(vmsa->dr, s->dr, sizeof(vmsa->dr));
	vmsa->cr2 = s->cr2;
	memcpy(&vmsa->x87_fcw, s->xsave, 2);
	memcpy(&vmsa->x87_fsw, s->xsave + 2, 2);
	vmsa->x87_ftw = 0;
	memcpy(&vmsa->mxcsr, s->xsave + XSAVE_MXCSR, 4);
	for (uint32_t i = 0; i < 8; i++)
		memcpy(vmsa->x87_registers + 10 * i, s->xsave + XSAVE_ST + 16 * i, 10);
	memcpy(vmsa->xmm, s->xsave + XSAVE_XMM, 256);
	memcpy(vmsa->ymm_high, s->xsave + XSAVE_YMM, 256);
}

static void expect_bytes(const char *what, const void *a, const void *b, uint32_t size)
{
	const uint8_t *x = a, *y = b;

	for (uint32_t i = 0; i < size; i++) {
		if (x[i] != y[i]) {
			check_fail("%s byte %u is %x, expected %x", what, i, x[i], y[i]);
			return;
		}
	}
}

static void expect_vmsa(const struct swap *s)
{
	uint32_t mxcsr;
	uint16_t fcw;

	for (uint32_t i = 0; i < SWAP_GPRS; i++)
		EXPECT_EQ(*gpr_fields(vmsa, i), s->gpr[i]);
	for (uint32_t i = 0; i < 4; i++)
		EXPECT_EQ(vmsa->dr[i], s->dr[i]);
	EXPECT_EQ(vmsa->cr2, s->cr2);
	memcpy(&mxcsr, s->xsave + XSAVE_MXCSR, 4);
	memcpy(&fcw, s->xsave, 2);
	EXPECT_EQ(vmsa->mxcsr, mxcsr);
	EXPECT_EQ(vmsa->x87_fcw, fcw);
	EXPECT_EQ(vmsa->x87_ftw, 0);
	for (uint32_t i = 0; i < 8; i++)
		expect_bytes("x87", vmsa->x87_registers + 10 * i, s->xsave + XSAVE_ST + 16 * i, 10);
	expect_bytes("xmm", vmsa->xmm, s->xsave + XSAVE_XMM, 256);
	expect_bytes("ymm", vmsa->ymm_high, s->xsave + XSAVE_YMM, 256);
}

static void expect_seen(const struct swap *s)
{
	for (uint32_t i = 0; i < SWAP_GPRS; i++)
		EXPECT_EQ(swap_seen.gpr[i], s->gpr[i]);
	for (uint32_t i = 0; i < 4; i++)
		EXPECT_EQ(swap_seen.dr[i], s->dr[i]);
	EXPECT_EQ(swap_seen.cr2, s->cr2);
	expect_bytes("seen x87", swap_seen.xsave, s->xsave, 4);
	expect_bytes("seen mxcsr", swap_seen.xsave + XSAVE_MXCSR, s->xsave + XSAVE_MXCSR, 4);
	for (uint32_t i = 0; i < 8; i++)
		expect_bytes("seen st", swap_seen.xsave + XSAVE_ST + 16 * i,
			s->xsave + XSAVE_ST + 16 * i, 10);
	expect_bytes("seen xmm", swap_seen.xsave + XSAVE_XMM, s->xsave + XSAVE_XMM, 256);
	expect_bytes("seen ymm", swap_seen.xsave + XSAVE_YMM, s->xsave + XSAVE_YMM, 256);
}

/* --- Cases --- */

static void first_run(void *arg)
{
	EXPECT(ghcb_setup());
	ghcb = cpu_self()->ghcb;
	nae_run_vmpl(0); /* leaves the GHCB in the MSR */
	(void)arg;
}

static void leave_by_ghcb(void *arg)
{
	nae_run_vmpl(0);
	(void)arg;
}

/* What VMPL 1 asks by its next VMGEXIT: back to VMPL 0. */
static void ask_for_vmpl0(void)
{
	memset(ghcb->valid_bitmap, 0, sizeof(ghcb->valid_bitmap));
	ghcb->protocol_version = GHCB_VERSION;
	ghcb->usage = GHCB_USAGE_STANDARD;
	ghcb->sw_exit_code = GHCB_EVENT_RUN_VMPL;
	ghcb->sw_exit_info1 = 0;
	ghcb->sw_exit_info2 = 0;
	ghcb->valid_bitmap[1] = 7UL << (GHCB_VALID_BIT(sw_exit_code) - 64);
}

static void set_up(void)
{
	write_cr4(read_cr4() | BIT(18));
	memory_grant(1, RMP_PERM_RWX);
	cpu = cpu_new(0, 1);
	vmsa = page_alloc_vmsa();
	vmsa_fill(vmsa, cpu, first_run, NULL);
	EXPECT_EQ(vmsa_mark(vmsa, true), RMP_SUCCESS);
	vmpl_register(1, vmsa);
	EXPECT(vmpl_enter(1));
	EXPECT(ghcb != NULL);
}

static uint64_t xgetbv(void)
{
	uint32_t low, high;

	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return low;
}

static void xsetbv(uint64_t value)
{
	__asm__ volatile("xsetbv" : : "c"(0), "a"((uint32_t)value), "d"(0));
}

static struct swap own, own_after, entered;

static void own_state(struct swap *s, bool load)
{
	if (load)
		__asm__ volatile("xrstor64 %0" : : "m"(s->xsave), "a"(7), "d"(0));
	else
		__asm__ volatile("xsave64 %0" : "+m"(s->xsave) : "a"(7), "d"(0));
}

/* Patterns in, VMPL 1 changes all, patterns out; VMPL 0's own stay. */
static void round_trip(void)
{
	xsetbv(XFEATURES);
	fill_swap(&own, 1);
	fill_swap(&entered, 2);
	fill_swap(&swap_next, 3);
	own_state(&own, true);
	__asm__ volatile("mov %0, %%dr0" : : "r"(own.dr[0]));
	__asm__ volatile("mov %0, %%cr2" : : "r"(own.cr2));
	vmsa_fill(vmsa, cpu, NULL, NULL);
	vmsa->xcr0 = XFEATURES;
	vmsa->rip = (uint64_t)swap_entry;
	put(&entered);
	ask_for_vmpl0();
	EXPECT(vmpl_enter(1));
	__asm__ volatile("mov %%dr0, %0" : "=r"(own_after.dr[0]));
	__asm__ volatile("mov %%cr2, %0" : "=r"(own_after.cr2));
	memset(own_after.xsave, 0, sizeof(own_after.xsave));
	own_state(&own_after, false);
	expect_seen(&entered);
	expect_vmsa(&swap_next);
	EXPECT_EQ(own_after.dr[0], own.dr[0]);
	EXPECT_EQ(own_after.cr2, own.cr2);
	expect_bytes("own x87", own_after.xsave + XSAVE_ST, own.xsave + XSAVE_ST, 10);
	expect_bytes("own xmm", own_after.xsave + XSAVE_XMM, own.xsave + XSAVE_XMM, 256);
	expect_bytes("own ymm", own_after.xsave + XSAVE_YMM, own.xsave + XSAVE_YMM, 256);
	EXPECT_EQ(vmsa->guest_exit_code, SVM_EXIT_VMGEXIT);
	EXPECT_EQ(vmsa->cpl, 0);
	EXPECT_EQ(vmsa->efer & (EFER_SVME | EFER_LMA), EFER_SVME | EFER_LMA);
}

/* Going on from there without a change: what was loaded last is seen next. */
static void second_round(void)
{
	entered = swap_next;
	fill_swap(&swap_next, 4);
	ask_for_vmpl0();
	EXPECT(vmpl_enter(1));
	expect_seen(&entered);
	expect_vmsa(&swap_next);
}

/* XCR0 is per context. */
static void xcr0(void)
{
	xsetbv(1);
	vmsa->xcr0 = XFEATURES;
	ask_for_vmpl0();
	EXPECT(vmpl_enter(1));
	EXPECT_EQ(xgetbv(), 1);
	EXPECT_EQ(vmsa->xcr0, XFEATURES);
	xsetbv(XFEATURES);
	EXPECT_EQ(xgetbv(), XFEATURES);
}

/* --- MSRs that live in the VMSA --- */

static const struct {
	uint32_t msr, offset;
	uint64_t value;
} msrs[] = {
	{MSR_STAR, offsetof(struct vmsa, star), 0x0023001000000001},
	{MSR_LSTAR, offsetof(struct vmsa, lstar), 0xffff800000000123},
	{MSR_CSTAR, offsetof(struct vmsa, cstar), 0xffff800000000456},
	{MSR_SFMASK, offsetof(struct vmsa, sfmask), 0x47700},
	{MSR_KERNEL_GS_BASE, offsetof(struct vmsa, kernel_gs_base), 0x123456000},
	{MSR_SYSENTER_CS, offsetof(struct vmsa, sysenter_cs), 0x10},
	{MSR_SYSENTER_ESP, offsetof(struct vmsa, sysenter_esp), 0xffff800000001000},
	{MSR_SYSENTER_EIP, offsetof(struct vmsa, sysenter_eip), 0xffff800000002000},
	{MSR_FS_BASE, offsetof(struct vmsa, fs) + 8, 0x7fff12345000},
	{MSR_PAT, offsetof(struct vmsa, g_pat), 0x0106070406070406},
};
static uint64_t seen_msrs[ARRAY_SIZE(msrs)], seen_tsc_aux;

static void read_msrs(void *arg)
{
	for (size_t i = 0; i < ARRAY_SIZE(msrs); i++) {
		seen_msrs[i] = rdmsr(msrs[i].msr);
		wrmsr(msrs[i].msr, msrs[i].value ^ (msrs[i].msr == MSR_PAT ? 0 : 0x100));
	}
	seen_tsc_aux = rdmsr(MSR_TSC_AUX);
	wrmsr(MSR_TSC_AUX, 78);
	(void)arg;
}

static uint64_t *vmsa_field(uint32_t offset)
{
	return (uint64_t *)((uint8_t *)vmsa + offset);
}

static void msrs_travel(void)
{
	vmsa_fill(vmsa, cpu, read_msrs, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(msrs); i++) {
		wrmsr(msrs[i].msr, msrs[i].msr == MSR_PAT ? PAT_RESET : 0);
		*vmsa_field(msrs[i].offset) = msrs[i].value;
	}
	wrmsr(MSR_TSC_AUX, 5);
	vmsa->tsc_aux = 77;
	EXPECT(vmpl_enter(1));
	for (size_t i = 0; i < ARRAY_SIZE(msrs); i++) {
		EXPECT_EQ(seen_msrs[i], msrs[i].value);
		EXPECT_EQ(*vmsa_field(msrs[i].offset),
			msrs[i].value ^ (msrs[i].msr == MSR_PAT ? 0 : 0x100));
		EXPECT_EQ(rdmsr(msrs[i].msr), msrs[i].msr == MSR_PAT ? PAT_RESET : 0);
	}
	EXPECT_EQ(seen_tsc_aux, 77);
	EXPECT_EQ(vmsa->tsc_aux, 78);
	EXPECT_EQ(rdmsr(MSR_TSC_AUX), 5);
}

/* Flags and tables: what 64-bit code cannot look at in one place, by the way back. */
static void segments_and_flags(void)
{
	static struct vmsa before;

	vmsa_fill(vmsa, cpu, leave_by_ghcb, NULL);
	EXPECT(vmpl_enter(1));
	vmsa_fill(vmsa, cpu, NULL, NULL);
	vmsa->xcr0 = XFEATURES;
	vmsa->rip = (uint64_t)swap_entry;
	vmsa->rflags = RFLAGS_FIXED | RFLAGS_CF | RFLAGS_ZF | RFLAGS_DF | RFLAGS_AC;
	vmsa->fs.selector = SELECTOR_DATA;
	vmsa->fs.base = 0xf5000;
	vmsa->ldtr = (struct vmsa_segment){0, 0x82, 0xff, 0x123000};
	vmsa->dr6 = DR6_RESET | BIT(0);
	before = *vmsa;
	ask_for_vmpl0();
	EXPECT(vmpl_enter(1));
	EXPECT_EQ(vmsa->rflags, before.rflags);
	EXPECT(!memcmp(&vmsa->cs, &before.cs, sizeof(before.cs)));
	EXPECT(!memcmp(&vmsa->ss, &before.ss, sizeof(before.ss)));
	EXPECT_EQ(vmsa->fs.base, before.fs.base);
	EXPECT_EQ(vmsa->gs.base, before.gs.base);
	EXPECT_EQ(vmsa->tr.base, before.tr.base);
	EXPECT_EQ(vmsa->ldtr.base, before.ldtr.base);
	EXPECT_EQ(vmsa->gdtr.base, before.gdtr.base);
	EXPECT_EQ(vmsa->idtr.limit, before.idtr.limit);
	EXPECT_EQ(vmsa->cr3, before.cr3);
	EXPECT_EQ(vmsa->cr4, before.cr4);
	EXPECT_EQ(vmsa->cr0, before.cr0);
	EXPECT_EQ(vmsa->dr6, before.dr6);
	EXPECT_EQ(vmsa->dr7, before.dr7);
	EXPECT_EQ(vmsa->sev_features, before.sev_features);
	EXPECT_EQ(vmsa->vmpl, 1);
}

/* EVENTINJ in the VMSA is delivered at entry, once. */
static uint32_t injected;

static bool count_injected(struct trap_frame *f)
{
	injected++;
	EXPECT_EQ(f->error, 0x1234);
	return true;
}

static void nothing(void *arg)
{
	(void)arg;
}

static void event_injection(void)
{
	trap_handle(VEC_GP, count_injected);
	vmsa_fill(vmsa, cpu, nothing, NULL);
	vmsa->event_inj = VEC_GP | EVENT_TYPE_EXCEPTION | EVENT_ERROR_VALID | EVENT_VALID |
			  0x1234UL << EVENT_ERROR_SHIFT;
	EXPECT(vmpl_enter(1));
	EXPECT_EQ(injected, 1);
	EXPECT_EQ(vmsa->event_inj & EVENT_VALID, 0);
	EXPECT(vmpl_enter(1));
	EXPECT_EQ(injected, 1);
	trap_handle(VEC_GP, NULL);
}

static const struct test_case cases[] = {
	{"a context of VMPL 1 with a GHCB", set_up},
	{"GPRs, DR0-3, CR2, x87, SSE, AVX: in, out, and VMPL 0's own stay", round_trip},
	{"the same again from where it left", second_round},
	{"XCR0 is each context's own", xcr0},
	{"MSRs of the VMSA: in, out, and VMPL 0's own stay", msrs_travel},
	{"segments, flags, control registers come back as they went", segments_and_flags},
	{"EVENT_INJ of the VMSA is delivered once", event_injection},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
