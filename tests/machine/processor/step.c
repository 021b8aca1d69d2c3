/* SPDX-License-Identifier: MIT */
/*
 * One instruction at a time. Page walks and code fetches are private on
 * hardware whatever their address says; SVM's nested paging cannot tell them
 * from data, so an instruction that needs one through an address without the
 * C-bit runs alone, with that page in the shared view, and the page is taken
 * out again. Nothing else may happen meanwhile: interrupts wait, exceptions
 * are intercepted and put back with the guest's own TF.
 */
#include "vcpu.h"
#include "counters.h"
#include "insn.h"
#include "npt.h"
#include "x86.h"

#define INTERCEPT_ALL_EXCEPTIONS 0xffffffffU
#define DR6_BS BIT(14)

/* Instructions that do more with TF than be traced by it. */
static enum step_kind kind_of_step(struct vcpu *v)
{
	uint8_t code[5] = {0};
	size_t n = guest_fetch(v, code, sizeof(code) - 1), i = 0;
	bool long_mode = guest_is_64bit(vcpu_context(v));

	while (i < n && (code[i] == 0x66 || (long_mode && (code[i] & 0xf0) == 0x40)))
		i++;
	if (code[i] == 0x9c)
		return STEP_PUSHF;
	if (long_mode && code[i] == 0x0f && code[i + 1] == 0x05)
		return STEP_SYSCALL;
	if (long_mode && code[i] == 0x0f && code[i + 1] == 0x07)
		return STEP_SYSRET;
	return STEP_PLAIN;
}

/*
 * TF has to be set behind them too, or QEMU raises no #DB there: as SFMASK lets it
 * through, and as R11 has it.
 */
static void prepare_system_call(struct context *c)
{
	if (c->step.kind == STEP_SYSCALL) {
		c->step.saved = rdmsr(MSR_SFMASK);
		wrmsr(MSR_SFMASK, c->step.saved & ~(uint64_t)RFLAGS_TF);
	} else if (c->step.kind == STEP_SYSRET) {
		c->step.saved = c->gpr.r11;
		c->gpr.r11 |= RFLAGS_TF;
	}
}

/* What they have left with TF in it; and whether the guest has TF set behind them. */
static void end_system_call(struct context *c, bool done)
{
	if (c->step.kind == STEP_SYSRET) {
		c->gpr.r11 = c->step.saved;
		if (done)
			c->step.saved_tf = c->step.saved & RFLAGS_TF;
		return;
	}
	wrmsr(MSR_SFMASK, c->step.saved);
	if (!done)
		return;
	if (!c->step.saved_tf)
		c->gpr.r11 &= ~(uint64_t)RFLAGS_TF;
	else if (c->step.saved & RFLAGS_TF)
		c->step.saved_tf = false;
}

/* The guest shall not find our TF in the flags that it has pushed. */
static void clear_pushed_tf(struct vcpu *v)
{
	const struct vmcb *b = vcpu_context(v)->vmcb;
	uint64_t top = guest_is_64bit(vcpu_context(v)) ? b->rsp : b->ss.base + (uint32_t)b->rsp;
	uint16_t flags;

	if (!guest_read(v, top, &flags, sizeof(flags)))
		return;
	flags &= (uint16_t)~RFLAGS_TF;
	guest_write(v, top, &flags, sizeof(flags));
}

void step_begin(struct vcpu *v)
{
	struct context *c = vcpu_context(v);

	if (c->step.active)
		return;
	c->step.active = true;
	c->step.behind = false;
	c->step.paged = false;
	c->step.pages = 0;
	c->step.trap = 0;
	c->step.kind = kind_of_step(v);
	c->step.saved_tf = c->vmcb->rflags & RFLAGS_TF;
	prepare_system_call(c);
	c->vmcb->rflags |= RFLAGS_TF;
	c->vmcb->intercept[2] = INTERCEPT_ALL_EXCEPTIONS;
	COUNT(steps);
}

void step_write(struct vcpu *v, uint32_t exit_code)
{
	struct context *c = vcpu_context(v);

	c->vmcb->intercept[0] = 0;
	step_begin(v);
	c->step.trap = exit_code;
	c->step.paged = exit_code == SVM_EXIT_CR0_WRITE_TRAP;
}

static void remember(struct vcpu *v, uint64_t gpn)
{
	struct step *s = &vcpu_context(v)->step;

	for (uint32_t i = 0; i < s->pages; i++)
		if (s->gpn[i] == gpn)
			return; /* another vCPU's step has taken it away meanwhile */
	if (s->pages == STEP_PAGES)
		machine_fault("vcpu %u: one instruction needs more than %u loosened pages",
			v->index, STEP_PAGES);
	s->gpn[s->pages++] = gpn;
}

void step_loosen(struct vcpu *v, uint64_t gpn)
{
	step_begin(v);
	remember(v, gpn);
	npt_loosen(gpn, v->current);
}

void step_execute(struct vcpu *v, uint64_t gpn)
{
	step_begin(v);
	remember(v, gpn);
	npt_allow_execute(gpn, v->current);
}

bool step_end(struct vcpu *v)
{
	struct context *c = vcpu_context(v);
	struct vmcb *b = c->vmcb;
	bool own = (uint32_t)b->exit_code == SVM_EXIT_EXCEPTION + VEC_DB;

	if (!c->step.active)
		return false;
	c->step.active = false;
	b->intercept[2] = (uint32_t)INTERCEPT_EXCEPTIONS;
	if (c->step.kind == STEP_SYSCALL || c->step.kind == STEP_SYSRET)
		end_system_call(c, own);
	if (!c->step.saved_tf) {
		b->rflags &= ~RFLAGS_TF;
		b->dr6 &= own ? ~DR6_BS : ~0ULL;
		if (own && c->step.kind == STEP_PUSHF)
			clear_pushed_tf(v);
	}
	for (uint32_t i = 0; i < c->step.pages; i++)
		npt_tighten(c->step.gpn[i]);
	if (own && c->step.trap)
		write_trap(
			v, c->step.trap, c->step.trap == SVM_EXIT_CR0_WRITE_TRAP ? b->cr0 : b->cr4);
	return own && !c->step.saved_tf;
}
