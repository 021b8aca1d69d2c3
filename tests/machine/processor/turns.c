/* SPDX-License-Identifier: MIT */
/* Turns of vCPUs in the guest, and what waiting for one costs (turns.h). */
#include "turns.h"

#define NOBODY UINT32_MAX
#define LOOP_INSTRUCTIONS 4U /* of one round in wait_for() */

static bool on;
static uint32_t turn = NOBODY; /* atomic: whose it is */
static bool waiting[MACHINE_MAX_CPUS];
static uint64_t rounds;

void turns_init(void)
{
	on = option_is("turns", "on");
}

uint64_t turns_waited(void)
{
	return __atomic_load_n(&rounds, __ATOMIC_SEQ_CST) * LOOP_INSTRUCTIONS;
}

static void offer(uint32_t index)
{
	uint32_t nobody = NOBODY;

	__atomic_compare_exchange_n(
		&turn, &nobody, index, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* In assembly, so that the instructions of a round are known. PAUSE hands over to another. */
static void wait_for(uint32_t index)
{
	__asm__ volatile("1: lock incq %0\n\t"
			 "pause\n\t"
			 "cmpl %2, %1\n\t"
			 "jne 1b"
			 : "+m"(rounds)
			 : "m"(turn), "r"(index)
			 : "memory", "cc");
}

/* A vCPU that executes HLT itself would sleep on its turn; it takes none. */
bool turns_take(struct vcpu *v)
{
	if (!on || !(vcpu_context(v)->vmcb->intercept[3] & (uint32_t)INTERCEPT_HLT))
		return false;
	vcpu_context(v)->vmcb->intercept[3] |= (uint32_t)INTERCEPT_PAUSE;
	__atomic_store_n(&waiting[v->index], true, __ATOMIC_SEQ_CST);
	offer(v->index);
	wait_for(v->index);
	__atomic_store_n(&waiting[v->index], false, __ATOMIC_SEQ_CST);
	return true;
}

static void offer_to_next(uint32_t after)
{
	for (uint32_t i = 1; i < cpu_count; i++) {
		uint32_t next = (after + i) % cpu_count;

		if (__atomic_load_n(&waiting[next], __ATOMIC_SEQ_CST)) {
			offer(next);
			return;
		}
	}
}

void turns_pass(struct vcpu *v)
{
	__atomic_store_n(&turn, NOBODY, __ATOMIC_SEQ_CST);
	offer_to_next(v->index);
}
