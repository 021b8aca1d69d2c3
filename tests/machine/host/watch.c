/* SPDX-License-Identifier: MIT */
/*
 * What would happen if another processor entered VMPL 2's VMSA now (watch.h).
 * While VMPL 0 reads and writes registers there, it must not be possible: a
 * change between two moments of which the VMSA could run at one is counted.
 */
#include "watch.h"
#include "hostile_ports.h"
#include "rmp.h"

#define WATCHED_VMPL 2U

static uint32_t left, refused, changed;
static struct vmsa before; /* as it was one instruction ago */
static bool could_run, has_before;

void watch_order(uint32_t instructions)
{
	left = instructions;
	refused = changed = 0;
	has_before = false;
}

/* EFER.SVME is the switch itself. */
static struct vmsa content_of(uint64_t gpa)
{
	struct vmsa s = *(const struct vmsa *)phys(frame_pa(host_map(gpa >> PAGE_SHIFT)));

	s.efer = 0;
	return s;
}

static void look(uint64_t gpa)
{
	bool can_run = !vmsa_refusal(gpa, WATCHED_VMPL);
	struct vmsa now = content_of(gpa);

	refused += !can_run;
	if (has_before && (can_run || could_run) && memcmp(&before, &now, sizeof(now)))
		changed++;
	before = now;
	could_run = can_run;
	has_before = true;
}

void watch_before_entry(struct vcpu *v)
{
	if (!left || vcpu_context(v)->step.active)
		return;
	left--;
	look(v->context[WATCHED_VMPL].vmsa_gpa);
	step_begin(v);
}

/* What VMPL 2 does with its registers is its own affair. */
void watch_leaving(void)
{
	has_before = false;
}

uint32_t watch_reply(uint32_t question)
{
	switch (question) {
	case HOSTILE_WATCH_LEFT:
		return left;
	case HOSTILE_WATCH_REFUSED:
		return refused;
	default:
		return changed;
	}
}
