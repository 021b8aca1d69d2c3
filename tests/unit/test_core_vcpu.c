/* SPDX-License-Identifier: MIT */
/*
 * CREATE_VCPU, DELETE_VCPU and REMAP_CA: every refusal leaves page, rights and
 * registry as they were; pages never have two roles at once.
 */
#include "unit_test.h"

#include "fake_platform.h"
#include "kernel/request.h"
#include "kernel/windows.h"
#include "protocols/core.h"
#include "x86.h"

#define FIRST_STATE 0x800000UL + PAGE_SIZE
#define FIRST_AREA 0x802000UL
#define STATE 0x901000UL
#define AREA 0x903000UL
#define APIC_ID 11U /* CPU 1 */

static int setup(void **state)
{
	(void)state;
	fake_reset();
	fake_first_vcpu(0, FIRST_STATE, FIRST_AREA);
	request_serve(fake_cpu(0)); /* adopts it */
	fake_give(STATE - PAGE_SIZE, 16 * PAGE_SIZE, 0);
	return 0;
}

static struct vmsa *prepare(uint64_t address)
{
	struct vmsa *vmsa = (struct vmsa *)fake_memory(address);

	memset(vmsa, 0, PAGE_SIZE);
	vmsa->vmpl = FAKE_GUEST_VMPL;
	vmsa->efer = EFER_SVME;
	vmsa->sev_features = SEV_FEATURE_SNP;
	return vmsa;
}

static uint32_t create(uint64_t save_area, uint64_t calling_area, uint64_t apic_id)
{
	const struct svsm_call call = {.rcx = save_area, .rdx = calling_area, .r8 = apic_id};

	return core_create_vcpu(&call);
}

static uint32_t delete (uint64_t save_area)
{
	const struct svsm_call call = {.rcx = save_area};

	return core_delete_vcpu(&call);
}

static uint32_t remap(uint64_t calling_area)
{
	const struct svsm_call call = {.rcx = calling_area};

	return core_remap_ca(&call);
}

static void assert_plain(uint64_t page)
{
	assert_int_equal(fake_state(page), PAGE_STATE_GUEST);
	assert_false(fake_page(page)->vmsa);
	assert_int_equal(fake_page(page)->perms[FAKE_GUEST_VMPL], RMP_PERM_RWX);
}

static void assert_refused(
	uint32_t expected, uint64_t save_area, uint64_t calling_area, uint64_t apic_id)
{
	assert_int_equal(create(save_area, calling_area, apic_id), expected);
	assert_plain(STATE);
	assert_plain(AREA);
	assert_null(fake_cpu(1)->registry.offered);
	assert_int_equal(fake_cpu(1)->registry.lock.taken, 0);
}

static void creating_seals_the_page_and_offers_the_vcpu(void **state)
{
	(void)state;
	prepare(STATE);
	fake_page(STATE)->perms[3] = RMP_PERM_RWX;
	assert_int_equal(create(STATE, AREA, APIC_ID), SVSM_SUCCESS);
	assert_int_equal(fake_state(STATE), PAGE_STATE_VCPU);
	assert_true(fake_page(STATE)->vmsa);
	assert_int_equal(fake_page(STATE)->perms[FAKE_GUEST_VMPL] & RMP_PERM_WRITE, 0);
	assert_int_equal(fake_page(STATE)->perms[3], 0);
	assert_int_equal(fake_state(AREA), PAGE_STATE_GUEST | PAGE_STATE_CALLING_AREA);
	assert_int_equal(fake_cpu(1)->registry.offered->save_area, STATE);
	assert_int_equal(fake_flushes, 1);
	assert_int_equal(fake_unflushed, 0);
}

