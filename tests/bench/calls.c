/* SPDX-License-Identifier: MIT */
/*
 * The guest of `make bench`: makes each call of the core and attestation protocols once warm and
 * once measured. A write to the machine's mark port goes before the measured
 * one; scripts/bench finds mark and call in the machine's log. The last vCPU is
 * never started: it is what CREATE_VCPU and DELETE_VCPU are called for. With
 * "contended" on the command line the others make calls of their own meanwhile.
 */
#include "check.h"
#include "cpu.h"
#include "evidence.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "nae.h"
#include "svsm_call.h"
#include "vmpl.h"

#define PORT_MARK 0xe8
#define LIST_4K_MAX 510U
#define BLOCKS_2M 64U

/* In the order of scripts/bench's names. */
enum mark {
	MARK_QUERY_PROTOCOL = 1,
	MARK_REMAP_CA,
	MARK_CREATE_VCPU,
	MARK_DELETE_VCPU,
	MARK_PVALIDATE_4K_1,
	MARK_PVALIDATE_4K_64,
	MARK_PVALIDATE_4K_510,
	MARK_PVALIDATE_2M_1,
	MARK_PVALIDATE_2M_64,
	MARK_RESCIND_4K_64,
	MARK_ATTEST_SERVICES,
	MARK_ATTEST_SINGLE_SERVICE,
	MARK_END,
};

static uint64_t small, large; /* memory that the lists name */
static uint64_t other_ca;
static bool stop;

static void mark(enum mark number)
{
	nae_port_out(PORT_MARK, 4, number);
}

/* The list lies in the calling area's own page, as Linux's does. */
static void fill_list(uint64_t gpa, uint32_t count, bool is_2m, bool validate)
{
	struct svsm_pvalidate_list *list = (void *)((uint8_t *)cpu_self()->ca + 8);
	uint64_t step = is_2m ? PAGE_2M_SIZE : PAGE_SIZE;

	list->num_entries = (uint16_t)count;
	list->next = 0;
	list->reserved = 0;
	for (uint32_t i = 0; i < count; i++)
		list->entries[i] = (gpa + i * step) |
				   (validate ? SVSM_PVALIDATE_ACTION_VALIDATE : 0) |
				   (is_2m ? SVSM_PVALIDATE_SIZE_2M : SVSM_PVALIDATE_SIZE_4K);
}

static uint64_t call_until_done(uint32_t number, uint64_t rcx)
{
	struct svsm_regs r = {.rax = svsm_function(SVSM_PROTOCOL_CORE, number), .rcx = rcx};

	if (!svsm_call_done(&r, SVSM_BY_NAE))
		check_abort("the paravisor was not run");
	return r.rax;
}

static void call_pvalidate(uint64_t gpa, uint32_t count, bool is_2m, bool validate)
{
	fill_list(gpa, count, is_2m, validate);
	EXPECT_EQ(call_until_done(SVSM_CORE_PVALIDATE, (uint64_t)cpu_self()->ca + 8), SVSM_SUCCESS);
}

/* Rescinded and validated once before, so that no first-use work is counted. */
static void measure_validate(enum mark number, uint64_t gpa, uint32_t count, bool is_2m)
{
	for (int i = 0; i < 2; i++) {
		call_pvalidate(gpa, count, is_2m, false);
		if (i)
			mark(number);
		call_pvalidate(gpa, count, is_2m, true);
	}
	mark(MARK_END);
}

static void measure_rescind(void)
{
	mark(MARK_RESCIND_4K_64);
	call_pvalidate(small, 64, false, false);
	mark(MARK_END);
	call_pvalidate(small, 64, false, true);
}

/* With the host's certificates; once before, as all others. */
static void measure_attest(enum mark number, uint32_t call)
{
	struct evidence evidence;
	struct svsm_regs r;

	evidence_create(&evidence);
	for (int i = 0; i < 2; i++) {
		evidence_prepare(&evidence);
		if (i)
			mark(number);
		r = evidence_call(&evidence, call);
		mark(MARK_END);
		EXPECT(evidence_holds(&evidence, &r));
	}
}

