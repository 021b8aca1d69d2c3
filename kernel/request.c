/* SPDX-License-Identifier: MIT */
/*
 * The request loop. That the host entered VMPL0 proves nothing: a call is
 * served only if the vCPU's save area says that it left by VMGEXIT and its
 * calling area has a call pending.
 *
 * How a CPU comes by its vCPU. CREATE_VCPU for this CPU's APIC id, made on
 * another CPU, leaves the new vCPU in registry.offered. This CPU learns of it
 * when the host next runs its VMPL0, and the guest's own AP creation request
 * sees to that: it ends the AP reset hold in which an idle CPU waits. Then
 *  - a host that runs VMPL2 only when VMPL0 asks comes back here at once; the
 *    offered vCPU has no call pending, is adopted, and VMPL2 is asked for;
 *  - a host that starts VMPL2 at AP creation comes back with the new vCPU's
 *    first call, which is found and served; the vCPU is adopted by that.
 * A vCPU that is replaced while this CPU has one (CPU hotplug) goes the same
 * way: as long as the current one makes the calls it stays, and the offered one
 * is adopted by its first call. Which of the two runs is between guest and
 * host; nothing here depends on it.
 */
#include "kernel/request.h"
#include "kernel/attention.h"
#include "kernel/cpu.h"
#include "kernel/panic.h"
#include "kernel/service_idle.h"
#include "kernel/services_attend.h"
#include "kernel/vcpu.h"
#include "kernel/windows.h"
#include "ghcb.h"

/*
 * Maps the pages of an idle slot. In any other state its addresses may be those
 * of a vCPU that is gone, and the page the guest's again; an idle one's stand
 * still as long as its tag does, which vcpu_enter() compares.
 */
static bool view_of(struct cpu *cpu, struct vcpu *vcpu, struct vcpu_view *view)
{
	uint64_t tag = __atomic_load_n(&vcpu->tag, __ATOMIC_ACQUIRE);

	if ((tag & VCPU_STATE_MASK) != VCPU_IDLE)
		return false;
	view->vcpu = vcpu;
	view->idle_tag = tag;
	view->state = window_map(cpu, WINDOW_STATE_NEW, vcpu->save_area);
	view->calling_area = window_map(cpu, WINDOW_CALLING_AREA_NEW, vcpu->calling_area);
	return true;
}

/* The vCPU of @view, which has been entered, becomes the current one. */
static void adopt(struct cpu *cpu, const struct vcpu_view *view)
{
	cpu->current = *view;
	cpu->current.state = window_map(cpu, WINDOW_STATE, view->vcpu->save_area);
	cpu->current.calling_area = window_map(cpu, WINDOW_CALLING_AREA, view->vcpu->calling_area);
}

static void answer(const struct vcpu_view *view, struct svsm_call *call)
{
	protocol_dispatch(call);
	platform_vcpu_answer(view->state, call);
}

static void serve_current(struct cpu *cpu)
{
	struct svsm_call call;

	if (UNLIKELY(!vcpu_enter(&cpu->current))) {
		cpu->current.vcpu = NULL; /* deleted */
		return;
	}
	if (platform_vcpu_take_call(cpu->current.state, cpu->current.calling_area, &call))
		answer(&cpu->current, &call);
}

static void let_go(const struct vcpu_view *view)
{
	platform_vcpu_release(view->state);
	vcpu_leave(view);
}

/*
 * Looks at the vCPU that was created last for this CPU, through windows of its
 * own: its pages were checked by the CPU that created it, and the tag tells
 * whether it is still the same. True when it has become the current one.
 */
static bool serve_offered(struct cpu *cpu, struct vcpu *offered)
{
	struct vcpu_view view;
	struct svsm_call call;
	bool calls;

	if (!view_of(cpu, offered, &view) || !vcpu_enter(&view))
		return false;
	calls = platform_vcpu_take_call(view.state, view.calling_area, &call);
	if (!calls && cpu->current.vcpu) {
		let_go(&view);
		return false;
	}
	adopt(cpu, &view);
	if (calls)
		answer(&cpu->current, &call);
	return true;
}

/*
 * The offered vCPU comes first. It may share its calling area with the current
 * one, whose save area can still say VMGEXIT from its last call: a call of the
 * offered one's would be taken for the other's. Until it has run, its own exit
 * code is 0.
 */
void request_serve(struct cpu *cpu)
{
	struct vcpu *offered = __atomic_load_n(&cpu->registry.offered, __ATOMIC_ACQUIRE);

	if (UNLIKELY(offered && offered != cpu->current.vcpu) && serve_offered(cpu, offered))
		return;
	if (LIKELY(cpu->current.vcpu != NULL))
		serve_current(cpu);
	if (UNLIKELY(offered && !cpu->current.vcpu))
		serve_offered(cpu, offered);
}

/*
 * A host that does not know the vCPU yet is told of it, once. Another CPU may
 * delete it at any time that it is not entered; the next turn finds that out.
 */
static void run_after_refusal(struct cpu *cpu)
{
	if (!vcpu_enter(&cpu->current))
		return;
	platform_vcpu_register(cpu, cpu->current.vcpu->save_area);
	vcpu_leave(&cpu->current);
	if (!platform_vcpu_run() && vcpu_is_same(&cpu->current))
		give_up(TERM_NACRE_HOST_LIE, "the host refuses to run the guest on APIC id %u",
			cpu->apic_id);
}

static void run(struct cpu *cpu)
{
	let_go(&cpu->current);
	if (UNLIKELY(!platform_vcpu_run()))
		run_after_refusal(cpu);
}

/* Before the next call is taken: its vCPU may wait for this, the last call's does not. */
static NOINLINE void attend(struct cpu *cpu)
{
	if (attention_now() & ATTENTION_PANIC)
		panic_join();
	services_attend(cpu);
}

void request_loop(void)
{
	struct cpu *cpu = this_cpu();

	for (;;) {
		if (UNLIKELY(attention_now()))
			attend(cpu);
		request_serve(cpu);
		if (LIKELY(cpu->current.vcpu != NULL))
			run(cpu);
		else if (!services_idle())
			platform_cpu_hold();
	}
}
