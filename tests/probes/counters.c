/* SPDX-License-Identifier: MIT */
/*
 * Every vCPU executes RMPQUERY a known number of times at once; check-counters
 * compares with what the machine has counted.
 */
#include "check.h"
#include "cpu.h"
#include "guest.h"
#include "insn.h"
#include "vmpl.h"

#define QUERIES 5000U

static uint32_t started;

static void query(void *arg)
{
	__atomic_fetch_add(&started, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&started, __ATOMIC_SEQ_CST) < guest.cpu_count)
		cpu_relax();
	for (uint32_t i = 0; i < QUERIES; i++)
		EXPECT_EQ(rmpquery(&started, 1).code, RMP_SUCCESS);
	(void)arg;
}

static void all_at_once(void)
{
	for (uint32_t i = 1; i < guest.cpu_count; i++)
		EXPECT(smp_start(i, query, NULL));
	query(NULL);
	for (uint32_t i = 1; i < guest.cpu_count; i++)
		EXPECT(smp_join(i));
}

static const struct test_case cases[] = {
	{"RMPQUERY by every vCPU at once", all_at_once},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