static void measure_query(void)
{
	for (int i = 0; i < 2; i++) {
		if (i)
			mark(MARK_QUERY_PROTOCOL);
		EXPECT_NE(svsm_query_protocol(SVSM_PROTOCOL_CORE, 1), 0);
	}
	mark(MARK_END);
}

static void measure_remap(void)
{
	uint64_t first = (uint64_t)cpu_self()->ca;

	EXPECT_EQ(svsm_remap_ca(other_ca), SVSM_SUCCESS);
	cpu_self()->ca = (void *)other_ca;
	mark(MARK_REMAP_CA);
	EXPECT_EQ(svsm_remap_ca(first), SVSM_SUCCESS);
	cpu_self()->ca = (void *)first;
	mark(MARK_END);
}

/* A vCPU that is created for another processor and deleted before it ever ran. */
static void measure_vcpu(void)
{
	struct vmsa *vmsa = page_alloc_vmsa();
	uint32_t last = guest.cpu_count - 1;
	struct cpu *cpu = cpu_new(last, guest.vmpl);

	for (int i = 0; i < 2; i++) {
		vmsa_fill(vmsa, cpu, NULL, NULL);
		if (i)
			mark(MARK_CREATE_VCPU);
		EXPECT_EQ(svsm_create_vcpu((uint64_t)vmsa, other_ca, guest.apic_id[last]),
			SVSM_SUCCESS);
		if (i)
			mark(MARK_DELETE_VCPU);
		EXPECT_EQ(svsm_delete_vcpu((uint64_t)vmsa), SVSM_SUCCESS);
	}
	mark(MARK_END);
}

/* What the other vCPUs do in the figure `contended`: calls on pages of their own. */
static void contend(void *arg)
{
	uint64_t gpa = *(const uint64_t *)arg;

	while (!__atomic_load_n(&stop, __ATOMIC_SEQ_CST)) {
		call_pvalidate(gpa, 8, false, false);
		call_pvalidate(gpa, 8, false, true);
	}
}

static void calls(void)
{
	measure_query();
	measure_remap();
	measure_validate(MARK_PVALIDATE_4K_1, small, 1, false);
	measure_validate(MARK_PVALIDATE_4K_64, small, 64, false);
	measure_validate(MARK_PVALIDATE_4K_510, small, LIST_4K_MAX, false);
	measure_validate(MARK_PVALIDATE_2M_1, large, 1, true);
	measure_validate(MARK_PVALIDATE_2M_64, large, BLOCKS_2M, true);
	measure_rescind();
	measure_attest(MARK_ATTEST_SERVICES, SVSM_ATTEST_SERVICES);
	measure_attest(MARK_ATTEST_SINGLE_SERVICE, SVSM_ATTEST_SINGLE_SERVICE);
	if (guest.cpu_count > 1)
		measure_vcpu();
}

static void all(void)
{
	static uint64_t pages[GUEST_MAX_CPUS];
	uint32_t callers = guest_has_word("contended") ? guest.cpu_count - 1 : 1;

	for (uint32_t i = 1; i < callers; i++) {
		pages[i] = region_take(8 * PAGE_SIZE, PAGE_SIZE);
		EXPECT(smp_start(i, contend, &pages[i]));
	}
	calls();
	__atomic_store_n(&stop, true, __ATOMIC_SEQ_CST);
	for (uint32_t i = 1; i < callers; i++)
		EXPECT(smp_join(i));
}

void guest_main(void)
{
	static const struct test_case cases[] = {{"calls", all}};

	small = region_take(2 * PAGE_2M_SIZE, PAGE_2M_SIZE);
	large = region_take(BLOCKS_2M * PAGE_2M_SIZE, PAGE_2M_SIZE);
	other_ca = (uint64_t)page_alloc();
	CHECK_RUN(cases);
}
