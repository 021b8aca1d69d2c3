/* SPDX-License-Identifier: MIT */
/*
 * Page tables that the guest names without the C-bit. Walks are private on
 * hardware all the same, so firmware and early kernels may run for long on such
 * tables, in whole or in part. Single steps (step.c) are exact but slow: a table
 * that has needed some of them comes into the shared view at its next use, until the
 * context is left or an exit finds another CR3. As long, data access to that page
 * without the C-bit is not refused.
 */
#include "vcpu.h"
#include "npt.h"

#define STEPS_BEFORE 16U

static struct loose_page *find(struct context *c, uint64_t gpn)
{
	for (uint32_t i = 0; i < c->loose_count; i++)
		if (c->loose[i].gpn == gpn)
			return &c->loose[i];
	return NULL;
}

/* Where there is no room left, all are forgotten, and those in use come again: without steps. */
static struct loose_page *add(struct context *c, uint64_t gpn)
{
	struct loose_page *p;

	if (c->loose_count == LOOSE_PAGES) {
		loose_hide(c);
		c->loose_count = 0;
		c->loose_many = true;
	}
	if (!c->loose_count)
		c->loose_root = c->vmcb->cr3;
	p = &c->loose[c->loose_count++];
	*p = (struct loose_page){.gpn = gpn, .steps = c->loose_many ? STEPS_BEFORE : 0};
	return p;
}

bool loose_walk(struct vcpu *v, uint64_t gpn)
{
	struct context *c = vcpu_context(v);
	struct loose_page *p = find(c, gpn);

	if (!p)
		p = add(c, gpn);
	p->used = true;
	if (p->steps < STEPS_BEFORE) {
		p->steps++;
		return false;
	}
	npt_loosen(gpn, v->current);
	return true;
}

void loose_hide(const struct context *c)
{
	for (uint32_t i = 0; i < c->loose_count; i++)
		npt_tighten(c->loose[i].gpn);
}

void loose_look(struct context *c)
{
	uint32_t kept = 0;

	if (!c->loose_count || c->vmcb->cr3 == c->loose_root)
		return;
	c->loose_root = c->vmcb->cr3;
	c->loose_many = false;
	loose_hide(c);
	for (uint32_t i = 0; i < c->loose_count; i++) {
		if (!c->loose[i].used)
			continue;
		c->loose[kept] = c->loose[i];
		c->loose[kept++].used = false;
	}
	c->loose_count = kept;
}
