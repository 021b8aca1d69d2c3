/* SPDX-License-Identifier: MIT */
/*
 * The calling area moved under a running call. The paravisor writes to the
 * first bytes of a calling area whenever its vCPU calls. If such a page could
 * be rescinded, become a save area or be another vCPU's meanwhile, that write
 * would go to memory that is no longer what was checked: by the guest's own
 * other vCPUs, and by the host, which can take the page at any time.
 *
 * While a page is a calling area no call changes what it is; when a vCPU moves
 * its own, either the old or the new page is held. If the host takes it, the
 * call is not served, and the guest finds its page unvalidated.
 */
#include "accomplice.h"

#include <string.h>

#include "cpu.h"
#include "insn.h"
#include "vmpl.h"

#define ROUNDS 300

static uint32_t moves, stop;
static uint64_t places[2];

static uint64_t other_area;

/* Without a look back: the old area may be rescinded as soon as it is none. */
static void move_to(uint64_t page)
{
	struct cpu *cpu = cpu_self();
	struct svsm_regs r = {
		.rax = svsm_function(SVSM_PROTOCOL_CORE, SVSM_CORE_REMAP_CA), .rcx = page};

	cpu->ca->call_pending = 1;
	if (!svsm_call_raw(&r, SVSM_BY_MSR) || r.rax)
		return;
	cpu->ca = private_view(page);
	__atomic_fetch_add(&moves, 1, __ATOMIC_SEQ_CST);
}

static void other_cpu(void *arg)
{
	other_area = (uint64_t)cpu_self()->ca;
	while (!__atomic_load_n(&stop, __ATOMIC_SEQ_CST)) {
		move_to(places[0]);
		move_to(places[1]);
	}
	(void)arg;
}

static void untouched(uint64_t area)
{
	uint64_t id = guest.apic_id[0], spare = (uint64_t)page_alloc_vmsa();
	uint64_t block = ALIGN_DOWN(area, PAGE_2M_SIZE) | RMP_SIZE_2M;

	EXPECT_EQ(pvalidate_entry(area | RESCIND), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(pvalidate_entry(area | VALIDATE), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(pvalidate_entry(block | RESCIND), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(core(SVSM_CORE_CREATE_VCPU, area, spare, id), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(core(SVSM_CORE_PVALIDATE, area, 0, 0), SVSM_ERR_INVALID_ADDRESS);
}

static void own(void)
{
	untouched((uint64_t)cpu_self()->ca);
}

static void start(void)
{
	places[0] = (uint64_t)page_alloc();
	places[1] = (uint64_t)page_alloc();
	EXPECT(smp_start(1, other_cpu, NULL));
	EXPECT(wait_for(&moves));
}

/* The other vCPU may be asking for the very page, in vain, and hold its lock meanwhile. */
static uint64_t validate_when_free(uint64_t page)
{
	uint64_t result;

	do
		result = pvalidate_entry(page | VALIDATE);
	while (result == SVSM_ERR_BUSY);
	return result;
}

/* Not one of the two places is ever both a calling area and rescinded. */
static void while_it_moves(void)
{
	uint32_t rescinded = 0;

	for (uint32_t i = 0; i < ROUNDS; i++) {
		uint64_t page = places[i % 2], result = pvalidate_entry(page | RESCIND);

		if (result == SVSM_SUCCESS) {
			rescinded++;
			EXPECT_EQ(validate_when_free(page), SVSM_SUCCESS);
		} else if (result != SVSM_ERR_BUSY) {
			EXPECT_EQ(result, SVSM_ERR_INVALID_ADDRESS);
		}
	}
	__atomic_store_n(&moves, 0, __ATOMIC_SEQ_CST);
	EXPECT(wait_for(&moves));
	print("# rescinded %u times between two moves\n", rescinded);
}

static void taken_by_another(void)
{
	uint64_t now;

	__atomic_store_n(&stop, 1, __ATOMIC_SEQ_CST);
	EXPECT(smp_join(1));
	now = (uint64_t)smp_cpu(1)->ca;
	EXPECT_EQ(core(SVSM_CORE_REMAP_CA, now, 0, 0), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(core(SVSM_CORE_CREATE_VCPU, (uint64_t)page_alloc_vmsa(), now, guest.apic_id[0]),
		SVSM_ERR_INVALID_ADDRESS);
	untouched(now);
	EXPECT_EQ(core(SVSM_CORE_REMAP_CA, other_area, 0, 0), SVSM_SUCCESS);
	cpu_self()->ca = private_view(other_area);
}

/* A call in a calling area that the host takes when VMPL 0 is entered for it. */
static void lost(enum hostile_command command, uint64_t arg1)
{
	struct svsm_regs r = {.rax = svsm_function(0, SVSM_CORE_QUERY_PROTOCOL), .rcx = 1};
	struct svsm_regs before = r;
	struct svsm_ca *area = page_alloc();

	EXPECT_EQ(svsm_remap_ca((uint64_t)area), SVSM_SUCCESS);
	area->call_pending = 1;
	host_order(HOSTILE_AT_ENTRY | command, (uint64_t)area, (uint32_t)(arg1 >> PAGE_SHIFT));
	EXPECT(svsm_call_raw(&r, SVSM_BY_MSR));
	EXPECT(!memcmp(&r, &before, sizeof(r)));
	EXPECT(read_is_unvalidated(area));
}

static void lost_for_good(void)
{
	struct svsm_ca *other = page_alloc();

	other->call_pending = 1;
	if (guest_has_word("private"))
		lost(HOSTILE_PRIVATE, 0);
	else if (guest_has_word("shared"))
		lost(HOSTILE_SHARE, 0);
	else
		lost(HOSTILE_REMAP, (uint64_t)other);
}

static const struct test_case cases[] = {
	{"a vCPU's own calling area stays one", own},
	{"a second vCPU moves its own to and fro", start},
	{"it is never taken from under it", while_it_moves},
	{"a calling area belongs to one vCPU", taken_by_another},
};

static const struct test_case host_cases[] = {
	{"the host takes it: the call is not served", lost_for_good},
};

void guest_main(void)
{
	if (guest_has_word("host"))
		CHECK_RUN(host_cases);
	CHECK_RUN(cases);
}
