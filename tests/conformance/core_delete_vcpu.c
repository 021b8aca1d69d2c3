/* SPDX-License-Identifier: MIT */
/*
 * SVSM_CORE_DELETE_VCPU: what is no registered VMSA, a vCPU that is running, the
 * caller's own, and what the pages are afterwards.
 */
#include <string.h>

#include "guest.h"
#include "insn.h"
#include "nae.h"
#include "places.h"

static uint64_t delete_at(uint64_t vmsa)
{
	return core(SVSM_CORE_DELETE_VCPU, vmsa, 0x77, 0x88);
}

/* --- What is none --- */

static void places_that_are_none(void)
{
	struct place places[2 * MAX_PLACES];
	uint32_t count = foreign_places(places);

	count += unusable_places(places + count) - 1; /* the last one is a VMSA */
	for (uint32_t i = 0; i < count; i++)
		if (delete_at(places[i].gpa) != SVSM_ERR_INVALID_PARAMETER)
			check_fail("a VMSA deleted in %s", places[i].what);
	EXPECT_EQ(delete_at(places[count].gpa), SVSM_SUCCESS);
}

static void ordinary_page(void)
{
	struct vmsa *vmsa = vmsa_new(0);

	EXPECT_EQ(delete_at((uint64_t)vmsa), SVSM_ERR_INVALID_PARAMETER);
	EXPECT_EQ(delete_at(0), SVSM_ERR_INVALID_PARAMETER);
	expect_ordinary((uint64_t)vmsa);
}

static void calling_areas(void)
{
	uint64_t calling_area;
	struct vmsa *vmsa = vmsa_registered(&calling_area);

	EXPECT_EQ(delete_at(calling_area), SVSM_ERR_INVALID_PARAMETER);
	EXPECT_EQ(delete_at((uint64_t)cpu_self()->ca), SVSM_ERR_INVALID_PARAMETER);
	EXPECT_EQ(change(calling_area | RESCIND), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(delete_at((uint64_t)vmsa), SVSM_SUCCESS);
}

static void misaligned(void)
{
	uint64_t calling_area, vmsa = (uint64_t)vmsa_registered(&calling_area);

	for (uint64_t offset = 1; offset < PAGE_SIZE; offset <<= 1)
		EXPECT_EQ(delete_at(vmsa + offset), SVSM_ERR_INVALID_PARAMETER);
	EXPECT_EQ(page_rights(vmsa, RMP_SIZE_4K), RMP_PERM_READ);
	EXPECT_EQ(delete_at(vmsa), SVSM_SUCCESS);
}

static void twice(void)
{
	uint64_t calling_area, vmsa = (uint64_t)vmsa_registered(&calling_area);

	EXPECT_EQ(delete_at(vmsa), SVSM_SUCCESS);
	EXPECT_EQ(delete_at(vmsa), SVSM_ERR_INVALID_PARAMETER);
	expect_ordinary(vmsa);
}

/* --- Afterwards --- */

static void ordinary_again(void)
{
	uint64_t calling_area, vmsa = (uint64_t)vmsa_registered(&calling_area);

	EXPECT_EQ(delete_at(vmsa), SVSM_SUCCESS);
	expect_ordinary(vmsa);
	expect_ordinary(calling_area);
	page_fill(vmsa);
	page_fill(calling_area);
	expect_filled(vmsa);
	must_change(vmsa | RESCIND);
	must_change(vmsa | VALIDATE);
	expect_zero(vmsa);
	must_change(calling_area | RESCIND);
	must_change(calling_area | VALIDATE);
}

/* The bytes stay: the guest may use the save area again as it is. */
static void registered_again(void)
{
	uint64_t calling_area, apic_id = cpu_self()->apic_id;
	uint64_t vmsa = (uint64_t)vmsa_registered(&calling_area);

	for (uint32_t i = 0; i < 8; i++) {
		EXPECT_EQ(delete_at(vmsa), SVSM_SUCCESS);
		EXPECT_EQ(core(SVSM_CORE_CREATE_VCPU, vmsa, calling_area, apic_id), SVSM_SUCCESS);
	}
	EXPECT_EQ(delete_at(vmsa), SVSM_SUCCESS);
}

static void by_event(void)
{
	uint64_t calling_area, vmsa = (uint64_t)vmsa_registered(&calling_area);
	struct svsm_regs r = {
		svsm_function(SVSM_PROTOCOL_CORE, SVSM_CORE_DELETE_VCPU), vmsa, 2, 3, 4};

	call(&r, SVSM_BY_NAE, 0);
	EXPECT_EQ(r.rax, SVSM_SUCCESS);
	expect_ordinary(vmsa);
}

/* --- Two vCPUs --- */

static struct {
	uint64_t rounds;
	uint32_t running, stop;
	uint64_t own_result;
} other;

static void run_until_stopped(void *arg)
{
	(void)arg;
	call_init();
	other.own_result = delete_at((uint64_t)smp_vmsa(cpu_self()->index));
	__atomic_store_n(&other.running, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&other.stop, __ATOMIC_SEQ_CST))
		__atomic_fetch_add(&other.rounds, 1, __ATOMIC_SEQ_CST);
	EXPECT_EQ(svsm_query_protocol(SVSM_PROTOCOL_CORE, 1), 1UL << 32 | 1);
}

