/* SPDX-License-Identifier: MIT */
/*
 * Registers of a guest's vCPU for a service: only while that vCPU stands still,
 * also when its CPU lets go of it, or the host takes its page, in between.
 */
#include "unit_test.h"

#include "fake_platform.h"
#include "kernel/vm_context.h"
#include "x86.h"

#define STATE 0x801000UL
#define AREA 0x803000UL

static struct vmsa *vmsa;
static struct vcpu *vcpu;
static struct vcpu_view view;

static int set_up(void **state)
{
	(void)state;
	fake_reset();
	vmsa = fake_first_vcpu(1, STATE, AREA);
	vcpu = &fake_cpu(1)->registry.slots[0];
	view = (struct vcpu_view){.vcpu = vcpu, .idle_tag = vcpu->tag};
	vmsa->rip = 0x1111;
	vmsa->rax = 0x2222;
	vmsa->r15 = 0x3333;
	vmsa->cr3 = 0x4444;
	vmsa->guest_exit_code = SVM_EXIT_VMGEXIT;
	return 0;
}

/* CPU 1 takes a call of its vCPU's. */
static void serve(void)
{
	assert_true(vcpu_enter(&view));
	vmsa->efer &= ~(uint64_t)EFER_SVME;
}

static void let_go(void)
{
	vmsa->efer |= EFER_SVME;
	vcpu_leave(&view);
}

static void one_that_stands_still_is_shown(void **state)
{
	struct service_vm_state registers;

	(void)state;
	serve();
	assert_true(vm_context_read(1, &registers));
	assert_int_equal(registers.rip, 0x1111);
	assert_int_equal(registers.rax, 0x2222);
	assert_int_equal(registers.r15, 0x3333);
	assert_int_equal(registers.cr3, 0x4444);
	assert_int_equal(registers.exit_code, SVM_EXIT_VMGEXIT);
	assert_int_equal(registers.efer, EFER_SVME); /* the guest's own */
	assert_int_equal(vcpu->tag, view.idle_tag - VCPU_IDLE + VCPU_SERVING);
	assert_true(vm_context_read(1, &registers));
	let_go();
	assert_true(vcpu_enter(&view));
}

static void one_that_runs_is_not(void **state)
{
	struct service_vm_state registers;

	(void)state;
	assert_false(vm_context_read(1, &registers));
	assert_false(vm_context_read(0, &registers)); /* has none at all */
	assert_true(vcpu_close(vcpu));
	assert_false(vm_context_read(1, &registers));
}

/* Entered, but its CPU has not stopped it yet. */
static void one_that_may_still_run_is_not(void **state)
{
	struct service_vm_state registers;

	(void)state;
	assert_true(vcpu_enter(&view));
	assert_false(vm_context_read(1, &registers));
	assert_int_equal(vcpu->tag, view.idle_tag - VCPU_IDLE + VCPU_SERVING);
}

static void go_and_come_back(const char *operation, uint64_t page)
{
	if (strcmp(operation, "map") || page != STATE)
		return;
	fake_hook = NULL;
	let_go();
	serve();
}

static void one_that_ran_meanwhile_is_not(void **state)
{
	struct service_vm_state registers;

	(void)state;
	serve();
	fake_hook = go_and_come_back;
	assert_false(vm_context_read(1, &registers));
	assert_null(fake_hook);
	assert_int_equal(vcpu->tag, view.idle_tag - VCPU_IDLE + VCPU_SERVING);
}

static void a_page_that_the_host_took_is_not(void **state)
{
	struct service_vm_state registers;

	(void)state;
	serve();
	fake_page(STATE)->taken = true;
	assert_false(vm_context_read(1, &registers));
	assert_int_equal(vcpu->tag, view.idle_tag - VCPU_IDLE + VCPU_SERVING);
}

static void one_reads_at_a_time(void **state)
{
	struct service_vm_state registers;

	(void)state;
	serve();
	vcpu->tag |= VCPU_WATCHED; /* another CPU */
	assert_false(vm_context_read(1, &registers));
	assert_true(vcpu_is_registered(vcpu, view.idle_tag));
	let_go();
	assert_int_equal(vcpu->tag, view.idle_tag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_that_stands_still_is_shown, set_up),
		cmocka_unit_test_setup(one_that_runs_is_not, set_up),
		cmocka_unit_test_setup(one_that_may_still_run_is_not, set_up),
		cmocka_unit_test_setup(one_that_ran_meanwhile_is_not, set_up),
		cmocka_unit_test_setup(a_page_that_the_host_took_is_not, set_up),
		cmocka_unit_test_setup(one_reads_at_a_time, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
