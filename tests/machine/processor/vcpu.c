/* SPDX-License-Identifier: MIT */
/*
 * The life of a vCPU: waiting to be started, entering the guest, exits, kicks
 * from other processors. One of these loops runs on each processor.
 */
#include "vcpu.h"
#include "counters.h"
#include "host.h"
#include "hostile.h"
#include "insn.h"
#include "npt.h"
#include "profile.h"
#include "timeline.h"
#include "turns.h"
#include "x86.h"

#define IOPM_PAGES 3U

struct vcpu vcpus[MACHINE_MAX_CPUS];
void svm_vmrun(uint64_t vmcb_pa, struct gpr *gpr);
/* boot.S: sleeps unless *@wake is set; an NMI in between is not lost. */
void cpu_sleep(const bool *wake);

static uint64_t iopm, msrpm, msrpm_x2apic;

static void init_vmcb(struct vmcb *b)
{
	b->intercept[2] = (uint32_t)INTERCEPT_EXCEPTIONS;
	b->intercept[3] = (uint32_t)(INTERCEPT_NMI | INTERCEPT_INIT | INTERCEPT_RDPMC |
				     INTERCEPT_CPUID | INTERCEPT_INVD | INTERCEPT_HLT |
				     INTERCEPT_INVLPGA | INTERCEPT_IOIO | INTERCEPT_MSR |
				     INTERCEPT_SHUTDOWN);
	b->intercept[4] = (uint32_t)(INTERCEPT_VMRUN_TO_SKINIT | INTERCEPT_WBINVD |
				     INTERCEPT_MONITOR | INTERCEPT_MWAIT);
	b->iopm_base = iopm;
	b->asid = 1;
	b->np_control = VMCB_NP_ENABLE;
}

static void enable_svm(void)
{
	wrmsr(MSR_VM_HSAVE_PA, (uint64_t)alloc_page());
	svm_clgi();
}

void vcpu_init(uint32_t index)
{
	struct vcpu *v = &vcpus[index];

	if (!iopm) {
		iopm = (uint64_t)alloc_pages(IOPM_PAGES);
		memset(phys(iopm), 0xff, IOPM_PAGES * PAGE_SIZE);
		msrpm = msr_permission_map(false);
		msrpm_x2apic = msr_permission_map(true);
	}
	v->index = index;
	v->apic_id = cpu_apic_id(index);
	v->state = VCPU_STOPPED;
	for (uint32_t i = 0; i < VMPL_COUNT; i++) {
		struct context *c = &v->context[i];

		c->vmcb = alloc_page();
		c->vmpl = i;
		c->ghcb_gpa = GHCB_NONE;
		c->ghcb_msr = host_sev_info();
		init_vmcb(c->vmcb);
	}
}

struct vcpu *vcpu_by_apic_id(uint32_t apic_id)
{
	for (uint32_t i = 0; i < cpu_count; i++)
		if (vcpus[i].apic_id == apic_id)
			return &vcpus[i];
	return NULL;
}

void vcpu_kick(struct vcpu *v)
{
	__atomic_store_n(&v->wake, true, __ATOMIC_SEQ_CST);
	if (v->index != cpu_index())
		apic_send_nmi(v->apic_id);
}

/* The TLB of a processor is flushed by every VMRUN: out of the guest is enough. */
static void wait_until_out(struct vcpu *v)
{
	uint64_t exits = __atomic_load_n(&v->exits, __ATOMIC_SEQ_CST);

	if (!__atomic_load_n(&v->in_guest, __ATOMIC_SEQ_CST))
		return;
	apic_send_nmi(v->apic_id);
	while (__atomic_load_n(&v->in_guest, __ATOMIC_SEQ_CST) &&
		__atomic_load_n(&v->exits, __ATOMIC_SEQ_CST) == exits)
		cpu_relax();
}

void vcpu_flush_others(void)
{
	full_fence();
	for (uint32_t i = 0; i < cpu_count; i++)
		if (i != cpu_index())
			wait_until_out(&vcpus[i]);
}

