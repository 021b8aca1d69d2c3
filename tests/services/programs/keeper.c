/* SPDX-License-Identifier: MIT */
/*
 * A service that leaves a pattern in every register that the processor keeps for
 * it, and looks at its next request whether that is still there; at its start, that
 * nothing is. One file is several services. Compiled without vector registers.
 */
#include "ring3.h"

#define LEGACY_BYTES 416U
#define LEGACY_FCW 0U
#define LEGACY_FTW 4U
#define LEGACY_MXCSR 24U
#define LEGACY_ST 32U
#define LEGACY_XMM 160U
#define AREA_XSTATE_BV 512U
#define AREA_YMM 576U
#define AREA_YMM_END 832U
#define XFEATURES 7U
#define FCW_RESET 0x37fU
#define FCW_OTHER 0xe7fU /* another precision and rounding, exceptions masked */
#define MXCSR_RESET 0x1f80U
#define MXCSR_OTHER 0xffc0U

/* All general registers but RSP and RDI, then the rest, before any instruction of C's. */
asm(".globl _start\n"
    "_start:\n\t"
    "pushfq\n\t"
    "pushq %rax\n\tpushq %rcx\n\tpushq %rdx\n\tpushq %rbx\n\tpushq %rbp\n\t"
    "pushq %rsi\n\tpushq %rdi\n\tpushq %r8\n\tpushq %r9\n\tpushq %r10\n\t"
    "pushq %r11\n\tpushq %r12\n\tpushq %r13\n\tpushq %r14\n\tpushq %r15\n\t"
    "movq %rsp, %rdi\n\t"
    "andq $-16, %rsp\n\t"
    "call keeper_start");

#define PUSHED 15U /* and RFLAGS and the arguments after them */
#define PUSHED_NAME 17U

struct leaf {
	uint32_t eax, ebx, ecx, edx;
};

typedef uint8_t area_t[AREA_YMM_END + 64];

static bool has_xsave;
static area_t fresh ALIGNED(64), loaded ALIGNED(64), left ALIGNED(64), found ALIGNED(64);
static uint8_t payload[SERVICE_PAYLOAD_MAX];
static uint32_t found_at_start;

static struct leaf cpuid(uint32_t leaf, uint32_t subleaf)
{
	struct leaf r;

	asm volatile("cpuid"
		     : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
		     : "0"(leaf), "2"(subleaf));
	return r;
}

static uint64_t xgetbv(void)
{
	uint32_t low, high;

	asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (uint64_t)high << 32 | low;
}

static void save(area_t *area)
{
	if (has_xsave)
		asm volatile("xsave64 %0" : "+m"(*area) : "a"(XFEATURES), "d"(0));
	else
		asm volatile("fxsave64 %0" : "+m"(*area));
}

static void load(const area_t *area)
{
	if (has_xsave)
		asm volatile("xrstor64 %0" : : "m"(*area), "a"(XFEATURES), "d"(0));
	else
		asm volatile("fxrstor64 %0" : : "m"(*area));
}

static uint16_t half(const area_t *area, uint32_t at)
{
	return (uint16_t)((*area)[at] | (*area)[at + 1] << 8);
}

/* ---- What a service begins with ---- */

static uint32_t not_zero(const area_t *area, uint32_t from, uint32_t end)
{
	uint32_t count = 0;

	for (uint32_t i = from; i < end; i++)
		count += (*area)[i] != 0;
	return count;
}

static uint32_t count_at_start(const uint64_t *pushed)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < PUSHED; i++)
		count += pushed[i] != 0;
	count += half(&fresh, LEGACY_FCW) != FCW_RESET;
	count += half(&fresh, LEGACY_MXCSR) != MXCSR_RESET;
	count += not_zero(&fresh, LEGACY_FCW + 2, LEGACY_MXCSR);
	count += not_zero(&fresh, LEGACY_ST, LEGACY_BYTES);
	return count + not_zero(&fresh, AREA_YMM, AREA_YMM_END);
}

/* ---- Patterns ---- */

static void put(area_t *area, uint32_t at, uint32_t value, uint32_t bytes)
{
	for (uint32_t i = 0; i < bytes; i++)
		(*area)[at + i] = (uint8_t)(value >> 8 * i);
}

static void make_pattern(area_t *area, uint8_t seed)
{
	for (uint32_t i = LEGACY_ST; i < LEGACY_BYTES; i++)
		(*area)[i] = (uint8_t)(seed + i * 7) | 1;
	for (uint32_t i = AREA_YMM; i < AREA_YMM_END; i++)
		(*area)[i] = (uint8_t)(seed + i * 11) | 1;
	put(area, LEGACY_FCW, seed & 1 ? FCW_OTHER : FCW_RESET, 2);
	put(area, LEGACY_FTW, 0xff, 1);
	put(area, LEGACY_MXCSR, seed & 1 ? MXCSR_OTHER : MXCSR_RESET, 4);
	put(area, AREA_XSTATE_BV, XFEATURES, 1);
}

