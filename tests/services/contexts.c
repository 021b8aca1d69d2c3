/* SPDX-License-Identifier: MIT */
/*
 * Class 3 of the system calls: a service reads registers of the vCPU that has
 * called it, of one that it waits for, and of others while they stand still.
 */
#include <string.h>

#include "call.h"
#include "cpu.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "tests/services/protocols.h"
#include "tests/services/request.h"
#include "vmpl.h"
#include "x86.h"

#define PATTERN 0x0101010101010101UL
#define EINTR 4
#define EAGAIN 11
#define EINVAL 22
#define ENOENT 2
#define NONE 99U /* no vCPU has this number */
#define TRIES 20000U

static struct watch_report ask(uint32_t number, uint32_t context)
{
	struct watch_report report;
	struct svsm_regs r;

	memcpy(request_buffer[cpu_self()->index], &context, sizeof(context));
	r = request(PROTOCOL_WATCH, number, sizeof(context));
	EXPECT_EQ(r.rax, SVSM_SUCCESS);
	memcpy(&report, request_buffer[cpu_self()->index], sizeof(report));
	return report;
}

static void leave(void *regs)
{
	conformance_exit(regs);
}

/* Registers that are known, for a call that takes its arguments from *@call. */
static struct registers known(const struct svsm_regs *call, uint64_t pattern)
{
	struct registers r;
	uint64_t *words = (uint64_t *)&r;

	for (size_t i = 0; i < sizeof(r) / sizeof(*words); i++)
		words[i] = pattern * (i + 1);
	r.rflags = RFLAGS_FIXED | RFLAGS_CF | RFLAGS_SF;
	r.rax = call->rax;
	r.rcx = call->rcx;
	r.rdx = call->rdx;
	r.r8 = call->r8;
	return r;
}

/* As call() does, but *@r is what the vCPU leaves with. */
static uint64_t call_with(const struct registers *r)
{
	struct registers out;

	do {
		out = *r;
		__atomic_store_n(&cpu_self()->ca->call_pending, 1, __ATOMIC_SEQ_CST);
		EXPECT(svsm_call_by(SVSM_BY_MSR, leave, &out));
	} while (out.rax == SVSM_ERR_INCOMPLETE);
	return out.rax;
}

static void check_general(const struct service_vm_state *state, const struct registers *r)
{
	EXPECT_EQ(state->rbx, r->rbx);
	EXPECT_EQ(state->rsi, r->rsi);
	EXPECT_EQ(state->rdi, r->rdi);
	EXPECT_EQ(state->rbp, r->rbp);
	EXPECT_EQ(state->r9, r->r9);
	EXPECT_EQ(state->r10, r->r10);
	EXPECT_EQ(state->r11, r->r11);
	EXPECT_EQ(state->r12, r->r12);
	EXPECT_EQ(state->r13, r->r13);
	EXPECT_EQ(state->r14, r->r14);
	EXPECT_EQ(state->r15, r->r15);
}

static void check_state(const struct service_vm_state *state, const struct registers *r)
{
	check_general(state, r);
	EXPECT_EQ(state->rax, r->rax);
	EXPECT_EQ(state->rcx, r->rcx);
	EXPECT_EQ(state->rdx, r->rdx);
	EXPECT_EQ(state->r8, r->r8);
	EXPECT_EQ(state->rflags, r->rflags);
	EXPECT_EQ(state->exit_code, SVM_EXIT_VMGEXIT);
	EXPECT_EQ(state->cr0, read_cr0());
	EXPECT_EQ(state->cr3, read_cr3());
	EXPECT_EQ(state->cr4, read_cr4());
	EXPECT_EQ(state->efer & ~(uint64_t)EFER_SVME, rdmsr(MSR_EFER) & ~(uint64_t)EFER_SVME);
	EXPECT(state->rip - (uint64_t)conformance_exit < 1024);
}

static struct registers query(uint64_t pattern)
{
	const struct svsm_regs call = {
		.rax = svsm_function(SVSM_PROTOCOL_CORE, SVSM_CORE_QUERY_PROTOCOL), .rcx = 1};

	return known(&call, pattern);
}

