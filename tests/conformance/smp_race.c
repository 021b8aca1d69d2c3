/* SPDX-License-Identifier: MIT */
/*
 * All vCPUs make the same call for the same page at the same moment: one of
 * them has done it, the others are told so or asked to come back. And BUSY
 * itself, which two vCPUs at one block of 2 MiB get to see.
 */
#include "guest.h"
#include "insn.h"
#include "places.h"

#define ROUNDS 24U
#define MAX_TRIES 4000U

static struct {
	uint32_t arrived, round; /* of the barrier */
	uint64_t results[GUEST_MAX_CPUS];
	uint64_t page, vmsa, calling_area[GUEST_MAX_CPUS];
} shared;

/* Everybody is here; false if somebody does not come. */
static bool meet(void)
{
	uint32_t round = __atomic_load_n(&shared.round, __ATOMIC_SEQ_CST);
	uint64_t start = rdtsc();

	if (__atomic_add_fetch(&shared.arrived, 1, __ATOMIC_SEQ_CST) == guest.cpu_count) {
		__atomic_store_n(&shared.arrived, 0, __ATOMIC_SEQ_CST);
		__atomic_fetch_add(&shared.round, 1, __ATOMIC_SEQ_CST);
		return true;
	}
	while (__atomic_load_n(&shared.round, __ATOMIC_SEQ_CST) == round) {
		if (rdtsc() - start > 1ULL << 36)
			return false;
		cpu_relax();
	}
	return true;
}

/* change() by a list of this vCPU's own. */
static uint64_t change_here(uint64_t entry)
{
	static struct svsm_pvalidate_list *lists[GUEST_MAX_CPUS];
	struct svsm_pvalidate_list *list = lists[cpu_self()->index];

	if (!list)
		list = lists[cpu_self()->index] = private_view(
			(uint64_t)cpu_self()->ca + SVSM_CA_BUFFER_OFFSET);
	list_clear(list);
	list_add(list, entry);
	return list_call(list);
}

static uint64_t validate(void)
{
	return change_here(shared.page | VALIDATE);
}

static uint64_t rescind(void)
{
	return change_here(shared.page | RESCIND);
}

static uint64_t create(void)
{
	return core(SVSM_CORE_CREATE_VCPU, shared.vmsa, shared.calling_area[cpu_self()->index],
		guest.apic_id[0]);
}

static uint64_t delete (void)
{
	return core(SVSM_CORE_DELETE_VCPU, shared.vmsa, 0, 0);
}

static const struct {
	const char *what;
	uint64_t (*act)(void);
	uint64_t late; /* the answer to those who come after */
} races[] = {
	{"rescind", rescind, SVSM_ERR_PVALIDATE_NO_CHANGE},
	{"validate", validate, SVSM_ERR_PVALIDATE_NO_CHANGE},
	{"create", create, SVSM_ERR_INVALID_ADDRESS},
	{"delete", delete, SVSM_ERR_INVALID_PARAMETER},
};

/* As a guest does that is asked to come back. */
static uint64_t act_until_told(uint32_t race)
{
	uint64_t result = SVSM_ERR_BUSY;

	for (uint32_t i = 0; i < MAX_TRIES && result == SVSM_ERR_BUSY; i++)
		result = races[race].act();
	return result;
}

/* The first vCPU judges between two meetings, while nobody calls. */
static void judge(uint32_t race)
{
	uint32_t done = 0;

	for (uint32_t i = 0; i < guest.cpu_count; i++) {
		uint64_t result = shared.results[i];

		done += result == SVSM_SUCCESS;
		if (result != SVSM_SUCCESS && result != races[race].late)
			check_fail("%s on vCPU %u: %lx", races[race].what, i, result);
	}
	if (done != 1)
		check_fail("%s: %u vCPUs have done it", races[race].what, done);
}

static void race_all(void *arg)
{
	uint32_t self = cpu_self()->index;

	(void)arg;
	if (self)
		call_init();
	for (uint32_t i = 0; i < ROUNDS * ARRAY_SIZE(races); i++) {
		uint32_t race = i % ARRAY_SIZE(races);

		if (!meet())
			check_abort("vCPU %u: another vCPU does not come", self);
		shared.results[self] = act_until_told(race);
		if (!meet())
			check_abort("vCPU %u: another vCPU does not come", self);
		if (!self)
			judge(race);
	}
}

static void one_of_all(void)
{
	shared.page = (uint64_t)page_alloc();
	shared.vmsa = (uint64_t)vmsa_new(0);
	for (uint32_t i = 0; i < guest.cpu_count; i++)
		shared.calling_area[i] = (uint64_t)page_alloc();
	for (uint32_t i = 1; i < guest.cpu_count; i++)
		EXPECT(smp_start(i, race_all, NULL));
	race_all(NULL);
	for (uint32_t i = 1; i < guest.cpu_count; i++)
		EXPECT(smp_join(i));
	expect_ordinary(shared.page);
	expect_zero(shared.page);
	expect_ordinary(shared.vmsa);
	for (uint32_t i = 0; i < guest.cpu_count; i++)
		must_change(shared.calling_area[i] | RESCIND);
}

/* --- BUSY --- */

static struct {
	uint64_t block, busy;
} contended;

/* Until somebody is told BUSY: the one who has the block clears 2 MiB meanwhile. */
static void contend(void *arg)
{
	(void)arg;
	if (cpu_self()->index)
		call_init();
	for (uint32_t i = 0; i < MAX_TRIES; i++) {
		uint64_t action = i & 1 ? VALIDATE : RESCIND;
		uint64_t result = change_here(contended.block | LARGE | action);

		if (result == SVSM_ERR_BUSY)
			__atomic_fetch_add(&contended.busy, 1, __ATOMIC_SEQ_CST);
		else if (result != SVSM_SUCCESS && result != SVSM_ERR_PVALIDATE_NO_CHANGE)
			check_fail("a contended block: %lx", result);
		if (__atomic_load_n(&contended.busy, __ATOMIC_SEQ_CST))
			return;
	}
}

static void busy(void)
{
	contended.block = region_take(PAGE_2M_SIZE, PAGE_2M_SIZE);
	EXPECT(smp_start(1, contend, NULL));
	contend(NULL);
	EXPECT(smp_join(1));
	EXPECT_NE(contended.busy, 0);
	must_change(contended.block | LARGE | RESCIND | IGNORE_CF);
	must_change(contended.block | LARGE | VALIDATE);
	expect_zero_range(contended.block, PAGE_2M_SIZE);
}

static const struct test_case cases[] = {
	{"one page, one call, all vCPUs: one has done it", one_of_all},
	{"two vCPUs at one block: 80000007h", busy},
};

void guest_main(void)
{
	call_init();
	CHECK_RUN(cases);
}