/* AP creation for this vCPU takes effect here, on its own processor. */
static void take_pending(struct vcpu *v)
{
	spin_lock(&v->lock);
	for (uint32_t i = 0; i < VMPL_COUNT; i++) {
		if (!v->pending_vmsa[i])
			continue;
		vmsa_set(v, i, v->pending_vmsa[i] == 1 ? 0 : v->pending_vmsa[i]);
		v->pending_vmsa[i] = 0;
		if (i == v->current) {
			v->state = v->context[i].vmsa_gpa ? VCPU_RUNNING : VCPU_STOPPED;
			v->reset_hold = false;
		} else if (i > v->current && v->context[i].vmsa_gpa) {
			v->created_below = true;
			host_wake_reset_hold(v); /* an SVSM waiting for a vCPU to run */
		}
	}
	if (v->start_current) {
		v->start_current = false;
		if (v->start_vmpl != v->current)
			vmsa_store(v, v->current);
		v->current = v->start_vmpl;
		v->created_below = false;
		v->state = VCPU_RUNNING;
		v->reset_hold = false;
	}
	spin_unlock(&v->lock);
}

/* None during a step, and none with restricted injection. */
static uint32_t virtual_interrupt(const struct vcpu *v, const struct context *c)
{
	if (c->step.active || c->sev_features & SEV_FEATURE_RESTRICTED_INJECTION)
		return 0;
	return host_virtual_interrupt(v);
}

/* HLT with IF set ends when there is one. */
static bool interrupt_wakes(struct vcpu *v)
{
	const struct context *c = vcpu_context(v);

	return c->vmcb->rflags & RFLAGS_IF && virtual_interrupt(v, c);
}

static void wait_for_work(struct vcpu *v)
{
	for (;;) {
		bool woken = __atomic_exchange_n(&v->wake, false, __ATOMIC_SEQ_CST);

		if (woken)
			take_pending(v);
		if (v->state == VCPU_RUNNING)
			return;
		if (v->state == VCPU_HALTED && !v->reset_hold && (woken || interrupt_wakes(v))) {
			v->state = VCPU_RUNNING;
			return;
		}
		vmsa_store(v, v->current); /* out of the guest its VMSA is not in use */
		timeline_spend(v, TIMELINE_OFF);
		cpu_sleep(&v->wake);
		timeline_spend(v, TIMELINE_MACHINE);
	}
}

static void prepare_events(struct vcpu *v, struct context *c)
{
	struct vmcb *b = c->vmcb;

	if (b->event_inj & EVENT_VALID)
		return;
	if (c->pending_event) {
		uint64_t event = c->pending_event;

		if (!c->forced_event && (event & EVENT_TYPE_MASK) == EVENT_TYPE_INTR &&
			!(b->rflags & RFLAGS_IF))
			return;
		c->forced_event = false;
		c->pending_event = 0;
		event_inject(v, event);
	} else if (c->nmi_pending) {
		c->nmi_pending = false;
		b->event_inj = VEC_NMI | EVENT_TYPE_NMI | EVENT_VALID;
	}
}

/*
 * Device interrupts reach only the VMPL that owns them, never a step, and no
 * context with restricted injection, which takes #HV alone.
 */
static bool takes_interrupts(const struct vcpu *v, const struct context *c)
{
	return host_interrupt_vmpl() == v->current && !c->step.active &&
	       !(c->sev_features & SEV_FEATURE_RESTRICTED_INJECTION);
}

/* All others have them wait; a virtual interrupt is the only one that they may get. */
static uint64_t interrupt_control(const struct vcpu *v, struct context *c)
{
	c->offered = 0;
	if (takes_interrupts(v, c))
		return 0;
	c->offered = virtual_interrupt(v, c);
	return VMCB_INT_MASKING | (c->offered ? VMCB_V_IRQ(c->offered) : 0);
}

