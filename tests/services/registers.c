/* SPDX-License-Identifier: MIT */
/*
 * Registers of guest and services: all fill theirs with patterns of their own, x87, SSE
 * and, where the machine has it, AVX, and none sees another's (programs/keeper.c).
 * "turns" calls services in turn, "same" one of them as often: what the
 * branch-predictor barriers of a run are counted by.
 */
#include <string.h>

#include "call.h"
#include "cpu.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "tests/services/protocols.h"
#include "x86.h"

#define SERVICES 2U
#define ROUNDS 6U
#define TURNS 20U
#define LEGACY_END 416U
#define AREA_BYTES (XSAVE_AVX_OFFSET + XSAVE_AVX_SIZE)
#define AREA_MXCSR 24U
#define AREA_FTW 4U
#define AREA_ST 32U
#define AREA_XMM 160U
#define XFEATURES 7U
#define MXCSR_ROUND_UP 0x5f80U
#define FCW 0xb7fU

typedef uint8_t area_t[AREA_BYTES + 64];

static uint8_t *buffer;
static bool xsave;
static area_t mine ALIGNED(64), before ALIGNED(64), after ALIGNED(64);

static uint64_t read_xcr0(void)
{
	uint32_t low, high;

	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (uint64_t)high << 32 | low;
}

static void write_xcr0(uint64_t value)
{
	__asm__ volatile("xsetbv" : : "c"(0), "a"((uint32_t)value), "d"(0) : "memory");
}

static void load(const area_t *area)
{
	if (xsave)
		__asm__ volatile("xrstor64 %0" : : "m"(*area), "a"(XFEATURES), "d"(0));
	else
		__asm__ volatile("fxrstor64 %0" : : "m"(*area));
}

static void save(area_t *area)
{
	if (xsave)
		__asm__ volatile("xsave64 %0" : "+m"(*area) : "a"(XFEATURES), "d"(0));
	else
		__asm__ volatile("fxsave64 %0" : "+m"(*area));
}

/* What ring 3 left would be odd bytes (programs/keeper.c); these are even. */
static void make_pattern(uint8_t seed)
{
	const uint32_t mxcsr = MXCSR_ROUND_UP;
	const uint16_t fcw = FCW;

	memset(mine, 0, sizeof(mine));
	for (uint32_t i = AREA_ST; i < LEGACY_END; i++)
		mine[i] = (uint8_t)((seed + i * 13) & 0xfe);
	for (uint32_t i = XSAVE_AVX_OFFSET; i < AREA_BYTES; i++)
		mine[i] = (uint8_t)((seed + i * 17) & 0xfe);
	memcpy(mine, &fcw, sizeof(fcw));
	mine[AREA_FTW] = 0xff;
	memcpy(mine + AREA_MXCSR, &mxcsr, sizeof(mxcsr));
	mine[XSAVE_HEADER_OFFSET] = XFEATURES;
}

static uint32_t ask(uint32_t service, uint32_t number, uint8_t seed)
{
	struct svsm_regs r = {
		.rax = svsm_function(PROTOCOL_REGISTERS + service, number),
		.rcx = (uint64_t)buffer,
		.rdx = 1,
		.r8 = PAGE_SIZE,
	};
	const uint64_t function = r.rax;
	uint32_t answer;

	buffer[0] = seed;
	do { /* a slow machine may make slices of it */
		r.rax = function;
		call(&r, SVSM_BY_MSR, OUT_RDX);
	} while (r.rax == SVSM_ERR_INCOMPLETE);
	EXPECT_EQ(r.rax, SVSM_SUCCESS);
	EXPECT_EQ(r.rdx, sizeof(answer));
	memcpy(&answer, buffer, sizeof(answer));
	return answer;
}

static void clear_at_start(void)
{
	for (uint32_t i = 0; i < SERVICES; i++)
		EXPECT_EQ(ask(i, REGISTERS_START, 0), 0);
}

static void services_apart(void)
{
	for (uint32_t round = 0; round < ROUNDS; round++)
		for (uint32_t i = 0; i < SERVICES; i++)
			EXPECT_EQ(ask(i, REGISTERS_KEEP, (uint8_t)(round * 5 + i * 64)), 0);
}

/* call() itself compares XMM, and leaves the rest of the registers alone. */
static void guest_apart(void)
{
	for (uint32_t round = 0; round < ROUNDS; round++) {
		make_pattern((uint8_t)(round * 3));
		load(&mine);
		save(&before);
		EXPECT_EQ(ask(round % SERVICES, REGISTERS_KEEP, (uint8_t)(round * 9)), 0);
		save(&after);
		EXPECT(!memcmp(before, after, AREA_XMM));
		if (xsave)
			EXPECT(!memcmp(
				mine + XSAVE_AVX_OFFSET, after + XSAVE_AVX_OFFSET, XSAVE_AVX_SIZE));
		EXPECT(!memcmp(mine + AREA_MXCSR, after + AREA_MXCSR, 4));
	}
}

/* The guest's XCR0 is the guest's: with less than ring 3 has, and with as much. */
static void xcr0(void)
{
	static const uint64_t values[] = {XFEATURE_X87, XFEATURE_X87 | XFEATURE_SSE, XFEATURES};

	for (size_t i = 0; xsave && i < ARRAY_SIZE(values); i++) {
		write_xcr0(values[i]);
		EXPECT_EQ(ask(0, REGISTERS_KEEP, 1), 0);
		EXPECT_EQ(read_xcr0(), values[i]);
	}
}

static void cpuid(void)
{
	for (uint32_t i = 0; i < SERVICES; i++)
		EXPECT_EQ(ask(i, REGISTERS_CPUID, 0), xsave ? REGISTERS_HAS_XSAVE : 0);
}

static void same(void)
{
	for (uint32_t i = 0; i < TURNS; i++)
		EXPECT_EQ(ask(0, REGISTERS_KEEP, (uint8_t)i), 0);
}

static void turns(void)
{
	for (uint32_t i = 0; i < TURNS; i++)
		EXPECT_EQ(ask(i % SERVICES, REGISTERS_KEEP, (uint8_t)i), 0);
}

static const struct test_case same_case[] = {{"one service all the time", same}};
static const struct test_case turns_case[] = {{"two services in turn", turns}};
static const struct test_case cases[] = {
	{"a service begins with clear registers", clear_at_start},
	{"no service sees another's registers, or loses its own", services_apart},
	{"guest and services do not see each other's registers", guest_apart},
	{"the guest's XCR0 stays as it is", xcr0},
	{"CPUID in ring 3 is what ring 3 has", cpuid},
};

static void use_xsave(void)
{
	const struct snp_cpuid_entry *features = guest_cpuid_entry(1, 0);

	xsave = features && features->ecx & BIT(26);
	EXPECT_EQ(xsave, guest_has_word("xsave"));
	if (!xsave)
		return;
	write_cr4(read_cr4() | CR4_OSXSAVE);
	write_xcr0(XFEATURES);
}

void guest_main(void)
{
	call_init();
	buffer = page_alloc();
	use_xsave();
	if (guest_has_word("same"))
		CHECK_RUN(same_case);
	if (guest_has_word("turns"))
		CHECK_RUN(turns_case);
	CHECK_RUN(cases);
}
