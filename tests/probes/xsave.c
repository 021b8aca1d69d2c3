/* SPDX-License-Identifier: MIT */
/*
 * XSAVE, AVX and XCR0: what CPUID tells of them, that no register of one VMPL is
 * seen by another, XSETBV, and XSAVEC with XRSTOR of its form, which the machine
 * executes itself. "xsave" or "no-xsave" says which the machine must offer.
 */
#include <string.h>

#include "check.h"
#include "cpu.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "nae.h"
#include "user.h"
#include "vmpl.h"

#define XFEATURES 7
#define CASES_WITHOUT_XSAVEC 6U
#define AREA_BYTES 832
#define AREA_MXCSR 24
#define AREA_XMM 160
#define AREA_UNUSED 416
#define AREA_XSTATE_BV 512
#define AREA_XCOMP_BV 520
#define AREA_RESERVED 528
#define AREA_YMM 576
#define LEAF1_ECX_XSAVE (BIT(26) | BIT(28)) /* and AVX */
#define LEAF7_EBX_AVX2 BIT(5)
#define NAE_CPUID_INPUTS (NAE_RAX | NAE_RCX | NAE_XCR0)

static bool offered;
static uint8_t area[1024] ALIGNED(64), compact[1024] ALIGNED(64);

static uint64_t word(const uint8_t *a, uint32_t offset)
{
	uint64_t value;

	memcpy(&value, a + offset, sizeof(value));
	return value;
}

static void put_word(uint8_t *a, uint32_t offset, uint64_t value)
{
	memcpy(a + offset, &value, sizeof(value));
}

