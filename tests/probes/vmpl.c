/* SPDX-License-Identifier: MIT */
/*
 * VMPLs of one vCPU: running another by MSR and by event, what the host keeps
 * per VMPL, and the rights of the RMP as accesses that are allowed. Those that
 * are refused end a run: fatal.c.
 */
#include "check.h"
#include "cpu.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "nae.h"
#include "rmp_help.h"
#include "user.h"
#include "vmpl.h"

static uint32_t trace[8], traced;

static void note(uint32_t what)
{
	if (traced < ARRAY_SIZE(trace))
		trace[traced++] = what;
}

static void no_such_vmpl(void)
{
	EXPECT_EQ(nae_run_vmpl(0), GHCB_RESULT_OK);
	EXPECT_EQ(nae_run_vmpl(1), GHCB_RESULT_MALFORMED);
	EXPECT_EQ(nae_run_vmpl(4), GHCB_RESULT_MALFORMED);
	EXPECT_EQ(nae_run_vmpl(~0U), GHCB_RESULT_MALFORMED);
	EXPECT(!vmpl_enter(1));
}

/* --- Entering and leaving --- */

static uint64_t first_msr, own_status;
static bool foreign_ghcb_refused;

static void in_vmpl1(void *arg)
{
	note(1);
	first_msr = rdmsr(MSR_GHCB);
	own_status = rdmsr(MSR_SEV_STATUS);
	EXPECT(vmpl_enter(0)); /* MSR form */
	note(2);
	EXPECT(ghcb_setup());
	EXPECT_EQ(nae_run_vmpl(0), GHCB_RESULT_OK); /* event form */
	note(3);
	(void)arg;
}

static struct vmsa *vmsa1;

static void both_forms(void)
{
	uint64_t msr = rdmsr(MSR_GHCB);

	memory_grant(1, RMP_PERM_RWX);
	vmsa1 = vmpl_create(1, in_vmpl1, NULL);
	EXPECT(vmpl_enter(1));
	note(10);
	EXPECT_EQ(vmsa1->guest_exit_code, SVM_EXIT_VMGEXIT);
	EXPECT_EQ(vmsa1->vintr_ctrl & VINTR_BUSY, 0);
	EXPECT_EQ(nae_run_vmpl(1), GHCB_RESULT_OK);
	note(11);
	EXPECT_EQ(rdmsr(MSR_GHCB), msr); /* each VMPL has its own */
	EXPECT(vmpl_enter(1));
	note(12);
	EXPECT_EQ(traced, 6);
	for (uint32_t i = 0; i < 3; i++) {
		EXPECT_EQ(trace[2 * i], 1 + i);
		EXPECT_EQ(trace[2 * i + 1], 10 + i);
	}
	EXPECT_EQ(own_status, 7);
}

static void first_ghcb_msr(void)
{
	EXPECT_EQ(first_msr & GHCB_MSR_INFO_MASK, GHCB_MSR_SEV_INFO);
}

/* A GHCB that VMPL 0 registered is not VMPL 1's. */
static void borrow_ghcb(void *arg)
{
	struct cpu *lender = arg, *self = cpu_self();
	struct nae n = {.code = GHCB_EVENT_FEATURES};

	self->ghcb = lender->ghcb;
	self->ghcb_gpa = lender->ghcb_gpa;
	nae_call(&n);
	foreign_ghcb_refused = n.info1 == GHCB_RESULT_MALFORMED &&
			       n.info2 == GHCB_ERR_NOT_REGISTERED;
	self->ghcb = NULL;
}

static void registration_per_vmpl(void)
{
	struct vmsa *vmsa;

	memory_grant(2, RMP_PERM_RWX);
	vmsa = vmpl_create(2, borrow_ghcb, cpu_self());
	EXPECT(vmpl_enter(2));
	EXPECT(foreign_ghcb_refused);
	EXPECT_EQ(vmsa->vmpl, 2);
}

/* Nobody makes a context above itself. */
static uint64_t creation_result[2];

static void create_from_below(void *arg)
{
	struct nae n;

	EXPECT(ghcb_setup());
	nae_ap_creation(&n, AP_CREATE, 0, cpu_self()->apic_id, (uint64_t)arg, 1);
	creation_result[0] = n.info1;
	creation_result[1] = n.info2;
}

static void creation_above(void)
{
	vmpl_create(1, create_from_below, page_alloc_vmsa());
	EXPECT(vmpl_enter(1));
	EXPECT_EQ(creation_result[0], GHCB_RESULT_MALFORMED);
	EXPECT_EQ(creation_result[1], GHCB_ERR_INVALID_INPUT);
}

/* VMPL 2 is entered from VMPL 1 and leaves to it, then VMPL 1 to VMPL 0. */
static void deep(void *arg)
{
	note(*(uint32_t *)arg);
	EXPECT(vmpl_enter(1));
	note(*(uint32_t *)arg + 1);
}

static void middle(void *arg)
{
	note(30);
	EXPECT(vmpl_enter(2));
	note(31);
	(void)arg;
}

static void three_levels(void)
{
	uint32_t number = 40;

	traced = 0;
	vmpl_create(2, deep, &number);
	vmpl_create(1, middle, NULL);
	EXPECT(vmpl_enter(1));
	EXPECT_EQ(traced, 3);
	EXPECT_EQ(trace[0], 30);
	EXPECT_EQ(trace[1], 40);
	EXPECT_EQ(trace[2], 31);
}

