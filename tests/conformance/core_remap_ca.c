/* SPDX-License-Identifier: MIT */
/*
 * SVSM_CORE_REMAP_CA: the new calling area's header is cleared and the rest of
 * it kept, the old page is ordinary again; what may not be one is refused and
 * the old one stays in use.
 */
#include <string.h>

#include "guest.h"
#include "places.h"

static uint64_t remap(uint64_t to)
{
	return core(SVSM_CORE_REMAP_CA, to, 0x77, 0x88);
}

static uint64_t current(void)
{
	return (uint64_t)cpu_self()->ca;
}

/* The next call goes by the page @to. */
static void must_remap(uint64_t to)
{
	uint64_t result = remap(to);

	if (result != SVSM_SUCCESS)
		check_abort("REMAP_CA to %lx: %lx", to, result);
	cpu_self()->ca = private_view(to);
}

static void expect_remap_refused(const char *what, uint64_t to, uint64_t expected)
{
	uint64_t result = remap(to);

	if (result != expected)
		check_fail("a calling area in %s, %lx: %lx", what, to, result);
	EXPECT_NE(svsm_query_protocol(SVSM_PROTOCOL_CORE, 1), 0);
}

static void moved(void)
{
	uint64_t old = current(), new = (uint64_t)page_alloc();
	const uint8_t *bytes = private_view(new);

	memset(private_view(new), 0xa5, PAGE_SIZE);
	must_remap(new);
	for (uint64_t i = 0; i < PAGE_SIZE; i++)
		if (bytes[i] != (i < sizeof(struct svsm_ca) ? 0 : 0xa5))
			check_fail("byte %lu of the new calling area is %x", i, bytes[i]);
	EXPECT_NE(current(), old);
	EXPECT_EQ(svsm_query_protocol(SVSM_PROTOCOL_CORE, 1), 1UL << 32 | 1);
	must_remap(old);
}

/* A byte set in the old page is no call any more. */
static void old_one_is_dead(void)
{
	uint64_t old = current(), new = (uint64_t)page_alloc();
	struct svsm_regs r = {.rax = svsm_function(SVSM_PROTOCOL_CORE, SVSM_CORE_QUERY_PROTOCOL)};
	volatile struct svsm_ca *dead = private_view(old);

	must_remap(new);
	EXPECT_EQ(dead->call_pending, 0);
	dead->call_pending = 1;
	call_without_pending(&r, SVSM_BY_MSR);
	EXPECT_EQ(dead->call_pending, 1);
	must_remap(old);
	EXPECT_EQ(dead->call_pending, 0);
}

static void old_one_is_ordinary(void)
{
	uint64_t old = current(), first = (uint64_t)page_alloc(), second = (uint64_t)page_alloc();

	must_remap(first);
	EXPECT_EQ(change(first | RESCIND), SVSM_ERR_INVALID_ADDRESS);
	must_remap(second);
	expect_ordinary(first);
	EXPECT_EQ(change(first | RESCIND), SVSM_SUCCESS);
	expect_gone(first);
	EXPECT_EQ(change(second | RESCIND), SVSM_ERR_INVALID_ADDRESS);
	must_remap(old);
	EXPECT_EQ(change(second | RESCIND), SVSM_SUCCESS);
}

/* No change: not even the header is cleared. */
static void same_one(void)
{
	struct svsm_ca *area = cpu_self()->ca;

	memset(area->reserved, 0x5a, sizeof(area->reserved));
	EXPECT_EQ(remap(current()), SVSM_SUCCESS);
	EXPECT_EQ(area->reserved[0], 0x5a);
	EXPECT_EQ(svsm_query_protocol(SVSM_PROTOCOL_CORE, 1), 1UL << 32 | 1);
	memset(area->reserved, 0, sizeof(area->reserved));
}