static struct trap try_xsetbv(uint32_t index, uint64_t value)
{
	return TRY("xsetbv", : "c"(index), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

static uint64_t read_xcr0(void)
{
	uint32_t low, high;

	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (uint64_t)high << 32 | low;
}

/* --- CPUID --- */

static void hidden(void)
{
	EXPECT_EQ(guest_cpuid_entry(0, 0)->eax, 0xb);
	EXPECT_EQ(guest_cpuid_entry(1, 0)->ecx & LEAF1_ECX_XSAVE, 0);
	EXPECT_EQ(guest_cpuid_entry(7, 0)->ebx & LEAF7_EBX_AVX2, 0);
	EXPECT(!guest_cpuid_entry(CPUID_XSAVE_LEAF, 0));
}

/* XCR0_IN is 1 and XSS_IN 0 where the size depends on them. */
static void told(void)
{
	const struct snp_cpuid_entry *main_leaf = guest_cpuid_entry(CPUID_XSAVE_LEAF, 0);
	const struct snp_cpuid_entry *kinds = guest_cpuid_entry(CPUID_XSAVE_LEAF, 1);
	const struct snp_cpuid_entry *avx = guest_cpuid_entry(CPUID_XSAVE_LEAF, 2);

	EXPECT_EQ(guest_cpuid_entry(0, 0)->eax, CPUID_XSAVE_LEAF);
	EXPECT_EQ(guest_cpuid_entry(1, 0)->ecx & (LEAF1_ECX_XSAVE | BIT(27)), LEAF1_ECX_XSAVE);
	EXPECT_EQ(guest_cpuid_entry(7, 0)->ebx & LEAF7_EBX_AVX2, LEAF7_EBX_AVX2);
	EXPECT_EQ(main_leaf->eax, XFEATURES);
	EXPECT_EQ(main_leaf->edx, 0);
	EXPECT_EQ(main_leaf->ebx, 0x240);
	EXPECT_EQ(main_leaf->ecx, AREA_BYTES);
	EXPECT_EQ(main_leaf->xcr0_in, 1);
	EXPECT_EQ(main_leaf->xss_in, 0);
	EXPECT_EQ(kinds->eax & 0xf, 7); /* XSAVEOPT, XSAVEC, XGETBV 1, no XSAVES */
	EXPECT_EQ(kinds->ebx, 0x240);
	EXPECT_EQ(kinds->ecx | kinds->edx, 0);
	EXPECT_EQ(kinds->xcr0_in, 1);
	EXPECT_EQ(avx->eax, 256);
	EXPECT_EQ(avx->ebx, AREA_YMM);
	EXPECT_EQ(avx->xcr0_in, 0);
}

static void cpuid(void)
{
	if (offered)
		told();
	else
		hidden();
}

/* The host takes XCR0 into account. */
static void host_cpuid(void)
{
	for (uint32_t sub = 0; sub < 2; sub++) {
		struct nae n = {.code = SVM_EXIT_CPUID,
			.rax = CPUID_XSAVE_LEAF,
			.rcx = sub,
			.xcr0 = XFEATURES,
			.valid = NAE_CPUID_INPUTS};

		nae_call(&n);
		EXPECT_EQ(n.info1, 0);
		EXPECT_EQ(n.rbx, offered ? AREA_BYTES : 0);
	}
}

/* --- XCR0, XSS --- */

static void xcr0(void)
{
	static const uint64_t bad[] = {0, 2, 6, 0x1f, 0x207, 0xe7, BIT(63) | 1};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(try_xsetbv(0, bad[i]).vector, VEC_GP);
		EXPECT_EQ(read_xcr0(), 1);
	}
	EXPECT_EQ(try_xsetbv(1, 1).vector, VEC_GP);
	EXPECT_EQ(try_xsetbv(0, 3).vector, TRAP_NONE);
	EXPECT_EQ(try_xsetbv(0, XFEATURES).vector, TRAP_NONE);
	EXPECT_EQ(read_xcr0(), XFEATURES);
}

USER_CODE(user_xsetbv, "xorl %ecx, %ecx; xorl %edx, %edx; movl $1, %eax; xsetbv; int3");

static void xcr0_privilege(void)
{
	EXPECT_EQ(USER_RUN(user_xsetbv, 0).vector, VEC_GP);
	write_cr4(read_cr4() & ~CR4_OSXSAVE);
	EXPECT_EQ(try_xsetbv(0, 1).vector, VEC_UD);
	write_cr4(read_cr4() | CR4_OSXSAVE);
	EXPECT_EQ(read_xcr0(), XFEATURES);
}

static void xss(void)
{
	EXPECT_EQ(rdmsr(MSR_XSS), 0);
	wrmsr(MSR_XSS, 0);
	EXPECT_EQ(TRY("wrmsr", : "c"(MSR_XSS), "a"(0x1800), "d"(0)).vector, VEC_GP);
	EXPECT_EQ(rdmsr(MSR_XSS), 0);
}

/* --- Two VMPLs, each with its poison --- */

#define MXCSR_OF(seed) ((uint32_t)MXCSR_RESET | ((seed)&3U) << 13) /* rounding */

static void fill(uint8_t *a, uint32_t seed)
{
	uint32_t mxcsr = MXCSR_OF(seed);
	uint16_t fcw = 0x37f;

	memset(a, 0, sizeof(area));
	memcpy(a, &fcw, sizeof(fcw));
	memcpy(a + AREA_MXCSR, &mxcsr, sizeof(mxcsr));
	for (uint32_t i = 0; i < 256; i++) {
		a[AREA_XMM + i] = (uint8_t)(i * 5 + seed);
		a[AREA_YMM + i] = (uint8_t)(i * 3 + ~seed);
	}
	put_word(a, AREA_XSTATE_BV, XFEATURES);
}

static void load(const uint8_t *a)
{
	__asm__ volatile("xrstor64 (%0)" : : "r"(a), "a"(XFEATURES), "d"(0) : "memory");
}

static void store(uint8_t *a)
{
	memset(a, 0, AREA_BYTES);
	__asm__ volatile("xsave64 (%0)" : : "r"(a), "a"(XFEATURES), "d"(0) : "memory");
}

static void expect_registers(const uint8_t *a, const uint8_t *b, const char *whose)
{
	if (memcmp(a + AREA_XMM, b + AREA_XMM, 256))
		check_fail("%s XMM differ", whose);
	if (memcmp(a + AREA_YMM, b + AREA_YMM, 256))
		check_fail("%s YMM differ", whose);
	if (memcmp(a + AREA_MXCSR, b + AREA_MXCSR, 4))
		check_fail("%s MXCSR differs", whose);
}

#define ROUNDS 3
static uint8_t below[1024] ALIGNED(64), below_seen[1024] ALIGNED(64);
static uint64_t first_xcr0, xcr0_each_time[ROUNDS];

static void poison_below(void *arg)
{
	static uint8_t reset[1024];
	uint32_t mxcsr = MXCSR_RESET;

	memcpy(reset + AREA_MXCSR, &mxcsr, sizeof(mxcsr));
	first_xcr0 = read_xcr0();
	EXPECT_EQ(try_xsetbv(0, XFEATURES).vector, TRAP_NONE);
	store(below_seen);
	expect_registers(below_seen, reset, "the first of VMPL 2:");
	for (uint32_t i = 0; i < ROUNDS; i++) {
		fill(below, 0x91 + i);
		load(below);
		EXPECT_EQ(try_xsetbv(0, i & 1 ? XFEATURES : 1).vector, TRAP_NONE);
		EXPECT(vmpl_enter(0));
		xcr0_each_time[i] = read_xcr0();
		EXPECT_EQ(try_xsetbv(0, XFEATURES).vector, TRAP_NONE);
		store(below_seen);
		expect_registers(below_seen, below, "VMPL 2:");
	}
	(void)arg;
}

static void two_vmpls(void)
{
	static uint8_t own[1024] ALIGNED(64), seen[1024] ALIGNED(64);

	EXPECT_EQ(try_xsetbv(0, XFEATURES).vector, TRAP_NONE);
	memory_grant(2, RMP_PERM_RWX);
	vmpl_create(2, poison_below, NULL);
	for (uint32_t i = 0; i <= ROUNDS; i++) {
		fill(own, 0x22 + i);
		load(own);
		EXPECT(vmpl_enter(2));
		EXPECT_EQ(read_xcr0(), XFEATURES);
		store(seen);
		expect_registers(seen, own, "VMPL 0:");
	}
	EXPECT_EQ(first_xcr0, 1);
	for (uint32_t i = 0; i < ROUNDS; i++)
		EXPECT_EQ(xcr0_each_time[i], i & 1 ? XFEATURES : 1);
}

/* --- XSAVEC --- */

static struct trap try_xsavec(void *to, uint32_t features)
{
	return TRY("xsavec64 (%0)", : "r"(to), "a"(features), "d"(0) : "memory");
}

static struct trap try_xrstor(const void *from, uint32_t features)
{
	return TRY("xrstor64 (%0)", : "r"(from), "a"(features), "d"(0) : "memory");
}

static void xsavec(void)
{
	fill(area, 0x44);
	load(area);
	memset(compact, 0xcc, sizeof(compact));
	EXPECT_EQ(try_xsavec(compact, XFEATURES).vector, TRAP_NONE);
	EXPECT_EQ(word(compact, AREA_XSTATE_BV) & 6, 6);
	EXPECT_EQ(word(compact, AREA_XCOMP_BV), BIT(63) | XFEATURES);
	EXPECT_EQ(word(compact, AREA_RESERVED), 0xccccccccccccccccUL);
	EXPECT_EQ(word(compact, AREA_UNUSED), 0xccccccccccccccccUL);
	EXPECT_EQ(word(compact, AREA_BYTES), 0xccccccccccccccccUL);
	expect_registers(compact, area, "XSAVEC:");
}

/* Only what is asked for, and what XCR0 allows. */
static void xsavec_part(void)
{
	memset(compact, 0xcc, sizeof(compact));
	EXPECT_EQ(try_xsavec(compact, 0xfe).vector, TRAP_NONE);
	EXPECT_EQ(word(compact, AREA_XCOMP_BV), BIT(63) | 6);
	EXPECT_EQ(word(compact, 0), 0xccccccccccccccccUL);
	memset(compact, 0xcc, sizeof(compact));
	EXPECT_EQ(try_xsavec(compact, 1).vector, TRAP_NONE);
	EXPECT_EQ(word(compact, AREA_XCOMP_BV), BIT(63) | 1);
	EXPECT_EQ(word(compact, AREA_XMM), 0xccccccccccccccccUL);
	EXPECT_EQ(word(compact, AREA_YMM), 0xccccccccccccccccUL);
}

/* Every way to name an address: SIB, displacements, RIP, FS, 32 bits, registers above 7. */
static void addressing(void)
{
	uint64_t base = (uint64_t)compact;

#define EXPECT_AT_COMPACT(operand, ...)                                 \
	do {                                                            \
		memset(compact, 0, sizeof(compact));                    \
		EXPECT_EQ(TRY("xsavec64 " operand,                      \
				  : "a"(XFEATURES), "d"(0), __VA_ARGS__ \
				  : "memory", "r9", "r12", "r13")       \
				  .vector,                              \
			TRAP_NONE);                                     \
		expect_registers(compact, area, operand);               \
	} while (0)
	load(area);
	EXPECT_AT_COMPACT("0x7c(%%rcx)", "c"(base - 0x7c));
	EXPECT_AT_COMPACT("-0x40(%%rbx, %%rcx, 4)", "b"(base), "c"(16));
	EXPECT_AT_COMPACT("0x12345(%%rsi, %%rdi)", "S"(base - 0x12345 - 8), "D"(8));
	EXPECT_AT_COMPACT("compact_area_name(%%rip)", "c"(0));
	EXPECT_AT_COMPACT("compact_area_name", "c"(0));
	EXPECT_AT_COMPACT("compact_area_name(, %%rcx, 8)", "c"(0));
	EXPECT_AT_COMPACT("(%%ecx)", "c"(base | 0xffff0000UL << 32));
	wrmsr(MSR_FS_BASE, base - 0x1000);
	EXPECT_AT_COMPACT("%%fs:0x1000", "c"(0));
	wrmsr(MSR_FS_BASE, 0);
#undef EXPECT_AT_COMPACT
	memset(compact, 0, sizeof(compact));
	__asm__ volatile("movq %0, %%r13; xsavec64 0(%%r13)"
			 :
			 : "r"(base), "a"(XFEATURES), "d"(0)
			 : "r13", "memory");
	expect_registers(compact, area, "(%r13)");
	memset(compact, 0, sizeof(compact));
	__asm__ volatile("movq %0, %%r12; movq $8, %%r9; xsavec64 -64(%%r12, %%r9, 8)"
			 :
			 : "r"(base), "a"(XFEATURES), "d"(0)
			 : "r9", "r12", "memory");
	expect_registers(compact, area, "(%r12, %r9, 8)");
}
__asm__(".globl compact_area_name\n.set compact_area_name, compact\n");

static void xsavec_faults(void)
{
	uint64_t va = paging_window(), after = paging_window();
	uint64_t at = va + PAGE_SIZE - 512;
	struct trap t;

	EXPECT_EQ(try_xsavec(compact + 8, XFEATURES).vector, VEC_GP);
	t = try_xsavec((void *)va, XFEATURES);
	EXPECT_EQ(t.vector, VEC_PF);
	EXPECT_EQ(t.cr2, va);
	EXPECT_EQ(t.error, PF_W);
	paging_map(va, pte_private((uint64_t)page_alloc()));
	EXPECT_EQ(after, va + PAGE_SIZE);
	t = try_xsavec((void *)at, XFEATURES); /* its end is in the page that is not there */
	EXPECT_EQ(t.vector, VEC_PF);
	EXPECT_EQ(t.cr2, after);
	paging_map(after, pte_private((uint64_t)page_alloc()));
	load(area);
	EXPECT_EQ(try_xsavec((void *)at, XFEATURES).vector, TRAP_NONE);
	expect_registers((void *)at, area, "XSAVEC across two pages:");
	EXPECT_EQ(*paging_entry(va, 0) & (PTE_A | PTE_D), PTE_A | PTE_D);
	write_cr4(read_cr4() & ~CR4_OSXSAVE);
	EXPECT_EQ(try_xsavec(compact, XFEATURES).vector, VEC_UD);
	write_cr4(read_cr4() | CR4_OSXSAVE);
	write_cr0(read_cr0() | CR0_TS);
	t = try_xsavec(compact, XFEATURES);
	write_cr0(read_cr0() & ~CR0_TS);
	EXPECT_EQ(t.vector, VEC_NM);
}

/* Ring 3 may, where the page is its own. */
USER_CODE(user_xsavec, "movl $7, %eax; xorl %edx, %edx; xsavec64 (%rdi); int3");

static void user_rights(void)
{
	uint64_t va = paging_window(), gpa = (uint64_t)page_alloc();
	struct trap t;

	paging_map(va, pte_user(gpa));
	EXPECT_EQ(USER_RUN(user_xsavec, va).vector, VEC_BP);
	EXPECT_EQ(word((void *)gpa, AREA_XCOMP_BV), BIT(63) | XFEATURES);
	t = USER_RUN(user_xsavec, (uint64_t)compact);
	EXPECT_EQ(t.vector, VEC_PF);
	EXPECT_EQ(t.error, PF_P | PF_W | PF_U);
}

/* An area that is not validated is #VC, as of any other store. */
static void not_validated(void)
{
	uint64_t gpa = region_take(PAGE_SIZE, PAGE_SIZE);
	struct trap t;

	EXPECT_EQ(ghcb_msr_psc(gpa >> PAGE_SHIFT, PSC_OP_PRIVATE), 0);
	t = try_xsavec(private_view(gpa), XFEATURES);
	EXPECT_EQ(t.vector, VEC_VC);
	EXPECT_EQ(t.error, SVM_EXIT_PAGE_NOT_VALIDATED);
}

/* --- XRSTOR of the compacted form --- */

static void make_compact(uint32_t seed)
{
	fill(area, seed);
	memcpy(compact, area, sizeof(compact));
	put_word(compact, AREA_XCOMP_BV, BIT(63) | XFEATURES);
}

static void xrstor(void)
{
	static uint8_t seen[1024] ALIGNED(64), reset[1024];
	uint32_t mxcsr = MXCSR_RESET;

	make_compact(0x65);
	EXPECT_EQ(try_xrstor(compact, XFEATURES).vector, TRAP_NONE);
	store(seen);
	expect_registers(seen, area, "XRSTOR:");
	/* What the area does not have is set to its initial state, MXCSR with SSE. */
	put_word(compact, AREA_XSTATE_BV, 1);
	memcpy(reset + AREA_MXCSR, &mxcsr, sizeof(mxcsr));
	EXPECT_EQ(try_xrstor(compact, XFEATURES).vector, TRAP_NONE);
	store(seen);
	expect_registers(seen, reset, "XRSTOR of nothing:");
	/* What is not asked for stays, MXCSR too. */
	load(area);
	make_compact(0x16);
	EXPECT_EQ(try_xrstor(compact, 5).vector, TRAP_NONE);
	store(seen);
	fill(area, 0x65);
	memcpy(area + AREA_YMM, compact + AREA_YMM, 256);
	expect_registers(seen, area, "XRSTOR of AVX:");
}

static void expect_refused(uint32_t offset, uint64_t value)
{
	static uint8_t before[1024] ALIGNED(64), after[1024] ALIGNED(64);

	make_compact(0x77);
	put_word(compact, offset, value);
	store(before);
	EXPECT_EQ(try_xrstor(compact, XFEATURES).vector, VEC_GP);
	store(after);
	expect_registers(after, before, "a refused XRSTOR:");
}

static void xrstor_faults(void)
{
	expect_refused(AREA_XCOMP_BV, BIT(63) | 0xf);
	expect_refused(AREA_XCOMP_BV, BIT(63) | 3); /* less than XSTATE_BV */
	expect_refused(AREA_XCOMP_BV, XFEATURES);   /* neither form */
	expect_refused(AREA_RESERVED, 1);
	expect_refused(AREA_RESERVED + 40, 1);
	expect_refused(AREA_MXCSR, BIT(16));
	make_compact(0x77);
	EXPECT_EQ(try_xrstor(compact + 8, XFEATURES).vector, VEC_GP);
	EXPECT_EQ(TRY("lidt (%0)", : "r"(BIT(62))).vector, VEC_GP); /* of no XRSTOR */
}

static const struct test_case cases[] = {
	{"CPUID offers XSAVE with its leaf, or hides all of it", cpuid},
	{"the host's CPUID tells the size for XCR0", host_cpuid},
	{"XSETBV takes what there is, without #VC", xcr0},
	{"XSETBV in ring 3 and without OSXSAVE", xcr0_privilege},
	{"XSS has no bit to set", xss},
	{"two VMPLs never see each other's YMM, MXCSR and XCR0", two_vmpls},
	/* From here on only where XSAVE is offered. */
	{"XSAVEC writes its form and nothing else", xsavec},
	{"XSAVEC writes what is asked for", xsavec_part},
	{"XSAVEC's addresses", addressing},
	{"XSAVEC's faults", xsavec_faults},
	{"XSAVEC in ring 3", user_rights},
	{"XSAVEC to a page that is not validated", not_validated},
	{"XRSTOR of the compacted form", xrstor},
	{"XRSTOR's faults leave the registers alone", xrstor_faults},
};

void guest_main(void)
{
	offered = guest_has_word("xsave");
	write_cr4(read_cr4() | CR4_OSXSAVE);
	check_run(cases, offered ? ARRAY_SIZE(cases) : CASES_WITHOUT_XSAVEC);
}
