/* SPDX-License-Identifier: MIT */
/*
 * The request list changes while it is read. A second vCPU turns the list's
 * count, its index and its entries between harmless and forbidden values while
 * the first has it performed. A paravisor that looked twice would check one
 * value and use the other: an entry of its own memory, a count beyond the page.
 *
 * The list is copied once. Each call acts on values that were in it, ends with a
 * result that one of them explains, and touches nothing that none of them names.
 */
#include "accomplice.h"

#include "cpu.h"
#include "insn.h"
#include "vmpl.h"

#define ROUNDS 2000U
#define ENTRIES 8U
#define QUIET 100U /* turns in which the list is as it should be, */
#define BRIEF 20U  /* and in which it is not */

static struct svsm_pvalidate_list *list;
static uint8_t *pages, *bystander;
static uint32_t stop, flips;

static uint64_t entry(uint32_t i)
{
	return (uint64_t)pages + i * PAGE_SIZE;
}

/*
 * What the list must never do with entry @i: the paravisor's memory, reserved
 * bits, a size that does not exist or does not fit. An entry may be copied while
 * its bytes change, so that the mixtures must not be other pages of the guest's.
 */
static uint64_t forbidden(uint32_t i, uint32_t kind)
{
	switch (kind % 4) {
	case 0:
		return guest.secrets->svsm_base | (entry(i) & 0x3ff000);
	case 1:
		return entry(i) | 2;
	case 2:
		return entry(i) | 0xff0;
	default:
		return entry(i) | RMP_SIZE_2M;
	}
}

static void rest(uint32_t turns)
{
	for (uint32_t i = 0; i < turns; i++)
		cpu_relax();
}

static void flip_entries(uint32_t round)
{
	for (uint32_t i = 0; i < ENTRIES; i++)
		__atomic_fetch_xor(
			&list->entries[i], entry(i) ^ forbidden(i, i + round), __ATOMIC_SEQ_CST);
}

static void flip(uint32_t round)
{
	flip_entries(round);
	rest(BRIEF);
	__atomic_store_n(&list->num_entries, 0xffff, __ATOMIC_SEQ_CST);
	rest(BRIEF);
	__atomic_store_n(&list->next, 0xfff0, __ATOMIC_SEQ_CST);
	rest(BRIEF);
	__atomic_store_n(&list->num_entries, ENTRIES, __ATOMIC_SEQ_CST);
	__atomic_store_n(&list->next, 0, __ATOMIC_SEQ_CST);
	flip_entries(round);
	rest(QUIET);
}

static void other_cpu(void *arg)
{
	while (!__atomic_load_n(&stop, __ATOMIC_SEQ_CST))
		flip(__atomic_fetch_add(&flips, 1, __ATOMIC_SEQ_CST));
	(void)arg;
}

static bool is_explained(uint64_t result)
{
	return result == SVSM_SUCCESS || result == SVSM_ERR_INVALID_ADDRESS ||
	       result == SVSM_ERR_INVALID_PARAMETER || result == SVSM_ERR_BUSY ||
	       result == SVSM_ERR_PVALIDATE_NO_CHANGE;
}

static void set(uint64_t action)
{
	for (uint32_t i = 0; i < ENTRIES; i++)
		__atomic_fetch_xor(&list->entries[i],
			(list->entries[i] ^ action) & SVSM_PVALIDATE_ACTION_VALIDATE,
			__ATOMIC_SEQ_CST);
}

static void race(void)
{
	uint32_t successes = 0, refusals = 0;

	EXPECT(smp_start(1, other_cpu, NULL) && wait_for(&flips));
	for (uint32_t i = 0; i < ROUNDS; i++) {
		uint64_t result;

		set(i & 1 ? VALIDATE : RESCIND);
		result = core(SVSM_CORE_PVALIDATE, (uint64_t)list, 0, 0);
		if (!is_explained(result))
			check_fail("round %u: result %lx", i, result);
		*(result ? &refusals : &successes) += 1;
	}
	__atomic_store_n(&stop, 1, __ATOMIC_SEQ_CST);
	EXPECT(smp_join(1));
	print("# %u lists were performed, %u refused, %u flips\n", successes, refusals, flips);
	EXPECT(successes > 0 && refusals > 0);
}

static void nothing_else(void)
{
	EXPECT(pattern_holds(bystander));
	EXPECT_EQ(svsm_query_protocol(SVSM_PROTOCOL_CORE, 1), 1UL << 32 | 1);
}

/* Each page is the guest's or not, as the paravisor says; and cleared if it is. */
static void states_are_true(void)
{
	for (uint32_t i = 0; i < ENTRIES; i++) {
		bool invalid = read_is_unvalidated(private_view(entry(i)));

		EXPECT_EQ(pvalidate_entry(entry(i) | VALIDATE),
			invalid ? SVSM_SUCCESS : SVSM_ERR_PVALIDATE_NO_CHANGE);
		EXPECT(page_is_zero(private_view(entry(i))));
	}
}

static const struct test_case cases[] = {
	{"a list that changes all the time", race},
	{"pages that no list names are as before", nothing_else},
	{"the others are what the paravisor takes them for", states_are_true},
};

void guest_main(void)
{
	list = page_alloc();
	bystander = page_alloc();
	pages = pages_alloc(ENTRIES);
	pattern_fill(bystander);
	list->num_entries = ENTRIES;
	for (uint32_t i = 0; i < ENTRIES; i++)
		list->entries[i] = entry(i);
	CHECK_RUN(cases);
}