static void bad_addresses_are_refused(void **state)
{
	(void)state;
	prepare(STATE);
	assert_refused(SVSM_ERR_INVALID_ADDRESS, STATE + 8, AREA, APIC_ID);
	assert_refused(SVSM_ERR_INVALID_ADDRESS, STATE, AREA + 8, APIC_ID);
	assert_refused(SVSM_ERR_INVALID_ADDRESS, STATE, STATE, APIC_ID);
	assert_refused(SVSM_ERR_INVALID_ADDRESS, FAKE_OWN_BASE + PAGE_SIZE, AREA, APIC_ID);
	assert_refused(SVSM_ERR_INVALID_ADDRESS, STATE, FAKE_OWN_BASE, APIC_ID);
	assert_refused(SVSM_ERR_INVALID_ADDRESS, VMSA_LAUNCH_GPA, AREA, APIC_ID);
	assert_refused(SVSM_ERR_INVALID_ADDRESS, STATE, 0, APIC_ID);
	assert_refused(SVSM_ERR_INVALID_ADDRESS, 0xfffffffffffff000, AREA, APIC_ID);
	fake_give(0xc00000, PAGE_SIZE, 0);
	prepare(0xc00000);
	assert_refused(SVSM_ERR_INVALID_ADDRESS, 0xc00000, AREA, APIC_ID);
	/* Not validated. */
	assert_refused(SVSM_ERR_INVALID_ADDRESS, 0xe01000, AREA, APIC_ID);
	assert_refused(SVSM_ERR_INVALID_ADDRESS, STATE, 0xe01000, APIC_ID);
}

static void unknown_or_absent_cpus_are_refused(void **state)
{
	(void)state;
	prepare(STATE);
	assert_refused(SVSM_ERR_INVALID_PARAMETER, STATE, AREA, 99);
	fake_cpu(1)->state = CPU_LEFT_OUT;
	assert_refused(SVSM_ERR_INVALID_PARAMETER, STATE, AREA, APIC_ID);
}

static void a_save_area_of_the_wrong_kind_is_refused(void **state)
{
	(void)state;
	prepare(STATE)->vmpl = 0;
	assert_refused(SVSM_ERR_INVALID_PARAMETER, STATE, AREA, APIC_ID);
	prepare(STATE)->vmpl = 1;
	assert_refused(SVSM_ERR_INVALID_PARAMETER, STATE, AREA, APIC_ID);
	prepare(STATE)->efer = EFER_LME;
	assert_refused(SVSM_ERR_INVALID_PARAMETER, STATE, AREA, APIC_ID);
	prepare(STATE)->sev_features = SEV_FEATURE_SNP | SEV_FEATURE_DEBUG_SWAP;
	assert_refused(SVSM_ERR_INVALID_PARAMETER, STATE, AREA, APIC_ID);
}

static void turn_privileged(const char *operation, uint64_t page)
{
	/* Until the guest's rights are gone it can still write. */
	if (!strcmp(operation, "revoke") && fake_page(page)->perms[FAKE_GUEST_VMPL])
		((struct vmsa *)fake_memory(page))->vmpl = 0;
}

static void the_save_area_is_read_only_after_the_guest_has_lost_it(void **state)
{
	(void)state;
	prepare(STATE);
	fake_hook = turn_privileged;
	assert_refused(SVSM_ERR_INVALID_PARAMETER, STATE, AREA, APIC_ID);
}

