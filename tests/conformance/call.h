/* SPDX-License-Identifier: MIT */
/*
 * Calls of the conformance tests. Each call made here is checked for what every
 * call has to keep: it is answered, the pending byte is zero, and no register
 * changes but RAX and what the call defines as output, neither general nor XMM
 * registers nor status flags.
 */
#ifndef CONFORMANCE_CALL_H
#define CONFORMANCE_CALL_H

#include "check.h"
#include "svsm_call.h"

/* The order is exit.S's. */
struct registers {
	uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t rflags;
	uint64_t xmm[16][2];
};
ASSERT_OFFSET(struct registers, r8, 56);
ASSERT_OFFSET(struct registers, rflags, 120);
ASSERT_OFFSET(struct registers, xmm, 128);

enum output {
	OUT_RCX = 1,
	OUT_RDX = 2,
	OUT_R8 = 4,
	OUT_R9 = 8,
};

/*
 * One call, not repeated whatever it answers; *@r in and out. @outputs are the
 * registers that it may change.
 */
void call(struct svsm_regs *r, enum svsm_form form, uint32_t outputs);
/* One call of the core protocol by the MSR that must leave all registers but RAX; RAX. */
uint64_t core(uint32_t number, uint64_t rcx, uint64_t rdx, uint64_t r8);
/* The same without touching a calling area, for those who mark it pending themselves. */
void call_exit(struct svsm_regs *r, enum svsm_form form, uint32_t outputs);
/* VMGEXIT to VMPL 0 with no call pending, after which all registers are as before. */
void call_without_pending(struct svsm_regs *r, enum svsm_form form);

/* Lets the running context use XMM registers. Every vCPU needs it before its first call. */
void call_init(void);

/* Runs @alone on any machine, @together also if there are two vCPUs or more. */
#define RUN_CASES(alone, together) \
	run_cases(alone, ARRAY_SIZE(alone), together, ARRAY_SIZE(together))
NORETURN void run_cases(const struct test_case *alone, uint32_t alone_count,
	const struct test_case *together, uint32_t together_count);

void conformance_exit(struct registers *r);

#endif
