/* SPDX-License-Identifier: MIT */
/* The GHCB MSR protocol: requests without a page (ghcb.h). */
#include "host.h"
#include "hostile.h"
#include "insn.h"
#include "npt.h"
#include "x86.h"

#define VERSION_MIN 2ULL
#define VERSION_MAX 2ULL

uint64_t host_sev_info(void)
{
	return VERSION_MAX << 48 | VERSION_MIN << 32 | (uint64_t)npt_c_bit() << 24 |
	       GHCB_MSR_SEV_INFO;
}

static uint64_t msr_cpuid(struct vcpu *v, uint64_t request)
{
	uint32_t reg = request >> 30 & 3;
	struct ghcb_request req = {
		.code = SVM_EXIT_CPUID,
		.rax = request >> 32,
		.xcr0 = XFEATURE_X87,
		.valid = {BIT(GHCB_VALID_BIT(rax)), 0},
	};
	struct ghcb_reply reply = {0};
	uint64_t values[4];

	req.valid[GHCB_VALID_BIT(rax) / 64] = BIT(GHCB_VALID_BIT(rax) % 64);
	req.valid[GHCB_VALID_BIT(rcx) / 64] |= BIT(GHCB_VALID_BIT(rcx) % 64);
	req.valid[GHCB_VALID_BIT(xcr0) / 64] |= BIT(GHCB_VALID_BIT(xcr0) % 64);
	host_cpuid(v, &req, &reply);
	values[0] = reply.rax;
	values[1] = reply.rbx;
	values[2] = reply.rcx;
	values[3] = reply.rdx;
	return values[reg] << 32 | (uint64_t)reg << 30 | GHCB_MSR_CPUID_RESP;
}

static uint64_t register_gpa(struct vcpu *v, uint64_t request)
{
	struct context *c = vcpu_context(v);
	uint64_t gpa = request & ~GHCB_MSR_INFO_MASK;

	if (!gpn_is_ram(gpa >> PAGE_SHIFT))
		return GHCB_MSR_NO_GPA << 12 | GHCB_MSR_REGISTER_GPA_RESP;
	c->ghcb_gpa = gpa;
	return gpa | GHCB_MSR_REGISTER_GPA_RESP;
}

static uint64_t msr_psc(uint64_t request)
{
	uint64_t gpn = (request & PSC_ENTRY_GFN_MASK) >> PSC_ENTRY_GFN_SHIFT;
	uint32_t op = request >> PSC_ENTRY_OP_SHIFT & 0xf;
	uint64_t error = 1;

	if (op == PSC_OP_PRIVATE || op == PSC_OP_SHARED)
		error = host_change_page(gpn, op == PSC_OP_PRIVATE, RMP_SIZE_4K);
	return error << 32 | GHCB_MSR_PSC_RESP;
}

/* The answer has to stand in the requester's MSR before the other VMPL runs. */
static void msr_run_vmpl(struct vcpu *v, uint64_t request)
{
	struct context *c = vcpu_context(v);
	bool ok = host_run_vmpl(v, request >> 32 & 0xff);

	c->ghcb_msr = (ok ? 0 : 1UL << 32) | GHCB_MSR_RUN_VMPL_RESP;
}

static uint64_t simple_answer(struct vcpu *v, uint64_t request)
{
	switch (request & GHCB_MSR_INFO_MASK) {
	case GHCB_MSR_SEV_INFO:
	case GHCB_MSR_SEV_INFO_REQ:
		return host_sev_info();
	case GHCB_MSR_CPUID_REQ:
		return msr_cpuid(v, request);
	case GHCB_MSR_PREFERRED_GPA_REQ:
		return GHCB_MSR_NO_GPA << 12 | GHCB_MSR_PREFERRED_GPA_RESP;
	case GHCB_MSR_REGISTER_GPA_REQ:
		return register_gpa(v, request);
	case GHCB_MSR_PSC_REQ:
		return msr_psc(request);
	case GHCB_MSR_FEATURES_REQ:
		return host_features() << 12 | GHCB_MSR_FEATURES_RESP;
	default:
		return request; /* as under KVM: no response is the guest's to notice */
	}
}

void host_msr_protocol(struct vcpu *v, uint64_t request)
{
	TRACE(TRACE_HOST, "host: vcpu %u vmpl %u msr %lx\n", v->index, v->current, request);
	switch (request & GHCB_MSR_INFO_MASK) {
	case GHCB_MSR_RUN_VMPL_REQ:
		msr_run_vmpl(v, request);
		break;
	case GHCB_MSR_AP_RESET_HOLD_REQ:
		host_ap_reset_hold(v, true);
		break;
	case GHCB_MSR_TERMINATE_REQ:
		host_terminate(v, request >> 12 & 0xf, request >> 16 & 0xff);
		break;
	default:
		vcpu_context(v)->ghcb_msr = hostile_msr_reply(
			v, request, simple_answer(v, request));
	}
}