static void roles_do_not_mix(void **state)
{
	(void)state;
	prepare(STATE);
	assert_refused(SVSM_ERR_INVALID_ADDRESS, FIRST_STATE, AREA, APIC_ID);
	assert_refused(SVSM_ERR_INVALID_ADDRESS, FIRST_AREA, AREA, APIC_ID);
	assert_refused(SVSM_ERR_INVALID_ADDRESS, STATE, FIRST_STATE, APIC_ID);
	assert_refused(SVSM_ERR_INVALID_ADDRESS, STATE, FIRST_AREA, APIC_ID);
	assert_int_equal(create(STATE, AREA, APIC_ID), SVSM_SUCCESS);
	prepare(STATE + 4 * PAGE_SIZE);
	assert_int_equal(create(STATE + 4 * PAGE_SIZE, STATE, APIC_ID), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(create(STATE, AREA, APIC_ID), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(create(AREA, STATE + 5 * PAGE_SIZE, APIC_ID), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(fake_state(STATE + 4 * PAGE_SIZE), PAGE_STATE_GUEST);
}

/* As Linux does when it brings a CPU back. */
static void a_second_vcpu_replaces_the_first(void **state)
{
	uint64_t second = STATE + 4 * PAGE_SIZE;

	(void)state;
	prepare(STATE);
	prepare(second);
	assert_int_equal(create(STATE, AREA, APIC_ID), SVSM_SUCCESS);
	assert_int_equal(create(second, AREA, APIC_ID), SVSM_SUCCESS);
	assert_int_equal(fake_cpu(1)->registry.offered->save_area, second);
	assert_int_equal(delete (STATE), SVSM_SUCCESS);
	assert_plain(STATE);
	assert_int_equal(fake_state(AREA), PAGE_STATE_GUEST | PAGE_STATE_CALLING_AREA);
	assert_int_equal(fake_cpu(1)->registry.offered->save_area, second);
	assert_int_equal(delete (second), SVSM_SUCCESS);
	assert_int_equal(fake_state(AREA), PAGE_STATE_GUEST);
	assert_null(fake_cpu(1)->registry.offered);
}

static void the_registry_is_bounded(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < VCPU_SLOTS; i++) {
		prepare(STATE + (4 + i) * PAGE_SIZE);
		assert_int_equal(create(STATE + (4 + i) * PAGE_SIZE, AREA, APIC_ID), SVSM_SUCCESS);
	}
	prepare(STATE);
	assert_int_equal(create(STATE, AREA, APIC_ID), SVSM_ERR_INVALID_REQUEST);
	assert_plain(STATE);
	assert_int_equal(delete (STATE + 4 * PAGE_SIZE), SVSM_SUCCESS);
	assert_int_equal(create(STATE, AREA, APIC_ID), SVSM_SUCCESS);
}

static void deleting_wants_a_save_area(void **state)
{
	(void)state;
	assert_int_equal(delete (STATE), SVSM_ERR_INVALID_PARAMETER);
	assert_int_equal(delete (STATE + 8), SVSM_ERR_INVALID_PARAMETER);
	assert_int_equal(delete (FIRST_AREA), SVSM_ERR_INVALID_PARAMETER);
	assert_int_equal(delete (FAKE_OWN_BASE), SVSM_ERR_INVALID_PARAMETER);
	assert_int_equal(delete (VMSA_LAUNCH_GPA), SVSM_ERR_INVALID_PARAMETER);
	assert_plain(STATE);
}

static void a_slot_in_preparation_is_not_found_by_its_last_save_area(void **state)
{
	struct vcpu_registry *registry = &fake_cpu(1)->registry;

	(void)state;
	prepare(STATE);
	assert_int_equal(create(STATE, AREA, APIC_ID), SVSM_SUCCESS);
	assert_int_equal(delete (STATE), SVSM_SUCCESS);
	assert_non_null(vcpu_claim(registry));
	assert_null(vcpu_find(registry, STATE));
	assert_int_equal(vcpu_calling_area_users(registry, AREA), 0);
}

static void a_running_vcpu_is_not_deleted(void **state)
{
	(void)state;
	prepare(STATE);
	assert_int_equal(create(STATE, AREA, APIC_ID), SVSM_SUCCESS);
	fake_page(STATE)->in_use = true;
	assert_int_equal(delete (STATE), 0x80001003);
	assert_int_equal(fake_state(STATE), PAGE_STATE_VCPU);
	assert_true(fake_page(STATE)->vmsa);
	assert_int_equal(fake_cpu(1)->registry.offered->save_area, STATE);
	fake_page(STATE)->in_use = false;
	assert_int_equal(delete (STATE), SVSM_SUCCESS);
}

/* The caller's own save area: its call is being served. */
static void a_vcpu_cannot_delete_itself(void **state)
{
	(void)state;
	assert_int_equal(delete (FIRST_STATE), 0x80001003);
	assert_int_equal(fake_state(FIRST_STATE), PAGE_STATE_VCPU);
}

/* Another CPU looks at it, or serves its call: that passes. */
static void a_vcpu_in_hand_is_busy(void **state)
{
	struct vcpu_view view = {0};

	(void)state;
	prepare(STATE);
	assert_int_equal(create(STATE, AREA, APIC_ID), SVSM_SUCCESS);
	view.vcpu = fake_cpu(1)->registry.offered;
	view.idle_tag = view.vcpu->tag;
	assert_true(vcpu_enter(&view));
	assert_int_equal(delete (STATE), SVSM_ERR_BUSY);
	assert_int_equal(fake_state(STATE), PAGE_STATE_VCPU);
	vcpu_leave(&view);
	assert_int_equal(delete (STATE), SVSM_SUCCESS);
}

static void the_calling_area_moves(void **state)
{
	(void)state;
	memset(fake_memory(AREA), 0xff, 16);
	assert_int_equal(remap(AREA), SVSM_SUCCESS);
	assert_int_equal(fake_state(AREA), PAGE_STATE_GUEST | PAGE_STATE_CALLING_AREA);
	assert_int_equal(fake_state(FIRST_AREA), PAGE_STATE_GUEST);
	assert_int_equal(*(uint64_t *)fake_memory(AREA), 0);
	assert_int_equal(*fake_memory(AREA + 8), 0xff);
	assert_int_equal(fake_cpu(0)->current.vcpu->calling_area, AREA);
	assert_int_equal(remap(AREA), SVSM_SUCCESS);
	assert_int_equal(fake_state(AREA), PAGE_STATE_GUEST | PAGE_STATE_CALLING_AREA);
}

static void bad_calling_areas_are_refused(void **state)
{
	(void)state;
	prepare(STATE);
	assert_int_equal(create(STATE, AREA, APIC_ID), SVSM_SUCCESS);
	assert_int_equal(remap(AREA + 8), SVSM_ERR_INVALID_PARAMETER);
	assert_int_equal(remap(AREA), SVSM_ERR_INVALID_ADDRESS); /* another vCPU's */
	assert_int_equal(remap(STATE), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(remap(FIRST_STATE), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(remap(FAKE_OWN_BASE), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(remap(0xe01000), SVSM_ERR_INVALID_ADDRESS);
	fake_page(AREA + PAGE_SIZE)->taken = true;
	assert_int_equal(remap(AREA + PAGE_SIZE), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(fake_state(AREA + PAGE_SIZE), PAGE_STATE_GUEST);
	assert_int_equal(fake_cpu(0)->current.vcpu->calling_area, FIRST_AREA);
	assert_int_equal(fake_state(FIRST_AREA), PAGE_STATE_GUEST | PAGE_STATE_CALLING_AREA);
}

static void a_locked_page_or_registry_is_busy(void **state)
{
	struct gpa page;
	uint8_t *entry, was;

	(void)state;
	prepare(STATE);
	assert_true(guest_range_check(STATE, PAGE_SIZE, &page, &entry));
	assert_int_equal(page_lock(entry, &was), PAGE_LOCKED);
	assert_int_equal(create(STATE, AREA, APIC_ID), SVSM_ERR_BUSY);
	page_unlock_unchanged(entry);
	fake_cpu(1)->registry.lock.taken = 1;
	assert_int_equal(create(STATE, AREA, APIC_ID), SVSM_ERR_BUSY);
	fake_cpu(1)->registry.lock.taken = 0;
	assert_plain(STATE);
	assert_int_equal(create(STATE, AREA, APIC_ID), SVSM_SUCCESS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(creating_seals_the_page_and_offers_the_vcpu, setup),
		cmocka_unit_test_setup(bad_addresses_are_refused, setup),
		cmocka_unit_test_setup(unknown_or_absent_cpus_are_refused, setup),
		cmocka_unit_test_setup(a_save_area_of_the_wrong_kind_is_refused, setup),
		cmocka_unit_test_setup(
			the_save_area_is_read_only_after_the_guest_has_lost_it, setup),
		cmocka_unit_test_setup(roles_do_not_mix, setup),
		cmocka_unit_test_setup(a_second_vcpu_replaces_the_first, setup),
		cmocka_unit_test_setup(the_registry_is_bounded, setup),
		cmocka_unit_test_setup(deleting_wants_a_save_area, setup),
		cmocka_unit_test_setup(
			a_slot_in_preparation_is_not_found_by_its_last_save_area, setup),
		cmocka_unit_test_setup(a_running_vcpu_is_not_deleted, setup),
		cmocka_unit_test_setup(a_vcpu_cannot_delete_itself, setup),
		cmocka_unit_test_setup(a_vcpu_in_hand_is_busy, setup),
		cmocka_unit_test_setup(the_calling_area_moves, setup),
		cmocka_unit_test_setup(bad_calling_areas_are_refused, setup),
		cmocka_unit_test_setup(a_locked_page_or_registry_is_busy, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
