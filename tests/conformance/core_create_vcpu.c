/* SPDX-License-Identifier: MIT */
/*
 * SVSM_CORE_CREATE_VCPU: what it refuses, after which the page is the guest's
 * again and unchanged; what registration means for both pages; and the life of
 * a vCPU: create, start by the host, replace, bring up again.
 */
#include <string.h>

#include "guest.h"
#include "insn.h"
#include "nae.h"
#include "places.h"

#define SLOTS 4U /* VMSAs that one APIC id can have at a time, the running one among them */
#define PATIENCE 100000000U

static uint64_t create(uint64_t vmsa, uint64_t calling_area, uint32_t apic_id)
{
	return core(SVSM_CORE_CREATE_VCPU, vmsa, calling_area, apic_id);
}

static uint64_t create_own(const struct vmsa *vmsa, uint64_t calling_area)
{
	return create((uint64_t)vmsa, calling_area, cpu_self()->apic_id);
}

static void must_delete(const struct vmsa *vmsa)
{
	uint64_t result = core(SVSM_CORE_DELETE_VCPU, (uint64_t)vmsa, 0, 0);

	if (result != SVSM_SUCCESS)
		check_abort("DELETE_VCPU of %lx: %lx", (uint64_t)vmsa, result);
}

/* --- Refusals --- */

/* The answer is @expected; the page @vmsa keeps its bytes and all rights. */
static void expect_page_refused(struct vmsa *vmsa, uint64_t calling_area, uint32_t apic_id,
	uint64_t expected, const char *why)
{
	static uint8_t copy[PAGE_SIZE];
	uint64_t result;

	memcpy(copy, vmsa, PAGE_SIZE);
	result = create((uint64_t)vmsa, calling_area, apic_id);
	if (result != expected) {
		check_fail("%s: %lx, expected %lx", why, result, expected);
		return;
	}
	if (memcmp(copy, vmsa, PAGE_SIZE))
		check_fail("%s: the refused page has changed", why);
	expect_ordinary((uint64_t)vmsa);
	vmsa->rax = ~vmsa->rax; /* it can be written */
}

static void expect_content_refused(struct vmsa *vmsa, const char *why)
{
	expect_page_refused(
		vmsa, (uint64_t)page_alloc(), cpu_self()->apic_id, SVSM_ERR_INVALID_PARAMETER, why);
}

static void wrong_vmpl(void)
{
	for (uint32_t vmpl = 0; vmpl < 256; vmpl += vmpl < VMPL_COUNT ? 1 : 63) {
		struct vmsa *vmsa = vmsa_new(0);

		vmsa->vmpl = (uint8_t)vmpl;
		if (vmpl != guest.vmpl)
			expect_content_refused(vmsa, "another VMPL");
	}
}

static void no_svme(void)
{
	struct vmsa *vmsa = vmsa_new(0);

	vmsa->efer &= ~EFER_SVME;
	expect_content_refused(vmsa, "EFER.SVME clear");
}

static void other_features(void)
{
	for (uint64_t bit = 0; bit < 64; bit++) {
		struct vmsa *vmsa = vmsa_new(0);

		vmsa->sev_features ^= BIT(bit);
		expect_content_refused(vmsa, "SEV_FEATURES");
	}
}

static void empty_page(void)
{
	expect_content_refused(page_alloc_vmsa(), "an empty page");
}

static void unknown_apic_id(void)
{
	static const uint32_t ids[] = {GUEST_MAX_CPUS, 0xff, 0x7fffffff, 0x80000000, 0xffffffff};

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		expect_page_refused(vmsa_new(0), (uint64_t)page_alloc(), ids[i],
			SVSM_ERR_INVALID_PARAMETER, "an unknown APIC id");
}

static void misaligned(void)
{
	struct vmsa *vmsa = vmsa_new(0);
	uint64_t calling_area = (uint64_t)page_alloc();

	for (uint64_t offset = 1; offset < PAGE_SIZE; offset <<= 1) {
		EXPECT_EQ(
			create((uint64_t)vmsa + offset, calling_area, 0), SVSM_ERR_INVALID_ADDRESS);
		expect_page_refused(vmsa, calling_area + offset, 0, SVSM_ERR_INVALID_ADDRESS,
			"a calling area not aligned");
	}
}

