/* SPDX-License-Identifier: MIT */
/*
 * The guest library itself, on the plain paths that every other probe stands
 * on; built as a probe, and as a bzImage that boots with a paravisor or without.
 */
#include "check.h"
#include "console.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "svsm_call.h"
#include "user.h"
#include "vmpl.h"

static void facts(void)
{
	EXPECT(guest.ram_count > 0);
	EXPECT(guest.cpu_count > 0);
	EXPECT_EQ(guest.vmpl, guest.svsm ? guest.secrets->svsm_guest_vmpl : 0);
	EXPECT_EQ(guest.svsm, guest.vmpl != 0);
	EXPECT_EQ(rdmsr(MSR_SEV_STATUS) & 7, 7);
	print("# C-bit %u, %u vCPUs, RAM %lx + %lx, command line '%s'\n", guest.c_bit,
		guest.cpu_count, guest.ram[0].base, guest.ram[0].size, guest.cmdline);
}

static void try_one(void)
{
	struct trap t = TRY("ud2", : : "memory");

	EXPECT_EQ(t.vector, VEC_UD);
	t = TRY("nop", : : "memory");
	EXPECT_EQ(t.vector, TRAP_NONE);
	t = TRY("movq (%0), %%rax", : "r"(WINDOW_BASE) : "rax", "memory");
	EXPECT_EQ(t.vector, VEC_PF);
	EXPECT_EQ(t.cr2, WINDOW_BASE);
}

static void divide(void *arg)
{
	__asm__ volatile("xorl %%ecx, %%ecx; xorl %%edx, %%edx; movl $1, %%eax; divl %%ecx"
			 :
			 :
			 : "eax", "ecx", "edx");
	(void)arg;
}

static void guarded(void)
{
	EXPECT_EQ(trap_guard_call(divide, NULL).vector, VEC_DE);
}

USER_CODE(user_add, "leaq 1(%rdi), %rax; int3");
USER_CODE(user_halt, "hlt; int3");

static void ring3(void)
{
	struct trap t = USER_RUN(user_add, 41);

	EXPECT_EQ(t.vector, VEC_BP);
	EXPECT_EQ(t.cs & 3, 3);
	EXPECT_EQ(USER_RUN(user_halt, 0).vector, VEC_GP);
}

static uint32_t answer;

static void other_cpu(void *arg)
{
	answer = *(uint32_t *)arg + cpu_self()->index;
	print("# vCPU %u speaks\n", cpu_self()->index);
}

static void second_cpu(void)
{
	uint32_t number = 41;

	if (guest.cpu_count == 1)
		return;
	EXPECT(smp_start(1, other_cpu, &number));
	EXPECT(smp_join(1));
	EXPECT_EQ(answer, 42);
}

static void shared_pages(void)
{
	uint64_t gpa;
	uint64_t *shared = page_alloc_shared(&gpa);

	*shared = 0x1234;
	EXPECT_EQ(*(volatile uint64_t *)shared, 0x1234);
	EXPECT(page_make_private(gpa));
	EXPECT_NE(*(volatile uint64_t *)private_view(gpa), 0x1234);
}

/* Both forms of a call, and one that changes a page. */
static void paravisor(void)
{
	struct svsm_regs r = {
		.rax = svsm_function(SVSM_PROTOCOL_CORE, SVSM_CORE_QUERY_PROTOCOL), .rcx = 1};
	uint64_t gpa = (uint64_t)page_alloc();

	EXPECT(svsm_call(&r, SVSM_BY_NAE));
	EXPECT_EQ(r.rax, SVSM_SUCCESS);
	EXPECT_EQ(r.rcx, svsm_query_protocol(SVSM_PROTOCOL_CORE, 1));
	EXPECT_EQ(r.rcx, 1UL << 32 | 1);
	EXPECT_EQ(svsm_pvalidate_page(gpa, RMP_SIZE_4K, true), SVSM_ERR_PVALIDATE_NO_CHANGE);
	EXPECT_EQ(svsm_remap_ca(gpa), SVSM_SUCCESS);
	EXPECT_EQ(svsm_query_protocol(SVSM_PROTOCOL_CORE, 1), 1UL << 32 | 1);
}

/* The last is for a guest that a paravisor serves. */
static const struct test_case cases[] = {
	{"facts of the launch", facts},
	{"one instruction that may fault", try_one},
	{"a guarded function ends at its trap", guarded},
	{"ring 3", ring3},
	{"shared pages", shared_pages},
	{"a second vCPU", second_cpu},
	{"calls to the paravisor", paravisor},
};

void guest_main(void)
{
	check_run(cases, ARRAY_SIZE(cases) - !guest.svsm);
}
