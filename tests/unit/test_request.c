/* SPDX-License-Identifier: MIT */
/*
 * The request loop's turn: what counts as a call, what is written back, which
 * of two vCPUs of a CPU is served, and that a deleted one never is.
 */
#include "unit_test.h"

#include "fake_host.h"
#include "fake_platform.h"
#include "fake_services.h"
#include "kernel/attention.h"
#include "kernel/panic.h"
#include "kernel/request.h"
#include "protocols/core.h"
#include "x86.h"

#define STATE 0x801000UL
#define AREA 0x803000UL
#define NEW_STATE 0x805000UL
#define NEW_AREA 0x807000UL

#define QUERY_CORE ((uint64_t)SVSM_PROTOCOL_CORE << 32 | 1)
#define PRESET 0x1122334455667788UL

static struct vmsa *vmsa;

static int setup(void **state)
{
	(void)state;
	fake_reset();
	vmsa = fake_first_vcpu(0, STATE, AREA);
	return 0;
}

/* The guest calls: registers, pending byte, VMGEXIT. */
static void guest_calls(struct vmsa *caller, uint64_t area, uint64_t rax, uint64_t rcx)
{
	caller->rax = rax;
	caller->rcx = rcx;
	caller->rdx = caller->r8 = caller->r9 = PRESET;
	caller->guest_exit_code = SVM_EXIT_VMGEXIT;
	*fake_memory(area) = 1;
	request_serve(fake_cpu(0));
}

static void guest_queries(struct vmsa *caller, uint64_t area)
{
	guest_calls(caller, area, SVSM_CORE_QUERY_PROTOCOL, QUERY_CORE);
}

static void a_call_is_served(void **state)
{
	(void)state;
	guest_queries(vmsa, AREA);
	assert_int_equal(vmsa->rax, SVSM_SUCCESS);
	assert_int_equal(vmsa->rcx, 0x100000001);
	assert_int_equal(vmsa->rdx, PRESET);
	assert_int_equal(vmsa->r8, PRESET);
	assert_int_equal(vmsa->r9, PRESET);
	assert_int_equal(*fake_memory(AREA), 0);
	assert_int_equal(vmsa->efer & EFER_SVME, 0); /* until it is run */
}

static void unknown_numbers_are_refused(void **state)
{
	static const uint32_t calls[] = {4, 5, 8, 100, 0xffffffff};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++) {
		guest_calls(vmsa, AREA, calls[i], 3);
		assert_int_equal(vmsa->rax, SVSM_ERR_UNSUPPORTED_CALL);
		assert_int_equal(vmsa->rcx, 3);
		vcpu_leave(&fake_cpu(0)->current);
	}
	for (uint32_t call = 2; call; call <<= 1) {
		guest_calls(vmsa, AREA, (uint64_t)SVSM_PROTOCOL_ATTEST << 32 | call, 3);
		assert_int_equal(vmsa->rax, SVSM_ERR_UNSUPPORTED_CALL);
		assert_int_equal(vmsa->rcx, 3);
		vcpu_leave(&fake_cpu(0)->current);
	}
	for (uint64_t protocol = 2; protocol < 6; protocol++) {
		guest_calls(vmsa, AREA, protocol << 32, 3);
		assert_int_equal(vmsa->rax, SVSM_ERR_UNSUPPORTED_PROTOCOL);
		vcpu_leave(&fake_cpu(0)->current);
	}
}

static void queries_tell_versions(void **state)
{
	static const struct {
		uint64_t protocol, version, answer;
	} cases[] = {{0, 1, 0x100000001}, {0, 0, 0}, {0, 2, 0}, {0, 0xffffffff, 0},
		{1, 1, 0x100000001}, {1, 0, 0}, {1, 2, 0}, {2, 1, 0}, {0xffffffff, 1, 0}};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		guest_calls(vmsa, AREA, SVSM_CORE_QUERY_PROTOCOL,
			cases[i].protocol << 32 | cases[i].version);
		assert_int_equal(vmsa->rax, SVSM_SUCCESS);
		assert_int_equal(vmsa->rcx, cases[i].answer);
		vcpu_leave(&fake_cpu(0)->current);
	}
}

static void vtom_can_be_queried_only(void **state)
{
	(void)state;
	guest_calls(vmsa, AREA, SVSM_CORE_CONFIGURE_VTOM, 1);
	assert_int_equal(vmsa->rax, SVSM_SUCCESS);
	assert_int_equal(vmsa->rcx, 0);
	vcpu_leave(&fake_cpu(0)->current);
	guest_calls(vmsa, AREA, SVSM_CORE_CONFIGURE_VTOM, 2);
	assert_int_equal(vmsa->rax, SVSM_ERR_INVALID_REQUEST);
	assert_int_equal(vmsa->rcx, 2);
}

