/* SPDX-License-Identifier: MIT */
/* Calls with all registers watched (call.h). */
#include "call.h"

#include <string.h>

#include "cpu.h"
#include "guest.h"
#include "insn.h"

#define STATUS_FLAGS 0xcd5ULL /* CF PF AF ZF SF DF OF */
#define MAX_CASES 64U
#define PATTERN 0x9e3779b97f4a7c15ULL

void call_init(void)
{
	write_cr4(read_cr4() | CR4_OSFXSR);
}

/* Every register differs from the others and from what it held in the last call. */
static void fill(struct registers *in, const struct svsm_regs *r)
{
	static uint64_t salt;
	uint64_t value = __atomic_add_fetch(&salt, 1, __ATOMIC_RELAXED) * PATTERN;
	uint64_t *words = (uint64_t *)in;

	for (size_t i = 0; i < sizeof(*in) / sizeof(*words); i++)
		words[i] = value += PATTERN;
	in->rax = r->rax;
	in->rcx = r->rcx;
	in->rdx = r->rdx;
	in->r8 = r->r8;
	in->r9 = r->r9;
	in->rflags = (value & STATUS_FLAGS) | RFLAGS_FIXED;
}

static void leave(void *regs)
{
	conformance_exit(regs);
}

static void check_general(const struct registers *in, const struct registers *out)
{
	EXPECT_EQ(out->rbx, in->rbx);
	EXPECT_EQ(out->rsi, in->rsi);
	EXPECT_EQ(out->rdi, in->rdi);
	EXPECT_EQ(out->rbp, in->rbp);
	EXPECT(!memcmp(&out->r10, &in->r10, 6 * sizeof(uint64_t)));
	EXPECT_EQ(out->rflags & STATUS_FLAGS, in->rflags & STATUS_FLAGS);
	EXPECT(!memcmp(out->xmm, in->xmm, sizeof(in->xmm)));
}

static void check_arguments(
	const struct registers *in, const struct registers *out, uint32_t outputs)
{
	if (!(outputs & OUT_RCX))
		EXPECT_EQ(out->rcx, in->rcx);
	if (!(outputs & OUT_RDX))
		EXPECT_EQ(out->rdx, in->rdx);
	if (!(outputs & OUT_R8))
		EXPECT_EQ(out->r8, in->r8);
	if (!(outputs & OUT_R9))
		EXPECT_EQ(out->r9, in->r9);
}

void call_exit(struct svsm_regs *r, enum svsm_form form, uint32_t outputs)
{
	struct registers in, out;

	fill(&in, r);
	out = in;
	EXPECT(svsm_call_by(form, leave, &out));
	check_general(&in, &out);
	check_arguments(&in, &out, outputs);
	*r = (struct svsm_regs){out.rax, out.rcx, out.rdx, out.r8, out.r9};
}

void call(struct svsm_regs *r, enum svsm_form form, uint32_t outputs)
{
	uint8_t *pending = &cpu_self()->ca->call_pending;

	__atomic_store_n(pending, 1, __ATOMIC_SEQ_CST);
	call_exit(r, form, outputs);
	EXPECT_EQ(__atomic_exchange_n(pending, 0, __ATOMIC_SEQ_CST), 0);
}

void call_without_pending(struct svsm_regs *r, enum svsm_form form)
{
	struct svsm_regs before = *r;

	call_exit(r, form, 0);
	EXPECT_EQ(r->rax, before.rax);
}

uint64_t core(uint32_t number, uint64_t rcx, uint64_t rdx, uint64_t r8)
{
	struct svsm_regs r = {svsm_function(SVSM_PROTOCOL_CORE, number), rcx, rdx, r8, 0x5a5a};

	call(&r, SVSM_BY_MSR, 0);
	return r.rax;
}

void run_cases(const struct test_case *alone, uint32_t alone_count,
	const struct test_case *together, uint32_t together_count)
{
	static struct test_case all[MAX_CASES];

	if (guest.cpu_count == 1)
		together_count = 0;
	if (alone_count + together_count > MAX_CASES)
		check_abort("more than %u cases", MAX_CASES);
	memcpy(all, alone, alone_count * sizeof(*all));
	memcpy(all + alone_count, together, together_count * sizeof(*all));
	check_run(all, alone_count + together_count);
}
