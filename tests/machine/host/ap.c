/* SPDX-License-Identifier: MIT */
/*
 * vCPUs from the host's side: AP creation, reset hold, switching VMPLs, halts
 * and what ends a run.
 *
 * AP creation for VMPL 0 starts the vCPU. For a lower-privileged VMPL it
 * records the VMSA, and wakes VMPL 0 of that vCPU, which asks for it to be run
 * (ap=start: the host enters it at once, as a host without an SVSM's help may).
 */
#include "host.h"
#include "insn.h"
#include "counters.h"
#include "hostile.h"
#include "iommu.h"
#include "profile.h"
#include "timeline.h"
#include "x86.h"

#define DROP_VMSA 1UL /* pending_vmsa: destroyed */

static uint32_t interrupt_vmpl;

uint32_t host_interrupt_vmpl(void)
{
	return interrupt_vmpl;
}

void host_terminate(struct vcpu *v, uint64_t set, uint64_t code)
{
	if (hostile_ignores_termination(v, set, code))
		return;
	run_end("terminated set %lu code %lu vcpu %u vmpl %u rip %lx", set, code, v->index,
		v->current, vcpu_context(v)->vmcb->rip);
}

void host_shutdown(struct vcpu *v)
{
	run_end("shutdown vcpu %u vmpl %u rip %lx", v->index, v->current,
		vcpu_context(v)->vmcb->rip);
}

void host_vmrun_failed(struct vcpu *v, uint32_t vmpl, const char *why)
{
	run_end("guest-fault vcpu %u vmpl %u: VMRUN refused the VMSA at %lx: %s", v->index, vmpl,
		v->context[vmpl].vmsa_gpa, why);
}

bool host_run_vmpl(struct vcpu *v, uint32_t vmpl)
{
	if (vmpl == v->current)
		return true;
	if (vmpl >= VMPL_COUNT || !v->context[vmpl].vmsa_gpa)
		return false;
	TRACE(TRACE_VMPL, "vmpl: vcpu %u %u -> %u\n", v->index, v->current, vmpl);
	COUNT(switches);
	if (hostile_leaving(v))
		return true;
	if (!v->current)
		flush_check(v);
	if (vmpl) {
		profile_leave_vmpl0(v);
	} else {
		profile_enter_vmpl0(v);
		COUNT(svsm_calls);
		timeline_count_call(v);
	}
	vmsa_store(v, v->current);
	v->current = vmpl;
	v->created_below = false;
	return true;
}

static bool may_be_interrupted(const struct vcpu *v, const struct context *c)
{
	return v->current == interrupt_vmpl && c->vmcb->rflags & RFLAGS_IF &&
	       !(c->sev_features & SEV_FEATURE_RESTRICTED_INJECTION);
}

/*
 * HLT that an interrupt may end is executed by the processor itself. All else the
 * vCPU waits for comes from the host, outside the guest: it need not be fetched
 * from there for a TLB flush, nor does its HLT come back where each instruction is
 * run alone (step.c).
 */
void host_halt(struct vcpu *v)
{
	struct context *c = vcpu_context(v);

	iommu_check();
	if (hostile_spurious_halt(v))
		return;
	if (may_be_interrupted(v, c)) {
		c->vmcb->intercept[3] &= ~(uint32_t)INTERCEPT_HLT;
		return;
	}
	advance_rip(c, 1);
	v->state = VCPU_HALTED;
}

/*
 * A VMSA that was created before the hold began ends it at once: the vCPU may have
 * been late, and the one that created it has no cause to ask again.
 */
void host_ap_reset_hold(struct vcpu *v, bool msr_protocol)
{
	v->reset_hold = true;
	v->reset_hold_msr = msr_protocol;
	v->state = VCPU_HALTED;
	if (v->created_below)
		host_wake_reset_hold(v);
}

void host_wake_reset_hold(struct vcpu *v)
{
	struct ghcb *g;

	if (!v->reset_hold)
		return;
	v->created_below = false;
	if (v->reset_hold_msr) {
		vcpu_context(v)->ghcb_msr = BIT(12) | GHCB_MSR_AP_RESET_HOLD_RESP;
	} else {
		g = ghcb_of(v);
		if (g) {
			g->sw_exit_info1 = 0;
			g->sw_exit_info2 = 1;
			g->valid_bitmap[GHCB_VALID_BIT(sw_exit_info2) / 64] |= BIT(
				GHCB_VALID_BIT(sw_exit_info2) % 64);
		}
	}
	v->reset_hold = false;
	vcpu_kick(v);
}

