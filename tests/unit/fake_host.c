/* SPDX-License-Identifier: MIT */
/*
 * The GHCB calls that platform/sev-snp/vcpu.c and kernel/request.c make, in
 * tests that have no GHCB.
 */
#include <stdlib.h>

#include "fake_host.h"
#include "kernel/panic.h"
#include "platform.h"
#include "platform/sev-snp/ghcb_page.h"

unsigned int fake_runs;
jmp_buf fake_end;
uint32_t panic_begun;

void ghcb_begin(volatile struct ghcb *ghcb, uint64_t code, uint64_t info1, uint64_t info2)
{
	(void)ghcb;
	(void)info1;
	(void)info2;
	fake_runs += code == GHCB_EVENT_RUN_VMPL;
	panic_begun = 1; /* one turn of the loop, as if another CPU panicked meanwhile */
}

enum ghcb_result ghcb_exit(volatile struct ghcb *ghcb)
{
	(void)ghcb;
	return GHCB_RESULT_OK;
}

void platform_vcpu_register(const struct cpu *cpu, uint64_t save_area)
{
	(void)cpu;
	(void)save_area;
}

void platform_cpu_hold(void)
{
}

void give_up(unsigned int reason, const char *text, ...)
{
	(void)reason;
	(void)text;
	abort();
}

void panic_join(void)
{
	longjmp(fake_end, 1);
}
