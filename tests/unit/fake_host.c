/* SPDX-License-Identifier: MIT */
/*
 * The GHCB calls that platform/sev-snp/vcpu.c and kernel/request.c make, in
 * tests that have no GHCB.
 */
#include "fake_host.h"
#include "kernel/attention.h"
#include "kernel/panic.h"
#include "platform.h"
#include "platform/sev-snp/ghcb_page.h"

unsigned int fake_runs, fake_refusals, fake_turns;
uint64_t fake_registered;
void (*fake_on_run)(void);
jmp_buf fake_end;
uint32_t attention;

void ghcb_begin(volatile struct ghcb *ghcb, uint64_t code, uint64_t info1, uint64_t info2)
{
	(void)ghcb;
	(void)info1;
	(void)info2;
	fake_runs += code == GHCB_EVENT_RUN_VMPL;
	if (!fake_turns || !--fake_turns)
		attention_want(ATTENTION_PANIC); /* as if another CPU panicked meanwhile */
}

enum ghcb_result ghcb_exit(volatile struct ghcb *ghcb)
{
	(void)ghcb;
	if (fake_on_run)
		fake_on_run();
	return fake_refusals && fake_refusals-- ? GHCB_RESULT_MALFORMED : GHCB_RESULT_OK;
}

void platform_vcpu_register(const struct cpu *cpu, uint64_t save_area)
{
	(void)cpu;
	fake_registered = save_area;
}

void platform_cpu_hold(void)
{
	attention_want(ATTENTION_PANIC);
}

void give_up(unsigned int reason, const char *text, ...)
{
	(void)reason;
	(void)text;
	longjmp(fake_end, 2);
}

void panic_join(void)
{
	longjmp(fake_end, 1);
}
