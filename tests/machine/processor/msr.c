/* SPDX-License-Identifier: MIT */
/*
 * RDMSR and WRMSR. What an SNP processor does without an exit (registers that
 * live in the VMSA, the GHCB MSR, SEV_STATUS) is done here; the MSR bitmap lets
 * the plain ones through without the machine; everything else is #VC 7Ch.
 */
#include "vcpu.h"
#include "counters.h"
#include "x86.h"

#define MSR_LENGTH 2U
#define MSRPM_PAGES 2U
#define RIGHT_READ 1U /* bits of the permission map */
#define RIGHT_BOTH 3U
#define EFER_WRITABLE (EFER_SCE | EFER_LME | EFER_NXE | BIT(14) | BIT(15))

/* Held in the VMCB and switched by VMLOAD: no exit on hardware, none here. */
static const uint32_t direct_msrs[] = {
	MSR_TSC,
	MSR_SYSENTER_CS,
	MSR_SYSENTER_ESP,
	MSR_SYSENTER_EIP,
	MSR_STAR,
	MSR_LSTAR,
	MSR_CSTAR,
	MSR_SFMASK,
	MSR_FS_BASE,
	MSR_GS_BASE,
	MSR_KERNEL_GS_BASE,
	MSR_TSC_AUX,
};

/* Bit of @msr in the permission map, 2 bits an MSR; the three ranges of the manual. */
static uint32_t map_bit(uint32_t msr)
{
	if (msr < 0x2000)
		return msr * 2;
	return 0x800 * 8 + (msr & 0x1fff) * 2;
}

static void let_through(uint8_t *map, uint32_t msr, uint8_t rights)
{
	uint32_t bit = map_bit(msr);

	map[bit / 8] &= (uint8_t) ~(rights << bit % 8);
}

uint64_t msr_permission_map(bool with_x2apic)
{
	uint8_t *map = alloc_pages(MSRPM_PAGES);

	memset(map, 0xff, MSRPM_PAGES * PAGE_SIZE);
	for (size_t i = 0; i < ARRAY_SIZE(direct_msrs); i++)
		let_through(
			map, direct_msrs[i], direct_msrs[i] == MSR_TSC ? RIGHT_READ : RIGHT_BOTH);
	for (uint32_t msr = MSR_X2APIC_FIRST; with_x2apic && msr <= MSR_X2APIC_SELF_IPI; msr++)
		if (msr != MSR_X2APIC_ICR)
			let_through(map, msr, RIGHT_BOTH);
	return (uint64_t)map;
}

static uint64_t sev_status(const struct context *c)
{
	return SEV_STATUS_SEV | SEV_STATUS_ES | c->sev_features << SEV_STATUS_FEATURES_SHIFT;
}

static bool read_msr(const struct context *c, uint32_t msr, uint64_t *value)
{
	switch (msr) {
	case MSR_GHCB:
		*value = c->ghcb_msr;
		return true;
	case MSR_SEV_STATUS:
		*value = sev_status(c);
		return true;
	case MSR_EFER:
		*value = c->vmcb->efer;
		return true;
	case MSR_PAT:
		*value = c->pat;
		return true;
	case MSR_XSS:
		*value = c->xss;
		return true;
	default:
		return false;
	}
}

/* SVME is the VMSA's to keep: a guest's write does not clear it. */
static bool write_efer(struct vcpu *v, uint64_t value)
{
	struct vmcb *b = vcpu_context(v)->vmcb;
	bool changes_lme = (value ^ b->efer) & EFER_LME;

	if (value & ~(EFER_WRITABLE | EFER_LMA | EFER_SVME) || (changes_lme && b->cr0 & CR0_PG)) {
		event_exception(v, VEC_GP, true, 0);
		return false;
	}
	b->efer = (value & EFER_WRITABLE) | (b->efer & (EFER_LMA | EFER_SVME));
	write_trap(v, SVM_EXIT_EFER_WRITE_TRAP, b->efer);
	return true;
}

bool barrier_offered(void)
{
	return option_is("ibpb", "on") || option_is("ibpb", "intercepted");
}

/* There is nothing to forget; the barrier is counted. False: it is for the host. */
static bool write_pred_cmd(struct vcpu *v, uint64_t value, bool *done)
{
	if (!option_is("ibpb", "on"))
		return false;
	*done = value == PRED_CMD_IBPB;
	if (*done)
		COUNT(barriers);
	else
		event_exception(v, VEC_GP, true, 0);
	return true;
}

/* No state that the supervisor alone may save is offered. */
static bool write_xss(struct vcpu *v, uint64_t value)
{
	if (value)
		event_exception(v, VEC_GP, true, 0);
	return !value;
}

/* True if handled; *@done false if it ended in a fault. */
static bool write_msr(struct vcpu *v, uint32_t msr, uint64_t value, bool *done)
{
	struct context *c = vcpu_context(v);

	*done = true;
	switch (msr) {
	case MSR_GHCB:
		c->ghcb_msr = value;
		return true;
	case MSR_SEV_STATUS:
		event_exception(v, VEC_GP, true, 0);
		*done = false;
		return true;
	case MSR_EFER:
		*done = write_efer(v, value);
		return true;
	case MSR_PAT:
		c->pat = value;
		return true;
	case MSR_XSS:
		*done = write_xss(v, value);
		return true;
	case MSR_PRED_CMD:
		return write_pred_cmd(v, value, done);
	default:
		return false;
	}
}

void handle_msr(struct vcpu *v)
{
	struct context *c = vcpu_context(v);
	struct vmcb *b = c->vmcb;
	uint32_t msr = (uint32_t)c->gpr.rcx;
	bool handled, done = true;
	uint64_t value;

	if (b->exit_info1 & 1) {
		value = (uint32_t)b->rax | c->gpr.rdx << 32;
		handled = write_msr(v, msr, value, &done);
	} else {
		handled = read_msr(c, msr, &value);
		if (handled) {
			b->rax = (uint32_t)value;
			c->gpr.rdx = value >> 32;
		}
	}
	if (!handled)
		event_vc(v, SVM_EXIT_MSR);
	else if (done)
		advance_rip(c, MSR_LENGTH);
}