static void by_event(void)
{
	uint64_t old = current(), new = (uint64_t)page_alloc();
	struct svsm_regs r = {svsm_function(SVSM_PROTOCOL_CORE, SVSM_CORE_REMAP_CA), new, 2, 3, 4};

	call(&r, SVSM_BY_NAE, 0);
	EXPECT_EQ(r.rax, SVSM_SUCCESS);
	cpu_self()->ca = private_view(new);
	must_remap(old);
}

static void misaligned(void)
{
	uint64_t page = (uint64_t)page_alloc();

	for (uint64_t offset = 1; offset < PAGE_SIZE; offset <<= 1)
		expect_remap_refused("a page's middle", page + offset, SVSM_ERR_INVALID_PARAMETER);
	expect_remap_refused("the calling area", current() + 8, SVSM_ERR_INVALID_PARAMETER);
}

static void foreign(void)
{
	struct place places[MAX_PLACES];
	uint32_t count = foreign_places(places);

	for (uint32_t i = 0; i < count; i++)
		expect_remap_refused(places[i].what, places[i].gpa, SVSM_ERR_INVALID_ADDRESS);
}

static void unusable(void)
{
	struct place places[MAX_PLACES];
	uint32_t count = unusable_places(places);

	for (uint32_t i = 0; i < count; i++)
		expect_remap_refused(places[i].what, places[i].gpa, SVSM_ERR_INVALID_ADDRESS);
}

/* A registered calling area is taken, whoever's it is; its bytes are kept. */
static void taken(void)
{
	uint64_t calling_area, vmsa = (uint64_t)vmsa_registered(&calling_area);

	page_fill(calling_area);
	expect_remap_refused("another VMSA's", calling_area, SVSM_ERR_INVALID_ADDRESS);
	expect_filled(calling_area);
	EXPECT_EQ(core(SVSM_CORE_DELETE_VCPU, vmsa, 0, 0), SVSM_SUCCESS);
	expect_remap_refused(
		"a VMSA that was deleted, in its middle", vmsa + 8, SVSM_ERR_INVALID_PARAMETER);
}

/* --- Two vCPUs --- */

static struct {
	uint64_t calling_area;
	uint32_t ready, go_on;
	uint64_t answer;
} other;

static void wait_and_call(void *arg)
{
	(void)arg;
	call_init();
	other.calling_area = current();
	__atomic_store_n(&other.ready, 1, __ATOMIC_SEQ_CST);
	EXPECT(wait_for(&other.go_on));
	other.answer = svsm_query_protocol(SVSM_PROTOCOL_CORE, 1);
}

static void other_cpus(void)
{
	EXPECT(smp_start(1, wait_and_call, NULL));
	EXPECT(wait_for(&other.ready));
	expect_remap_refused("another vCPU's", other.calling_area, SVSM_ERR_INVALID_ADDRESS);
	expect_remap_refused(
		"another vCPU's VMSA", (uint64_t)smp_vmsa(1), SVSM_ERR_INVALID_ADDRESS);
	__atomic_store_n(&other.go_on, 1, __ATOMIC_SEQ_CST);
	EXPECT(smp_join(1));
	EXPECT_EQ(other.answer, 1UL << 32 | 1);
}

static const struct test_case alone[] = {
	{"moved: header cleared, the rest kept", moved},
	{"a call pending in the old area is none", old_one_is_dead},
	{"the old page is ordinary, the new one is not", old_one_is_ordinary},
	{"to where it is: success, nothing changed", same_one},
	{"moved by the GHCB's event", by_event},
	{"not aligned to a page: 80000005h", misaligned},
	{"not the guest's memory: 80000003h", foreign},
	{"not validated, shared, a VMSA: 80000003h", unusable},
	{"a registered calling area: 80000003h", taken},
};

static const struct test_case together[] = {
	{"calling area and VMSA of another vCPU: 80000003h", other_cpus},
};

void guest_main(void)
{
	call_init();
	RUN_CASES(alone, together);
}