static void one_page_for_both(void)
{
	struct vmsa *vmsa = vmsa_new(0);

	expect_page_refused(vmsa, (uint64_t)vmsa, 0, SVSM_ERR_INVALID_ADDRESS, "one page for both");
}

/* SNP erratum 1467: a VMSA at a 2 MiB boundary. */
static void at_2m(void)
{
	struct vmsa *vmsa = private_view(region_take(PAGE_2M_SIZE, PAGE_2M_SIZE));

	vmsa_make(vmsa, 0);
	expect_page_refused(vmsa, (uint64_t)page_alloc(), 0, SVSM_ERR_INVALID_ADDRESS,
		"a VMSA at a 2 MiB boundary");
}

static void bad_places(void)
{
	struct vmsa *vmsa = vmsa_new(0);
	struct place places[2 * MAX_PLACES];
	uint32_t count = foreign_places(places);
	uint64_t calling_area = (uint64_t)page_alloc();

	count += unusable_places(places + count);
	for (uint32_t i = 0; i < count; i++) {
		if (create(places[i].gpa, calling_area, 0) != SVSM_ERR_INVALID_ADDRESS)
			check_fail("a VMSA in %s", places[i].what);
		expect_page_refused(
			vmsa, places[i].gpa, 0, SVSM_ERR_INVALID_ADDRESS, places[i].what);
	}
	expect_ordinary(calling_area);
	must_delete((struct vmsa *)places[count - 1].gpa);
}