static bool vmsa_acceptable(uint64_t gpa)
{
	/* A VMSA at a 2 MiB boundary hits an erratum; KVM refuses it. */
	return IS_ALIGNED(gpa, PAGE_SIZE) && !IS_ALIGNED(gpa, PAGE_2M_SIZE) &&
	       gpn_is_ram(gpa >> PAGE_SHIFT);
}

static void publish(struct vcpu *target, uint32_t vmpl, uint64_t vmsa, bool start)
{
	spin_lock(&target->lock);
	target->pending_vmsa[vmpl] = vmsa;
	if (start) {
		target->start_current = true;
		target->start_vmpl = vmpl;
	}
	spin_unlock(&target->lock);
	if (vmpl > interrupt_vmpl)
		interrupt_vmpl = vmpl;
	vcpu_kick(target);
}

/*
 * A guest takes its VMSA back with the next instruction (OVMF stops if it cannot):
 * the vCPU is out of it by then, unless both wait for each other.
 */
static void wait_for_destruction(const struct vcpu *v, const struct vcpu *target, uint32_t vmpl)
{
	while (v != target &&
		__atomic_load_n(&target->pending_vmsa[vmpl], __ATOMIC_SEQ_CST) == DROP_VMSA &&
		!__atomic_load_n(&v->wake, __ATOMIC_SEQ_CST))
		cpu_relax();
}

void host_init(struct vcpu *v)
{
	uint64_t vmsa = v->init_vmsa;

	if (!vmsa)
		return;
	v->init_vmsa = 0;
	publish(v, v->current, vmsa, true);
}

/* Whether creation makes the new VMPL run at once. */
static bool starts(uint32_t vmpl, uint32_t request, const struct vcpu *target)
{
	if (request != AP_CREATE)
		return false;
	if (!vmpl)
		return true;
	return option_is("ap", "start") || !target->context[0].vmsa_gpa;
}

void host_ap_creation(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply)
{
	uint32_t request = req->info1 & 0xffff;
	uint32_t vmpl = req->info1 >> AP_CREATION_VMPL_SHIFT & 0xf;
	struct vcpu *target = vcpu_by_apic_id((uint32_t)(req->info1 >> AP_CREATION_APIC_ID_SHIFT));

	if (!target || vmpl >= VMPL_COUNT || request > AP_DESTROY ||
		(vmpl < v->current && !hostile_obliging())) {
		ghcb_malformed(reply, GHCB_ERR_INVALID_INPUT);
		return;
	}
	if (request == AP_DESTROY) {
		publish(target, vmpl, DROP_VMSA, false);
		wait_for_destruction(v, target, vmpl);
		return;
	}
	if (!GHCB_HAS(req, rax) || !(req->rax & SEV_FEATURE_SNP) || !vmsa_acceptable(req->info2)) {
		ghcb_malformed(reply, GHCB_ERR_INVALID_INPUT);
		return;
	}
	if (hostile_forgets_start(target, vmpl))
		return;
	if (request == AP_CREATE_ON_INIT && vmpl == target->current)
		target->init_vmsa = req->info2;
	else
		publish(target, vmpl, req->info2, starts(vmpl, request, target));
}

/* RAX: pages that the guest has for it, at EXITINFO1; the answer's: pages that it takes. */
void host_apic_id_list(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply)
{
	uint32_t list[1 + MACHINE_MAX_CPUS];

	(void)v;
	if (!GHCB_HAS(req, rax)) {
		ghcb_malformed(reply, GHCB_ERR_MISSING_INPUT);
		return;
	}
	reply->has_rax = true;
	reply->rax = req->rax ? req->rax : 1;
	if (!req->rax)
		return;
	list[0] = cpu_count;
	for (uint32_t i = 0; i < cpu_count; i++)
		list[i + 1] = vcpus[i].apic_id;
	if (req->info1 & (PAGE_SIZE - 1) ||
		!host_memory_write(req->info1, list, (cpu_count + 1) * sizeof(list[0])))
		ghcb_malformed(reply, GHCB_ERR_INVALID_INPUT);
}

uint64_t host_features(void)
{
	return option_number("features",
		GHCB_FEATURE_SNP | GHCB_FEATURE_AP_CREATION | GHCB_FEATURE_APIC_ID_LIST |
			GHCB_FEATURE_MULTI_VMPL |
			(option_is("doorbell", "on") ? GHCB_FEATURE_RESTRICTED_INJECTION : 0));
}