/* The VMSA at rest belongs to VMPL 0: it may move RIP, and the vCPU goes there. */
static uint32_t landed;

static void elsewhere(void)
{
	landed = 1;
	for (;;)
		ghcb_msr_run_vmpl(0);
}

static void vmsa_is_editable(void)
{
	struct vmsa *vmsa = vmpl_create(1, in_vmpl1, NULL);

	vmsa->rip = (uint64_t)elsewhere;
	EXPECT(vmpl_enter(1));
	EXPECT_EQ(landed, 1);
}

/* --- Rights that allow --- */

static uint64_t page;

static uint64_t private_page(uint64_t perms)
{
	uint64_t gpa = region_take(PAGE_SIZE, PAGE_SIZE);

	EXPECT(page_make_private(gpa));
	EXPECT_EQ(rmpadjust(private_view(gpa), RMP_SIZE_4K, rmp_attributes(1, perms)), RMP_SUCCESS);
	return gpa;
}

static void use_rights(void *arg)
{
	volatile uint64_t *p = private_view(page);

	EXPECT_EQ(*p, 0x600d);
	if (*(uint32_t *)arg & RMP_PERM_WRITE)
		*p = 0xbeef;
}

static void read_and_write(void)
{
	uint32_t perms = RMP_PERM_READ;

	page = private_page(perms);
	*(volatile uint64_t *)page = 0x600d;
	vmpl_create(1, use_rights, &perms);
	EXPECT(vmpl_enter(1));
	perms = RMP_PERM_READ | RMP_PERM_WRITE;
	EXPECT_EQ(
		rmpadjust(private_view(page), RMP_SIZE_4K, rmp_attributes(1, perms)), RMP_SUCCESS);
	vmpl_create(1, use_rights, &perms);
	EXPECT(vmpl_enter(1));
	EXPECT_EQ(*(volatile uint64_t *)page, 0xbeef);
}

/* mov $77, %eax; ret: and int3 for ring 3 */
static const uint8_t code77[] = {0xb8, 77, 0, 0, 0, 0xc3, 0xcc};
static uint32_t called;
static struct trap user_trap;

static void call_supervisor(void *arg)
{
	called = ((uint32_t(*)(void))page)();
	(void)arg;
}

static void supervisor_execute(void)
{
	page = private_page(RMP_PERM_READ | RMP_PERM_EXEC_SUPER);
	__builtin_memcpy((void *)page, code77, sizeof(code77));
	vmpl_create(1, call_supervisor, NULL);
	EXPECT(vmpl_enter(1));
	EXPECT_EQ(called, 77);
}

static uint64_t user_va, user_stack;

static void call_user(void *arg)
{
	user_trap = trap_guard_user(user_va + 6, user_stack + PAGE_SIZE - 16, 0);
	(void)arg;
}

static void user_execute(void)
{
	page = private_page(RMP_PERM_READ | RMP_PERM_EXEC_USER);
	__builtin_memcpy((void *)page, code77, sizeof(code77));
	user_va = paging_window();
	user_stack = paging_window();
	paging_map(user_va, pte_user(page));
	paging_map(user_stack, pte_user((uint64_t)page_alloc()));
	vmpl_create(1, call_user, NULL);
	EXPECT(vmpl_enter(1));
	EXPECT_EQ(user_trap.vector, VEC_BP);
	EXPECT_EQ(user_trap.cs & 3, 3);
}

/* --- #VC and 404h at a lower VMPL --- */

static struct trap traps[3];

static struct trap try_cpuid(void)
{
	uint64_t leaf = 0;

	return TRY("cpuid", "+a"(leaf) : "c"(0) : "ebx", "edx");
}

static void raise_vc(void *arg)
{
	traps[0] = try_cpuid();
	traps[1] = try_read((void *)page, NULL);
	traps[2] = try_read(shared_view(0xfed00000), NULL);
	(void)arg;
}

static void vc_below(void)
{
	page = assigned_page();
	vmpl_create(1, raise_vc, NULL);
	EXPECT(vmpl_enter(1));
	EXPECT_EQ(traps[0].error, SVM_EXIT_CPUID);
	EXPECT_EQ(traps[1].error, SVM_EXIT_PAGE_NOT_VALIDATED);
	EXPECT_EQ(traps[2].error, SVM_EXIT_NPF);
	for (size_t i = 0; i < ARRAY_SIZE(traps); i++)
		EXPECT_EQ(traps[i].vector, VEC_VC);
}

static const struct test_case cases[] = {
	{"run-VMPL refuses what there is not, and takes its own level", no_such_vmpl},
	{"run-VMPL by MSR and by event, there and back", both_forms},
	{"the GHCB MSR of each VMPL starts as SEV information", first_ghcb_msr},
	{"a GHCB is registered for one VMPL", registration_per_vmpl},
	{"AP creation for VMPL 0 is refused to VMPL 1", creation_above},
	{"VMPL 1 runs VMPL 2, which runs VMPL 1", three_levels},
	{"a VMSA that does not run can be edited", vmsa_is_editable},
	{"rights: read, and read with write", read_and_write},
	{"rights: execute for ring 0 alone", supervisor_execute},
	{"rights: execute for ring 3 alone", user_execute},
	{"#VC at a lower VMPL goes to its own handler", vc_below},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