/*
 * QEMU has delivered the virtual interrupt, or an exit has stopped it in the midst of
 * that: it is then redelivered as any other event.
 */
static void look_at_offer(struct vcpu *v, const struct context *c)
{
	const struct vmcb *b = c->vmcb;
	bool stopped = b->exit_int_info & EVENT_VALID && (uint8_t)b->exit_int_info == c->offered;

	if (c->offered && (stopped || !(b->int_control & VMCB_V_IRQ_PENDING)))
		host_interrupt_taken(v, c->offered);
}

static void prepare_entry(struct vcpu *v, struct context *c)
{
	struct vmcb *b = c->vmcb;
	bool paging = b->cr0 & CR0_PG;

	host_settle_apic(v);
	if (!c->step.active) {
		prepare_events(v, c);
		b->intercept[0] = (uint32_t)(INTERCEPT_CR0_WRITE | INTERCEPT_CR4_WRITE);
	}
	c->paged_root = paging || (c->step.active && c->step.paged);
	b->nested_cr3 = npt_root(v->current, c->paged_root);
	b->msrpm_base = host_maps_x2apic(v) ? msrpm_x2apic : msrpm;
	b->int_control = interrupt_control(v, c);
}

static void enter_guest(struct vcpu *v, struct context *c)
{
	uint64_t waited, before;

	timeline_enter(v);
	profile_before(v);
	waited = turns_waited();
	before = rdtsc();
	svm_vmrun(virt_to_phys(c->vmcb), &c->gpr);
	before = rdtsc() - before;
	profile_after(v, before - (turns_waited() - waited));
	timeline_exit(v);
}

/*
 * With several vCPUs, and rarely, the processor's own state is where QEMU should have
 * saved the guest's, which is lost. The run cannot go on; it says so instead of blaming
 * the guest. Found before VMRUN, it was no exit that did it; an address of the machine's
 * own tables in the second info says that the guest was entered with that state.
 */
static void check_saved(const struct vcpu *v, const struct vmcb *b, const char *when)
{
	if (b->rip == (uint64_t)svm_resumed && b->cr3 == machine_cr3)
		machine_fault("QEMU has lost the guest's state, %s VMRUN: vcpu %u vmpl %u "
			      "exit code %lx info %lx %lx event %lx rsp %lx exits %lu",
			when, v->index, v->current, b->exit_code, b->exit_info1, b->exit_info2,
			b->exit_int_info, b->rsp, v->exits);
}

static void run_once(struct vcpu *v)
{
	struct context *c = vcpu_context(v);
	bool turn;

	hostile_before_entry(v);
	prepare_entry(v, c);
	turn = turns_take(v);
	__atomic_store_n(&v->in_guest, true, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&v->wake, __ATOMIC_SEQ_CST)) {
		__atomic_store_n(&v->in_guest, false, __ATOMIC_SEQ_CST);
		if (turn)
			turns_pass(v);
		return;
	}
	check_saved(v, c->vmcb, "before");
	enter_guest(v, c);
	check_saved(v, c->vmcb, "after");
	look_at_offer(v, c);
	loose_look(c);
	if (turn)
		turns_pass(v);
	c->vmcb->event_inj = 0;
	c->vmcb->intercept[3] |= (uint32_t)INTERCEPT_HLT;
	__atomic_store_n(&v->exits, v->exits + 1, __ATOMIC_SEQ_CST);
	__atomic_store_n(&v->in_guest, false, __ATOMIC_SEQ_CST);
	handle_exit(v);
}

static bool enter_context(struct vcpu *v)
{
	const char *why;

	if (vcpu_context(v)->loaded)
		return true;
	if (vmsa_load(v, v->current, &why))
		return true;
	host_vmrun_failed(v, v->current, why);
	return false;
}

void vcpu_loop(struct vcpu *v)
{
	enable_svm();
	for (;;) {
		if (v->wake || v->state != VCPU_RUNNING)
			wait_for_work(v);
		if (enter_context(v))
			run_once(v);
	}
}
