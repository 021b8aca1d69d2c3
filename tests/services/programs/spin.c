/* SPDX-License-Identifier: MIT */
/*
 * A service that takes long: a loop of a known length without any system call, one
 * without an end, one of system calls without an end; and, by its name, one
 * that never gets as far as to serve.
 */
#include "ring3.h"

RING3_START;

/* Both sums are kept in registers alone, for as many slices as it takes. */
static struct spin_answer spin(uint64_t rounds)
{
	struct spin_answer answer;
	uint64_t general = 0, vector;

	asm volatile("movq %[step], %%xmm9\n\t"
		     "pxor %%xmm10, %%xmm10\n"
		     "1:\n\t"
		     "imul $5, %[general], %[general]\n\t"
		     "incq %[general]\n\t"
		     "paddq %%xmm9, %%xmm10\n\t"
		     "decq %[rounds]\n\t"
		     "jnz 1b\n\t"
		     "movq %%xmm10, %[vector]"
		     : [general] "+r"(general), [rounds] "+r"(rounds), [vector] "=r"(vector)
		     : [step] "r"(SPIN_STEP)
		     : "xmm9", "xmm10", "cc");
	answer.general = general;
	answer.vector = vector;
	return answer;
}

/* The same, where a system call stands between one round and the next. */
static struct spin_answer cross(uint64_t rounds)
{
	struct spin_answer answer = {0};

	while (rounds--) {
		answer.general = answer.general * 5 + 1;
		if (ring3_call(LINUX_GETPID, 0, 0, 0, 0) == 1)
			answer.vector += SPIN_STEP;
	}
	return answer;
}

NORETURN static void spin_for_ever(void)
{
	for (;;)
		asm volatile("");
}

NORETURN static void call_for_ever(void)
{
	for (;;)
		ring3_call(LINUX_TIME, 0, 0, 0, 0);
}

NORETURN static void leave_for_ever(void)
{
	for (;;)
		asm volatile("rep; vmmcall" : : : "memory");
}

static uint32_t handle(struct service_request *request, uint8_t *payload)
{
	struct spin_answer answer;
	uint64_t rounds;

	if (request->number == SPIN_FOR_EVER)
		spin_for_ever();
	if (request->number == SPIN_CALLS)
		call_for_ever();
	if (request->number == SPIN_LEAVE)
		leave_for_ever();
	__builtin_memcpy(&rounds, payload, sizeof(rounds));
	answer = request->number == SPIN_CROSS ? cross(rounds) : spin(rounds);
	__builtin_memcpy(payload, &answer, sizeof(answer));
	request->size = sizeof(answer);
	return SVSM_SUCCESS;
}

void ring3_main(const char *name)
{
	while (*name && (*name < '0' || *name > '9'))
		name++;
	if (*name - '0' == SPIN_AT_START)
		spin_for_ever();
	ring3_serve(PROTOCOL_SPIN + (uint32_t)(*name - '0'), handle);
}
