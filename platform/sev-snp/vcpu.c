/* SPDX-License-Identifier: MIT */
/*
 * Guest vCPUs: reading a call out of a save area, answering it, and running
 * the guest. This is the paravisor's hot path.
 */
#include "kernel/fault_access.h"
#include "kernel/index_mask.h"
#include "platform.h"
#include "platform/sev-snp/ghcb_page.h"
#include "platform/sev-snp/snp_platform.h"
#include "svsm.h"
#include "x86.h"

/*
 * Without EFER.SVME the host cannot run the vCPU, so its registers stand still
 * from here to platform_vcpu_release(). A write to a save area that is running
 * elsewhere faults to the host until it has stopped; the locked instruction
 * reads and writes in one, so that nothing the processor has saved between the
 * two is overwritten.
 */
static void forbid_running(struct vmsa *vmsa)
{
	__atomic_fetch_and(&vmsa->efer, ~(uint64_t)EFER_SVME, __ATOMIC_SEQ_CST);
}

void platform_vcpu_stop(struct va state)
{
	forbid_running(va_pointer(state));
}

bool platform_vcpu_take_call(struct va state, struct va calling_area, struct svsm_call *call)
{
	volatile struct vmsa *vmsa = va_pointer(state);
	struct svsm_ca *area = va_pointer(calling_area);
	uint8_t pending;

	forbid_running(va_pointer(state));
	if (vmsa->guest_exit_code != SVM_EXIT_VMGEXIT)
		return false;
	if (!fault_exchange(&area->call_pending, 0, &pending) || !pending)
		return false;
	speculation_barrier(); /* there is a call, not only a guess that there is one */
	call->rax = vmsa->rax;
	call->rcx = vmsa->rcx;
	call->rdx = vmsa->rdx;
	call->r8 = vmsa->r8;
	call->r9 = vmsa->r9;
	call->outputs = 0;
	return true;
}

void platform_vcpu_answer(struct va state, const struct svsm_call *call)
{
	volatile struct vmsa *vmsa = va_pointer(state);

	vmsa->rax = call->rax;
	if (call->outputs & CALL_OUT_RCX)
		vmsa->rcx = call->rcx;
	if (call->outputs & CALL_OUT_RDX)
		vmsa->rdx = call->rdx;
	if (call->outputs & CALL_OUT_R8)
		vmsa->r8 = call->r8;
	if (call->outputs & CALL_OUT_R9)
		vmsa->r9 = call->r9;
}

void platform_vcpu_release(struct va state)
{
	struct vmsa *vmsa = va_pointer(state);

	__atomic_fetch_or(&vmsa->efer, EFER_SVME, __ATOMIC_SEQ_CST);
}

bool platform_vcpu_run(void)
{
	volatile struct ghcb *ghcb = ghcb_own();

	ghcb_begin(ghcb, GHCB_EVENT_RUN_VMPL, SNP_GUEST_VMPL, 0);
	return ghcb_exit(ghcb) == GHCB_RESULT_OK;
}

/* 58019, SVSM_CORE_CREATE_VCPU: the same level and features as the caller's. */
bool platform_vcpu_acceptable(struct va state)
{
	const volatile struct vmsa *vmsa = va_pointer(state);

	return vmsa->vmpl == SNP_GUEST_VMPL && (vmsa->efer & EFER_SVME) &&
	       vmsa->sev_features == platform_facts()->guest_features;
}
