/* SPDX-License-Identifier: MIT */
/*
 * The save area of a vCPU that runs, replaced or remapped. Who can write to a
 * save area decides which VMPL it runs at and what it executes. The guest tries
 * to get its page back while a vCPU runs from it, by every call that changes a
 * page; the host maps another frame there, or takes the page away while the
 * paravisor is reading a call out of it.
 *
 * The calls are refused and the vCPU goes on. What the host takes away faults
 * under the paravisor, at an instruction where none may: it ends.
 */
#include "accomplice.h"

#include "insn.h"
#include "nae.h"
#include "vmpl.h"

static uint64_t save_area;
static uint32_t rounds, stop, calling;

static void other_cpu(void *arg)
{
	while (!__atomic_load_n(&stop, __ATOMIC_SEQ_CST)) {
		if (__atomic_load_n(&calling, __ATOMIC_SEQ_CST))
			svsm_query_protocol(SVSM_PROTOCOL_CORE, 1);
		__atomic_fetch_add(&rounds, 1, __ATOMIC_SEQ_CST);
		cpu_relax();
	}
	(void)arg;
}

static void start(void)
{
	EXPECT(smp_start(1, other_cpu, NULL));
	save_area = (uint64_t)smp_vmsa(1);
}

static void still_runs(void)
{
	uint32_t before = __atomic_exchange_n(&rounds, 0, __ATOMIC_SEQ_CST);

	EXPECT(before && wait_for(&rounds));
}

static void by_pvalidate(void)
{
	uint64_t block = ALIGN_DOWN(save_area, PAGE_2M_SIZE) | RMP_SIZE_2M;

	EXPECT_EQ(pvalidate_entry(save_area | RESCIND), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(pvalidate_entry(save_area | VALIDATE | SVSM_PVALIDATE_IGNORE_CF),
		SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(pvalidate_entry(block | RESCIND), SVSM_ERR_INVALID_ADDRESS);
	still_runs();
}

static void by_another_use(void)
{
	uint64_t spare = (uint64_t)page_alloc_vmsa(), id = guest.apic_id[0];

	EXPECT_EQ(core(SVSM_CORE_REMAP_CA, save_area, 0, 0), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(core(SVSM_CORE_PVALIDATE, save_area + 8, 0, 0), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(core(SVSM_CORE_CREATE_VCPU, save_area, spare, id), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(core(SVSM_CORE_CREATE_VCPU, spare, save_area, id), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(core(SVSM_CORE_CREATE_VCPU, save_area, save_area, id), SVSM_ERR_INVALID_ADDRESS);
	still_runs();
}

static void by_deletion(void)
{
	EXPECT_EQ(core(SVSM_CORE_DELETE_VCPU, save_area, 0, 0),
		SVSM_ERR_PROTOCOL_BASE + RMP_FAIL_INUSE);
	still_runs();
}

/* The frame that runs is the one that was entered, whatever is mapped there now. */
static void by_the_host_while_it_runs(void)
{
	void *other = page_alloc();

	host_order(HOSTILE_PRIVATE, save_area, 0);
	still_runs();
	host_remap(save_area, (uint64_t)other);
	still_runs();
	host_order(HOSTILE_RESTORE, save_area, 0);
	__atomic_store_n(&calling, 1, __ATOMIC_SEQ_CST);
	still_runs();
}

static void ends(void)
{
	__atomic_store_n(&stop, 1, __ATOMIC_SEQ_CST);
	EXPECT(smp_join(1));
}

static const struct test_case cases[] = {
	{"a second vCPU runs", start},
	{"PVALIDATE of its save area is refused", by_pvalidate},
	{"any other use of its save area is refused", by_another_use},
	{"it cannot be deleted while it runs", by_deletion},
	{"the host can neither take nor replace it while it runs", by_the_host_while_it_runs},
	{"it ends by itself", ends},
};

/* The second vCPU's next call finds another page, or none, where its save area was. */
static void under_a_call(enum hostile_command command, uint64_t arg1)
{
	start();
	host_order(HOSTILE_AT_ENTRY | command, save_area, (uint32_t)(arg1 >> PAGE_SHIFT));
	__atomic_store_n(&calling, 1, __ATOMIC_SEQ_CST);
	still_runs();
	still_runs();
	check_abort("the second vCPU's call was served from another page");
}

void guest_main(void)
{
	if (guest_has_word("take"))
		under_a_call(HOSTILE_PRIVATE, 0);
	if (guest_has_word("share"))
		under_a_call(HOSTILE_SHARE, 0);
	if (guest_has_word("remap"))
		under_a_call(HOSTILE_REMAP, (uint64_t)page_alloc());
	if (guest_has_word("write")) {
		start();
		smp_vmsa(1)->vmpl = 0;
	}
	CHECK_RUN(cases);
}