/* The host enters VMPL0 for no reason. */
static void no_call_without_a_pending_byte(void **state)
{
	(void)state;
	vmsa->rax = SVSM_CORE_QUERY_PROTOCOL;
	vmsa->guest_exit_code = SVM_EXIT_VMGEXIT;
	request_serve(fake_cpu(0));
	assert_int_equal(vmsa->rax, SVSM_CORE_QUERY_PROTOCOL);
}

static void no_call_without_vmgexit(void **state)
{
	static const uint64_t codes[] = {0, SVM_EXIT_INTR, SVM_EXIT_NPF, SVM_EXIT_HLT,
		SVM_EXIT_PAGE_NOT_VALIDATED, UINT64_MAX, 0x100000403};

	(void)state;
	*fake_memory(AREA) = 1;
	vmsa->rax = SVSM_CORE_QUERY_PROTOCOL;
	for (unsigned int i = 0; i < ARRAY_SIZE(codes); i++) {
		vmsa->guest_exit_code = codes[i];
		request_serve(fake_cpu(0));
		assert_int_equal(vmsa->rax, SVSM_CORE_QUERY_PROTOCOL);
		assert_int_equal(*fake_memory(AREA), 1);
		vcpu_leave(&fake_cpu(0)->current);
	}
}

static void a_calling_area_taken_by_the_host_is_no_call(void **state)
{
	(void)state;
	fake_page(AREA)->taken = true;
	guest_queries(vmsa, AREA);
	assert_int_equal(vmsa->rax, SVSM_CORE_QUERY_PROTOCOL);
	fake_page(AREA)->taken = false;
	vcpu_leave(&fake_cpu(0)->current);
	request_serve(fake_cpu(0));
	assert_int_equal(vmsa->rax, SVSM_SUCCESS);
}

static struct vmsa *offer_second(void)
{
	struct vmsa *second = fake_first_vcpu(0, NEW_STATE, NEW_AREA);

	request_serve(fake_cpu(0));
	return second;
}

static void an_idle_cpu_adopts_what_is_offered(void **state)
{
	(void)state;
	assert_null(fake_cpu(0)->current.vcpu);
	request_serve(fake_cpu(0));
	assert_int_equal(fake_cpu(0)->current.vcpu->save_area, STATE);
	fake_play(1);
	request_serve(fake_cpu(1));
	assert_null(fake_cpu(1)->current.vcpu);
}

/* Started by the host at AP creation: the first thing seen is its call. */
static void an_idle_cpu_serves_the_first_call_of_what_is_offered(void **state)
{
	(void)state;
	guest_queries(vmsa, AREA);
	assert_int_equal(vmsa->rax, SVSM_SUCCESS);
	assert_int_equal(fake_cpu(0)->current.vcpu->save_area, STATE);
}

static void the_current_vcpu_stays_until_the_offered_one_calls(void **state)
{
	struct vmsa *second;

	(void)state;
	request_serve(fake_cpu(0));
	vcpu_leave(&fake_cpu(0)->current);
	second = offer_second();
	assert_int_equal(fake_cpu(0)->current.vcpu->save_area, STATE);
	assert_true(second->efer & EFER_SVME);
	vcpu_leave(&fake_cpu(0)->current);
	guest_queries(vmsa, AREA);
	assert_int_equal(vmsa->rax, SVSM_SUCCESS);
	platform_vcpu_release(fake_cpu(0)->current.state);
	vcpu_leave(&fake_cpu(0)->current);
	guest_queries(second, NEW_AREA);
	assert_int_equal(second->rax, SVSM_SUCCESS);
	assert_int_equal(fake_cpu(0)->current.vcpu->save_area, NEW_STATE);
	assert_true(vmsa->efer & EFER_SVME);
}

/* CPU hotplug in Linux: the old save area still says VMGEXIT. */
static void a_shared_calling_area_is_the_callers(void **state)
{
	struct vmsa *second;

	(void)state;
	guest_queries(vmsa, AREA);
	platform_vcpu_release(fake_cpu(0)->current.state);
	vcpu_leave(&fake_cpu(0)->current);
	vmsa->rax = PRESET;
	second = fake_first_vcpu(0, NEW_STATE, AREA);
	guest_queries(second, AREA);
	assert_int_equal(second->rax, SVSM_SUCCESS);
	assert_int_equal(vmsa->rax, PRESET);
	assert_int_equal(fake_cpu(0)->current.vcpu->save_area, NEW_STATE);
}