static uint32_t differences(const area_t *one, const area_t *other)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < LEGACY_BYTES; i++)
		count += (*one)[i] != (*other)[i];
	for (uint32_t i = AREA_YMM; has_xsave && i < AREA_YMM_END; i++)
		count += (*one)[i] != (*other)[i];
	return count;
}

/* Of the vector registers alone: x87 has reserved bytes, and state of its own. */
static uint32_t not_loaded(void)
{
	uint32_t count = 0;

	for (uint32_t i = LEGACY_XMM; i < LEGACY_BYTES; i++)
		count += loaded[i] != left[i];
	for (uint32_t i = AREA_YMM; has_xsave && i < AREA_YMM_END; i++)
		count += loaded[i] != left[i];
	return count;
}

/* ---- CPUID ---- */

/* The number of the first thing that CPUID has wrong, 0 if there is none. */
static uint8_t wrong_in_cpuid(void)
{
	const struct leaf sizes = cpuid(0xd, 0), kinds = cpuid(0xd, 1), avx = cpuid(0xd, 2);
	const struct leaf features = cpuid(1, 0), more = cpuid(7, 0), none = cpuid(7, 1);
	const uint32_t avx512 = 3U << 16 | 1U << 21 | 7U << 26 | 3U << 30;
	const uint32_t with_xsave = 1U << 12 | 5U << 26 | 1U << 29;

	if (more.ebx & avx512 || more.edx || none.eax || none.ebx || none.ecx || none.edx)
		return 1;
	if (!has_xsave)
		return features.ecx & with_xsave || more.ebx & 1U << 5 || sizes.eax ? 2 : 0;
	if (xgetbv() != XFEATURES)
		return 3;
	if (sizes.eax != XFEATURES || sizes.ebx != AREA_YMM_END || sizes.ecx != AREA_YMM_END)
		return 4;
	if (sizes.edx || kinds.ebx != AREA_YMM_END || kinds.eax & ~7U || kinds.ecx || kinds.edx)
		return 5;
	if (avx.eax != 256 || avx.ebx != AREA_YMM || cpuid(0xd, 5).eax || cpuid(0xd, 9).eax)
		return 6;
	return !(features.ecx & 1U << 28) || cpuid(0, 0).eax != 0xd ? 7 : 0;
}

/* ---- Serving ---- */

static uint32_t handle(const struct service_request *request)
{
	uint32_t count = 0;

	switch (request->number) {
	case REGISTERS_START:
		count = found_at_start;
		break;
	case REGISTERS_KEEP:
		count = differences(&left, &found);
		make_pattern(&loaded, payload[0]);
		break;
	case REGISTERS_CPUID:
		count = (uint32_t)wrong_in_cpuid() | (has_xsave ? REGISTERS_HAS_XSAVE : 0);
		break;
	default:
		return SVSM_ERR_UNSUPPORTED_CALL;
	}
	*(uint32_t *)payload = count;
	return SVSM_SUCCESS;
}

/* From load() to the next save() nothing but system calls happens here. */
static void serve(void)
{
	struct service_request request;
	uint32_t result;

	make_pattern(&loaded, 0);
	load(&loaded);
	save(&left);
	while (!ring3_call(SERVICE_WAIT, (long)&request, (long)payload, sizeof(payload), 0)) {
		save(&found);
		result = handle(&request);
		load(&loaded);
		save(&left);
		if (not_loaded() ||
			ring3_call(SERVICE_REPLY, result, (long)payload, sizeof(uint32_t), 0))
			ring3_exit(3);
	}
}

void keeper_start(const uint64_t *pushed);
void keeper_start(const uint64_t *pushed)
{
	const char *name = (const char *)pushed[PUSHED_NAME];
	struct service_announcement announcement = {
		.protocol = PROTOCOL_REGISTERS, .first_version = 1, .last_version = 1};

	asm volatile("fxsave64 %0" : "+m"(fresh));
	has_xsave = cpuid(1, 0).ecx & 1U << 27;
	save(&fresh);
	found_at_start = count_at_start(pushed);
	while (*name && (*name < '0' || *name > '9'))
		name++;
	announcement.protocol += (uint32_t)(*name - '0');
	if (ring3_call(SERVICE_ANNOUNCE, (long)&announcement, 0, 0, 0))
		ring3_exit(1);
	serve();
	ring3_exit(2);
}