static void expect_still_running(void)
{
	uint64_t seen = __atomic_load_n(&other.rounds, __ATOMIC_SEQ_CST), start = rdtsc();

	while (__atomic_load_n(&other.rounds, __ATOMIC_SEQ_CST) == seen) {
		if (rdtsc() - start < 1ULL << 35)
			continue;
		check_fail("the vCPU does not run any more");
		return;
	}
}

/* Nothing changes: it runs on, its page is no ordinary one, its calls are served. */
static void running(void)
{
	uint64_t vmsa;

	EXPECT(smp_start(1, run_until_stopped, NULL));
	EXPECT(wait_for(&other.running));
	vmsa = (uint64_t)smp_vmsa(1);
	EXPECT_EQ(other.own_result, ERR_INUSE);
	for (uint32_t i = 0; i < 16; i++) {
		EXPECT_EQ(delete_at(vmsa), ERR_INUSE);
		EXPECT_EQ(page_rights(vmsa, RMP_SIZE_4K), 0); /* in use: RMPADJUST says so */
		EXPECT_EQ(change(vmsa | RESCIND), SVSM_ERR_INVALID_ADDRESS);
		expect_still_running();
	}
	__atomic_store_n(&other.stop, 1, __ATOMIC_SEQ_CST);
	EXPECT(smp_join(1));
}

/* Once the host has taken it off its processor it can be deleted. */
static void stopped(void)
{
	uint64_t vmsa = (uint64_t)smp_vmsa(1), calling_area = (uint64_t)smp_cpu(1)->ca;
	uint64_t result, start = rdtsc();
	struct nae n;

	nae_ap_creation(&n, AP_DESTROY, guest.vmpl, guest.apic_id[1], 0, 0);
	EXPECT_EQ((uint32_t)n.info1, GHCB_RESULT_OK);
	do {
		result = delete_at(vmsa);
	} while ((result == ERR_INUSE || result == SVSM_ERR_BUSY) && rdtsc() - start < 1ULL << 35);
	EXPECT_EQ(result, SVSM_SUCCESS);
	expect_ordinary(vmsa);
	expect_ordinary(calling_area);
	must_change(vmsa | RESCIND);
	must_change(calling_area | RESCIND);
}

static void answer(void *arg)
{
	call_init();
	*(uint64_t *)arg = svsm_query_protocol(SVSM_PROTOCOL_CORE, 1);
}

static void started_after_deletion(void)
{
	uint64_t got = 0;

	EXPECT(smp_start(1, answer, &got));
	EXPECT(smp_join(1));
	EXPECT_EQ(got, 1UL << 32 | 1);
}

static const struct test_case alone[] = {
	{"no guest memory, or not validated: 80000005h", places_that_are_none},
	{"an ordinary page: 80000005h", ordinary_page},
	{"a calling area: 80000005h", calling_areas},
	{"not aligned: 80000005h, and nothing changes", misaligned},
	{"twice: 80000005h", twice},
	{"afterwards both pages are ordinary", ordinary_again},
	{"deleted and registered in turn", registered_again},
	{"deleted by the GHCB's event", by_event},
};

static const struct test_case together[] = {
	{"a running vCPU and one's own: 80001003h", running},
	{"a stopped one", stopped},
	{"the vCPU can be started anew", started_after_deletion},
};

void guest_main(void)
{
	call_init();
	RUN_CASES(alone, together);
}