static void remapping_in_the_first_call_of_an_offered_vcpu_works(void **state)
{
	struct vmsa *second;

	(void)state;
	request_serve(fake_cpu(0));
	vcpu_leave(&fake_cpu(0)->current);
	second = offer_second();
	vcpu_leave(&fake_cpu(0)->current);
	fake_give(0x809000, PAGE_SIZE, 0);
	guest_calls(second, NEW_AREA, SVSM_CORE_REMAP_CA, 0x809000);
	assert_int_equal(second->rax, SVSM_SUCCESS);
	assert_int_equal(fake_cpu(0)->current.vcpu->calling_area, 0x809000);
	assert_int_equal(fake_state(AREA), PAGE_STATE_GUEST | PAGE_STATE_CALLING_AREA);
	assert_int_equal(fake_state(NEW_AREA), PAGE_STATE_GUEST);
}

static void a_deleted_vcpu_is_not_touched_again(void **state)
{
	const struct svsm_call deletion = {.rcx = STATE};

	(void)state;
	request_serve(fake_cpu(0));
	vcpu_leave(&fake_cpu(0)->current);
	fake_play(1);
	assert_int_equal(core_delete_vcpu(&deletion), SVSM_SUCCESS);
	fake_play(0);
	memset(vmsa, 0x5a, PAGE_SIZE);
	request_serve(fake_cpu(0));
	assert_null(fake_cpu(0)->current.vcpu);
	assert_int_equal(vmsa->efer, 0x5a5a5a5a5a5a5a5a);
}

/* The slot is used again for another page: the old view of it is stale. */
static void a_reused_slot_is_not_mistaken_for_the_old_vcpu(void **state)
{
	const struct svsm_call deletion = {.rcx = STATE};

	(void)state;
	request_serve(fake_cpu(0));
	vcpu_leave(&fake_cpu(0)->current);
	fake_play(1);
	assert_int_equal(core_delete_vcpu(&deletion), SVSM_SUCCESS);
	fake_play(0);
	memset(vmsa, 0x5a, PAGE_SIZE);
	fake_first_vcpu(0, NEW_STATE, NEW_AREA);
	request_serve(fake_cpu(0));
	assert_int_equal(vmsa->efer, 0x5a5a5a5a5a5a5a5a);
	assert_int_equal(fake_cpu(0)->current.vcpu->save_area, NEW_STATE);
}

/* Another CPU finishes the slot's new vCPU as soon as the old one's page is mapped. */
static void finish_the_new_vcpu(const char *operation, uint64_t page)
{
	struct vcpu *slot = &fake_cpu(0)->registry.slots[0];

	if (strcmp(operation, "map") || page != STATE)
		return;
	fake_hook = NULL;
	slot->save_area = NEW_STATE;
	slot->calling_area = NEW_AREA;
	vcpu_open(slot);
}

static void a_slot_that_is_being_filled_is_not_looked_at(void **state)
{
	(void)state;
	assert_true(vcpu_close(&fake_cpu(0)->registry.slots[0]));
	fake_give(NEW_STATE, 3 * PAGE_SIZE, 0);
	memset(vmsa, 0x5a, PAGE_SIZE); /* the guest's data by now */
	vmsa->efer |= EFER_SVME;
	fake_hook = finish_the_new_vcpu;
	request_serve(fake_cpu(0));
	assert_null(fake_cpu(0)->current.vcpu);
	assert_int_equal(vmsa->efer, 0x5a5a5a5a5a5a5a5a | EFER_SVME);
}

static void a_cpu_ends_when_another_one_has_panicked(void **state)
{
	(void)state;
	guest_queries(vmsa, AREA);
	vcpu_leave(&fake_cpu(0)->current);
	vmsa->rax = PRESET;
	*fake_memory(AREA) = 0;
	fake_runs = 0;
	attention = 0;
	if (!setjmp(fake_end))
		request_loop();
	assert_int_equal(fake_runs, 1);
	*fake_memory(AREA) = 1;
	if (!setjmp(fake_end))
		request_loop();
	assert_int_equal(fake_runs, 1);
	assert_int_equal(vmsa->rax, PRESET);
}

