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
#include "npt.h"
#include "x86.h"

#define INTERCEPT_ALL_EXCEPTIONS 0xffffffffU
#define DR6_BS BIT(14)

void step_begin(struct vcpu *v)
{
	struct context *c = vcpu_context(v);

	if (c->step.active)
		return;
	c->step.active = true;
	c->step.pages = 0;
	c->step.saved_tf = c->vmcb->rflags & RFLAGS_TF;
	c->vmcb->rflags |= RFLAGS_TF;
	c->vmcb->intercept[2] = INTERCEPT_ALL_EXCEPTIONS;
	counters.steps++;
}

static void remember(struct vcpu *v, uint64_t gpn)
{
	struct step *s = &vcpu_context(v)->step;

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
	b->intercept[2] = (uint32_t)BIT(VEC_UD);
	if (!c->step.saved_tf) {
		b->rflags &= ~RFLAGS_TF;
		b->dr6 &= own ? ~DR6_BS : ~0ULL;
	}
	for (uint32_t i = 0; i < c->step.pages; i++)
		npt_sync(c->step.gpn[i], 1);
	return own && !c->step.saved_tf;
}