/* A calling area as VMSA, and a VMSA that is there already. */
static void overlaps(void)
{
	uint64_t calling_area, spare = (uint64_t)page_alloc();
	struct vmsa *vmsa = vmsa_registered(&calling_area), *next = vmsa_new(0);

	EXPECT_EQ(create((uint64_t)cpu_self()->ca, spare, 0), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(create(calling_area, spare, 0), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(create_own(vmsa, spare), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(create_own(vmsa, calling_area), SVSM_ERR_INVALID_ADDRESS);
	expect_page_refused(
		next, (uint64_t)vmsa, 0, SVSM_ERR_INVALID_ADDRESS, "a VMSA as calling area");
	expect_ordinary(spare);
	expect_ordinary(calling_area);
	must_delete(vmsa);
}

/* --- Registration --- */

static void registered(void)
{
	struct vmsa *vmsa = vmsa_new(0);
	uint64_t calling_area = (uint64_t)page_alloc();
	uint64_t rip = vmsa->rip;

	page_fill(calling_area);
	EXPECT_EQ(create_own(vmsa, calling_area), SVSM_SUCCESS);
	EXPECT_EQ(page_read((uint64_t)vmsa).vector, TRAP_NONE);
	EXPECT_EQ(vmsa->rip, rip);
	EXPECT_EQ(page_rights((uint64_t)vmsa, RMP_SIZE_4K), RMP_PERM_READ);
	EXPECT_EQ(rmpquery(vmsa, 3).attributes & ~RMPADJUST_VMSA, 3);
	EXPECT_EQ(change((uint64_t)vmsa | RESCIND), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(change(calling_area | RESCIND), SVSM_ERR_INVALID_ADDRESS);
	expect_filled(calling_area);
	expect_ordinary(calling_area);
	must_delete(vmsa);
	expect_ordinary((uint64_t)vmsa);
	EXPECT_EQ(change((uint64_t)vmsa | RESCIND), SVSM_SUCCESS);
	EXPECT_EQ(change(calling_area | RESCIND), SVSM_SUCCESS);
}

static void by_event(void)
{
	struct vmsa *vmsa = vmsa_new(0);
	struct svsm_regs r = {svsm_function(SVSM_PROTOCOL_CORE, SVSM_CORE_CREATE_VCPU),
		(uint64_t)vmsa, (uint64_t)page_alloc(), cpu_self()->apic_id, 4};

	call(&r, SVSM_BY_NAE, 0);
	EXPECT_EQ(r.rax, SVSM_SUCCESS);
	must_delete(vmsa);
}

/* R8[63:32] is not part of the APIC id. */
static void half_of_r8(void)
{
	struct vmsa *vmsa = vmsa_new(0);

	EXPECT_EQ(core(SVSM_CORE_CREATE_VCPU, (uint64_t)vmsa, (uint64_t)page_alloc(),
			  0xffffffffUL << 32 | cpu_self()->apic_id),
		SVSM_SUCCESS);
	must_delete(vmsa);
}

/* A VMSA that waits for the same vCPU does not disturb the one that runs. */
static void own_one_goes_on(void)
{
	uint64_t calling_area;
	struct vmsa *vmsa = vmsa_registered(&calling_area);
	struct svsm_regs r = {0};

	EXPECT_EQ(svsm_query_protocol(SVSM_PROTOCOL_CORE, 1), 1UL << 32 | 1);
	call_without_pending(&r, SVSM_BY_MSR);
	call_without_pending(&r, SVSM_BY_NAE);
	EXPECT_EQ(svsm_query_protocol(SVSM_PROTOCOL_CORE, 1), 1UL << 32 | 1);
	EXPECT(vmsa->efer & EFER_SVME);
	must_delete(vmsa);
}

/* A pending byte in the other one's calling area is no call of it: it has not run. */
static void waiting_one_cannot_call(void)
{
	uint64_t calling_area;
	struct vmsa *vmsa = vmsa_registered(&calling_area);
	struct svsm_regs r = {0};

	((struct svsm_ca *)calling_area)->call_pending = 1;
	call_without_pending(&r, SVSM_BY_MSR);
	EXPECT_EQ(((struct svsm_ca *)calling_area)->call_pending, 1);
	EXPECT_EQ(vmsa->rax, 0);
	must_delete(vmsa);
}

/* A vCPU that comes back uses its calling area again: more than one VMSA may have it. */
static void shared_calling_area(void)
{
	struct vmsa *first = vmsa_new(0), *second = vmsa_new(0);
	uint64_t calling_area = (uint64_t)page_alloc();

	EXPECT_EQ(create_own(first, calling_area), SVSM_SUCCESS);
	EXPECT_EQ(create_own(second, calling_area), SVSM_SUCCESS);
	must_delete(first);
	EXPECT_EQ(change(calling_area | RESCIND), SVSM_ERR_INVALID_ADDRESS);
	must_delete(second);
	EXPECT_EQ(change(calling_area | RESCIND), SVSM_SUCCESS);
}

/* Registering without deleting comes to an end, and deleting one makes room. */
static void slots(void)
{
	struct vmsa *vmsas[SLOTS];

	for (uint32_t i = 0; i < SLOTS - 1; i++) {
		vmsas[i] = vmsa_new(0);
		EXPECT_EQ(create_own(vmsas[i], (uint64_t)page_alloc()), SVSM_SUCCESS);
	}
	vmsas[SLOTS - 1] = vmsa_new(0);
	expect_page_refused(vmsas[SLOTS - 1], (uint64_t)page_alloc(), cpu_self()->apic_id,
		SVSM_ERR_INVALID_REQUEST, "more VMSAs than there are slots");
	must_delete(vmsas[0]);
	EXPECT_EQ(create_own(vmsas[SLOTS - 1], (uint64_t)page_alloc()), SVSM_SUCCESS);
	for (uint32_t i = 1; i < SLOTS; i++)
		must_delete(vmsas[i]);
}

/* --- Life --- */

static uint64_t answers; /* of calls that the other vCPUs have made */

static void make_calls(void *arg)
{
	call_init();
	for (uint32_t i = 0; i < 3; i++) {
		EXPECT_EQ(svsm_query_protocol(SVSM_PROTOCOL_CORE, 1), 1UL << 32 | 1);
		must_change(*(uint64_t *)arg | RESCIND);
		must_change(*(uint64_t *)arg | VALIDATE);
	}
	expect_zero(*(uint64_t *)arg);
	__atomic_fetch_add(&answers, 1, __ATOMIC_SEQ_CST);
}

static void start_and_finish(uint32_t index)
{
	uint64_t page = (uint64_t)page_alloc(), before = answers;

	EXPECT(smp_start(index, make_calls, &page));
	EXPECT(smp_join(index));
	EXPECT_EQ(answers, before + 1);
}

static void all_started(void)
{
	for (uint32_t i = 1; i < guest.cpu_count; i++)
		start_and_finish(i);
}

/*
 * As Linux does it when a CPU comes back: create, have the host start it, then
 * delete the old one, which stays registered until then.
 */
static void replaced(void)
{
	struct vmsa *old = smp_vmsa(1);
	uint64_t spare = (uint64_t)page_alloc(), result, tries = 0;

	start_and_finish(1);
	EXPECT_NE((uint64_t)smp_vmsa(1), (uint64_t)old);
	EXPECT_EQ(change((uint64_t)old | RESCIND), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(create((uint64_t)old, spare, guest.apic_id[1]), SVSM_ERR_INVALID_ADDRESS);
	do {
		result = core(SVSM_CORE_DELETE_VCPU, (uint64_t)old, 0, 0);
	} while ((result == ERR_INUSE || result == SVSM_ERR_BUSY) && tries++ < 1000);
	EXPECT_EQ(result, SVSM_SUCCESS);
	expect_ordinary((uint64_t)old);
}

static void again_and_again(void)
{
	for (uint32_t i = 0; i < 6; i++)
		replaced();
}

/* One vCPU cannot be given another's calling area, nor its VMSA. */
static void others_pages(void)
{
	struct vmsa *vmsa = vmsa_new(1);
	uint64_t taken = (uint64_t)smp_cpu(1)->ca;

	expect_page_refused(vmsa, (uint64_t)cpu_self()->ca, guest.apic_id[1],
		SVSM_ERR_INVALID_ADDRESS, "the caller's calling area for another vCPU");
	expect_page_refused(vmsa, taken, guest.apic_id[0], SVSM_ERR_INVALID_ADDRESS,
		"another vCPU's calling area for the caller");
	EXPECT_EQ(create((uint64_t)smp_vmsa(1), (uint64_t)page_alloc(), guest.apic_id[0]),
		SVSM_ERR_INVALID_ADDRESS);
}

static const struct test_case alone[] = {
	{"another VMPL than the caller's: 80000005h", wrong_vmpl},
	{"EFER.SVME clear: 80000005h", no_svme},
	{"SEV_FEATURES other than the caller's: 80000005h", other_features},
	{"an empty page as VMSA: 80000005h", empty_page},
	{"an unknown APIC id: 80000005h", unknown_apic_id},
	{"pages not aligned: 80000003h", misaligned},
	{"one page as VMSA and calling area: 80000003h", one_page_for_both},
	{"a VMSA at a 2 MiB boundary: 80000003h", at_2m},
	{"pages that are no plain guest memory: 80000003h", bad_places},
	{"pages that are registered: 80000003h", overlaps},
	{"registered pages: rights, no changes, until deleted", registered},
	{"created by the GHCB's event", by_event},
	{"the APIC id is the low half of R8", half_of_r8},
	{"the running VMSA goes on", own_one_goes_on},
	{"a VMSA that has not run cannot call", waiting_one_cannot_call},
	{"two VMSAs of a vCPU with one calling area", shared_calling_area},
	{"no more slots: 80000006h", slots},
};

static const struct test_case together[] = {
	{"vCPUs created, started, calling", all_started},
	{"one replaced, the old one stays until deleted", replaced},
	{"replaced again and again", again_and_again},
	{"pages of another vCPU: 80000003h", others_pages},
};

void guest_main(void)
{
	call_init();
	RUN_CASES(alone, together);
}