static void note_attendance(struct cpu *cpu)
{
	assert_ptr_equal(cpu, fake_cpu(0));
	assert_int_equal(vmsa->rax, PRESET); /* the call waits */
	attention_drop(ATTENTION_INIT);
}

/* Once, before the call is taken; and never in a turn that has no reason for it. */
static void services_are_attended_before_the_next_call(void **state)
{
	(void)state;
	guest_queries(vmsa, AREA);
	vcpu_leave(&fake_cpu(0)->current);
	vmsa->rax = PRESET;
	*fake_memory(AREA) = 1;
	fake_attended = 0;
	fake_on_attend = note_attendance;
	fake_turns = 3;
	attention = ATTENTION_INIT;
	if (!setjmp(fake_end))
		request_loop();
	fake_on_attend = NULL;
	fake_turns = 0;
	assert_int_equal(fake_attended, 1);
	assert_int_not_equal(vmsa->rax, PRESET);
}

/* Two questions to the host in one turn. Returns how it ended (fake_end). */
static int run_refused(unsigned int refusals, void (*meanwhile)(void))
{
	int how;

	fake_runs = fake_registered = 0;
	fake_refusals = refusals;
	fake_on_run = meanwhile;
	fake_turns = 2;
	attention = 0;
	how = setjmp(fake_end);
	if (!how)
		request_loop();
	fake_on_run = NULL;
	return how;
}

static void a_host_that_refuses_is_told_of_the_vcpu_once(void **state)
{
	(void)state;
	assert_int_equal(run_refused(1, NULL), 1);
	assert_int_equal(fake_registered, STATE);
	assert_int_equal(fake_runs, 2);
	vcpu_leave(&fake_cpu(0)->current);
	assert_int_equal(run_refused(2, NULL), 2);
}

static void delete_it(void)
{
	const struct svsm_call deletion = {.rcx = STATE};

	fake_play(1);
	assert_int_equal(core_delete_vcpu(&deletion), SVSM_SUCCESS);
	fake_play(0);
	fake_on_run = NULL;
}

/* The slot may hold the next vCPU, and the page be the guest's data. */
static void a_vcpu_deleted_while_the_host_refuses_is_not_named(void **state)
{
	(void)state;
	assert_int_equal(run_refused(1, delete_it), 1);
	assert_int_equal(fake_registered, 0);
	assert_int_equal(fake_runs, 1);
	assert_null(fake_cpu(0)->current.vcpu);
}

static void delete_at_the_second(void)
{
	if (fake_runs == 2)
		delete_it();
}

static void a_refusal_to_run_a_deleted_vcpu_is_no_lie(void **state)
{
	(void)state;
	assert_int_equal(run_refused(2, delete_at_the_second), 1);
	assert_int_equal(fake_registered, STATE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_call_is_served, setup),
		cmocka_unit_test_setup(unknown_numbers_are_refused, setup),
		cmocka_unit_test_setup(queries_tell_versions, setup),
		cmocka_unit_test_setup(vtom_can_be_queried_only, setup),
		cmocka_unit_test_setup(no_call_without_a_pending_byte, setup),
		cmocka_unit_test_setup(no_call_without_vmgexit, setup),
		cmocka_unit_test_setup(a_calling_area_taken_by_the_host_is_no_call, setup),
		cmocka_unit_test_setup(an_idle_cpu_adopts_what_is_offered, setup),
		cmocka_unit_test_setup(an_idle_cpu_serves_the_first_call_of_what_is_offered, setup),
		cmocka_unit_test_setup(the_current_vcpu_stays_until_the_offered_one_calls, setup),
		cmocka_unit_test_setup(a_shared_calling_area_is_the_callers, setup),
		cmocka_unit_test_setup(remapping_in_the_first_call_of_an_offered_vcpu_works, setup),
		cmocka_unit_test_setup(a_deleted_vcpu_is_not_touched_again, setup),
		cmocka_unit_test_setup(a_reused_slot_is_not_mistaken_for_the_old_vcpu, setup),
		cmocka_unit_test_setup(a_slot_that_is_being_filled_is_not_looked_at, setup),
		cmocka_unit_test_setup(a_host_that_refuses_is_told_of_the_vcpu_once, setup),
		cmocka_unit_test_setup(a_vcpu_deleted_while_the_host_refuses_is_not_named, setup),
		cmocka_unit_test_setup(a_refusal_to_run_a_deleted_vcpu_is_no_lie, setup),
		cmocka_unit_test_setup(a_cpu_ends_when_another_one_has_panicked, setup),
		cmocka_unit_test_setup(services_are_attended_before_the_next_call, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
