/* SPDX-License-Identifier: MIT */
/*
 * Page tables that the guest names without the C-bit. Its processor walks them
 * privately all the same; SVM's nested paging looks for them in the shared
 * view. Kernels name their root that way, firmware all its tables, and both run
 * so for long, so that running each instruction alone (step.c) would take
 * hours: such a page is put into the shared view for as long as CR3 stays.
 */
#include "vcpu.h"
#include "npt.h"

static void drop(struct tables *t)
{
	for (uint32_t i = 0; i < t->count && i < TABLES_MAX; i++)
		npt_sync(t->gpn[i], 1);
	t->count = 0;
}

void tables_loosen(struct vcpu *v, uint64_t gpn)
{
	struct context *c = vcpu_context(v);
	struct tables *t = &c->tables;
	uint32_t slot = t->count % TABLES_MAX;

	tables_check(c);
	if (t->count >= TABLES_MAX)
		npt_sync(t->gpn[slot], 1);
	t->cr3 = c->vmcb->cr3;
	t->gpn[slot] = gpn;
	t->count++;
	npt_loosen(gpn, v->current);
}

void tables_check(struct context *c)
{
	if (c->tables.count && c->tables.cr3 != c->vmcb->cr3)
		drop(&c->tables);
}

void tables_drop(struct context *c)
{
	drop(&c->tables);
}
