/* SPDX-License-Identifier: MIT */
/*
 * A save area that is more than the guest's own. The guest wants a vCPU at
 * VMPL 0 or 1: it asks for one whose VMSA says so, or without what ties it to
 * the guest's rules, or changes the VMSA after it has been checked, or goes to
 * the host directly with an AP creation for VMPL 0. Such a vCPU would be the
 * paravisor.
 *
 * CREATE_VCPU checks the page after the guest has lost it, refuses, and gives it
 * back as it was. An honest host refuses the AP creation; with one that does
 * not, the processor finds that the page is no VMSA, or one of another VMPL.
 */
#include "accomplice.h"

#include "cpu.h"
#include "insn.h"
#include "nae.h"
#include "vmpl.h"

static struct vmsa *page;

static struct vmsa *fresh(void)
{
	page = page_alloc_vmsa();
	vmsa_fill(page, cpu_new(0, guest.vmpl), NULL, NULL);
	return page;
}

/* Refused, still writable, no VMSA, and its content as it was. */
static void refused(void)
{
	uint64_t area = (uint64_t)page_alloc(), rip = page->rip;

	EXPECT_EQ(core(SVSM_CORE_CREATE_VCPU, (uint64_t)page, area, guest.apic_id[0]),
		SVSM_ERR_INVALID_PARAMETER);
	EXPECT_EQ(page->rip, rip);
	page->rip = 0;
	EXPECT_EQ(rmpquery(page, 3).attributes & RMPADJUST_VMSA, 0);
	EXPECT_EQ(core(SVSM_CORE_DELETE_VCPU, (uint64_t)page, 0, 0), SVSM_ERR_INVALID_PARAMETER);
}

static void other_levels(void)
{
	for (uint8_t vmpl = 0; vmpl < 8; vmpl++) {
		if (vmpl == guest.vmpl)
			continue;
		fresh()->vmpl = vmpl;
		refused();
	}
}

static void without_svme(void)
{
	fresh()->efer &= ~EFER_SVME;
	refused();
}

static void other_features(void)
{
	for (uint32_t bit = 0; bit < 64; bit++) {
		fresh()->sev_features ^= BIT(bit);
		refused();
	}
}

static void by_the_host(void)
{
	struct nae n;

	for (uint32_t vmpl = 0; vmpl < guest.vmpl; vmpl++) {
		nae_ap_creation(
			&n, AP_CREATE, vmpl, guest.apic_id[0], (uint64_t)fresh(), vmsa_features());
		EXPECT_EQ(n.info1, GHCB_RESULT_MALFORMED);
		EXPECT_EQ(n.info2, GHCB_ERR_INVALID_INPUT);
	}
}

static const struct test_case cases[] = {
	{"a VMSA of another VMPL", other_levels},
	{"a VMSA without EFER.SVME", without_svme},
	{"a VMSA with other SEV_FEATURES, bit by bit", other_features},
	{"AP creation for a higher VMPL is refused by an honest host", by_the_host},
};

/* With a host that does what it is asked: the second vCPU, at @vmpl, from @vmsa. */
static void have_run(uint32_t vmpl, struct vmsa *vmsa)
{
	struct nae n;

	nae_ap_creation(&n, AP_CREATE, vmpl, guest.apic_id[1], (uint64_t)vmsa, vmsa_features());
	for (uint32_t i = 0; i < 100; i++)
		svsm_query_protocol(SVSM_PROTOCOL_CORE, 1);
	check_abort("the second vCPU runs at VMPL %u", vmpl);
}

static void returns(void *arg)
{
	(void)arg;
}

void guest_main(void)
{
	if (guest_has_word("plain-page")) {
		fresh()->vmpl = 0;
		have_run(0, page);
	}
	if (guest_has_word("of-vmpl2")) {
		EXPECT(smp_start(1, returns, NULL) && smp_join(1));
		have_run(0, smp_vmsa(1));
	}
	CHECK_RUN(cases);
}
