/* SPDX-License-Identifier: MIT */
/*
 * Page tables that the guest names without the C-bit. Walks are private on
 * hardware all the same, so firmware and early kernels may run for long on such
 * tables, in whole or in part. Single steps (step.c) are exact but slow: a table
 * that has needed some of them comes into the shared view at its next use, until
 * the guest loads CR3 or its context is left. As long, data access to that page
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

bool loose_walk(struct vcpu *v, uint64_t gpn)
{
	struct context *c = vcpu_context(v);
	struct loose_page *p = find(c, gpn);

	if (!p && c->loose_count < LOOSE_PAGES) {
		p = &c->loose[c->loose_count++];
		*p = (struct loose_page){.gpn = gpn};
	}
	if (!p)
		return false;
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

void loose_load_cr3(struct context *c)
{
	uint32_t kept = 0;

	loose_hide(c);
	for (uint32_t i = 0; i < c->loose_count; i++) {
		if (!c->loose[i].used)
			continue;
		c->loose[kept] = c->loose[i];
		c->loose[kept++].used = false;
	}
	c->loose_count = kept;
}