static void of_the_caller(void)
{
	uint8_t *buffer = request_buffer[0];
	const struct svsm_regs call = {.rax = svsm_function(PROTOCOL_WATCH, WATCH_READ),
		.rcx = (uint64_t)buffer,
		.rdx = sizeof(uint32_t),
		.r8 = PAGE_SIZE};
	struct registers r = known(&call, PATTERN);
	struct watch_report report;

	memset(buffer, 0, sizeof(uint32_t));
	EXPECT_EQ(call_with(&r), SVSM_SUCCESS);
	memcpy(&report, buffer, sizeof(report));
	EXPECT_EQ(report.result, 0);
	EXPECT_EQ(report.waited, -EINVAL); /* with a request that is not answered */
	check_state(&report.state, &r);
}

static void of_one_that_is_awaited(void)
{
	for (uint64_t i = 1; i < 4; i++) {
		struct registers r = query(PATTERN * i);
		struct watch_report report;

		ask(WATCH_AWAIT, 0);
		EXPECT_EQ(call_with(&r), SVSM_SUCCESS);
		report = ask(WATCH_REPORT, 0);
		EXPECT_EQ(report.waited, 0);
		EXPECT_EQ(report.result, 0);
		check_state(&report.state, &r);
	}
}

static void requests_come_first(void)
{
	uint32_t other = guest.cpu_count - 1;
	struct watch_report report;

	if (!other) /* its own vCPU is there before the request is */
		return;
	ask(WATCH_AWAIT, other);
	report = ask(WATCH_REPORT, 0);
	EXPECT_EQ(report.waited, -EINTR);
}

static void none(void)
{
	EXPECT_EQ(ask(WATCH_COUNT, 0).result, guest.cpu_count);
	EXPECT_EQ(ask(WATCH_READ, guest.cpu_count).result, -ENOENT);
	EXPECT_EQ(ask(WATCH_READ, NONE).result, -ENOENT);
	ask(WATCH_AWAIT, NONE);
	EXPECT_EQ(ask(WATCH_REPORT, 0).waited, -ENOENT);
}

/* ---- Another vCPU ---- */

static uint32_t running, go, called, finish;

static void run_then_call(void *arg)
{
	struct registers r = query(PATTERN * 7);

	(void)arg;
	request_init();
	__atomic_store_n(&running, 1, __ATOMIC_SEQ_CST);
	EXPECT(wait_for(&go));
	EXPECT_EQ(call_with(&r), SVSM_SUCCESS);
	__atomic_store_n(&called, 1, __ATOMIC_SEQ_CST);
	/* From now on in the paravisor most of the time. */
	while (!__atomic_load_n(&finish, __ATOMIC_SEQ_CST))
		svsm_pvalidate_page((uint64_t)request_buffer[1], 0, true);
}

static void expect_read_in_a_call(void)
{
	struct watch_report report;

	for (uint32_t i = 0; i < TRIES; i++) {
		report = ask(WATCH_READ, 1);
		if (report.result != -EAGAIN)
			break;
	}
	EXPECT_EQ(report.result, 0);
	EXPECT_EQ(report.state.exit_code, SVM_EXIT_VMGEXIT);
	EXPECT_EQ(report.state.cr3, read_cr3());
}

static void of_another(void)
{
	struct registers r = query(PATTERN * 7);
	struct watch_report report;

	if (guest.cpu_count == 1)
		return;
	EXPECT_EQ(ask(WATCH_READ, 1).result, -EAGAIN); /* not started */
	EXPECT(smp_start(1, run_then_call, NULL));
	EXPECT(wait_for(&running));
	EXPECT_EQ(ask(WATCH_READ, 1).result, -EAGAIN);
	ask(WATCH_AWAIT, 1);
	__atomic_store_n(&go, 1, __ATOMIC_SEQ_CST);
	EXPECT(wait_for(&called));
	report = ask(WATCH_REPORT, 0);
	EXPECT_EQ(report.waited, 0);
	EXPECT_EQ(report.result, 0);
	check_state(&report.state, &r);
	expect_read_in_a_call();
	__atomic_store_n(&finish, 1, __ATOMIC_SEQ_CST);
	EXPECT(smp_join(1));
}

static const struct test_case cases[] = {
	{"registers of the vCPU that calls", of_the_caller},
	{"of one whose next call is waited for", of_one_that_is_awaited},
	{"a request ends the wait", requests_come_first},
	{"contexts that there are not", none},
	{"another vCPU: not while it runs, but when it calls", of_another},
};

void guest_main(void)
{
	request_init();
	CHECK_RUN(cases);
}
