/* SPDX-License-Identifier: MIT */
/*
 * timeline=on: where a run's time goes. Each vCPU has a lane of buckets of time,
 * which double their width when the lane is full: time at each VMPL, in HLT, in
 * the machine, not running; exits by kind, SVSM calls, pages changed. The run is
 * cut into phases, each with all counters of its own. Time is the time-stamp
 * counter's; under icount that is instructions. Printed at the end as a line
 * "timeline: {...}" (docs/machine.md), of which scripts/timeline makes a picture.
 */
#ifndef MACHINE_TIMELINE_H
#define MACHINE_TIMELINE_H

#include "counters.h"
#include "vcpu.h"

/* What a vCPU's time is spent on; the first four are the VMPL that runs. */
enum timeline_state {
	TIMELINE_VMPL0,
	TIMELINE_HALTED = VMPL_COUNT, /* from a HLT in the guest to the exit after it */
	TIMELINE_MACHINE,             /* an exit is served: host, and what QEMU's SVM lacks */
	TIMELINE_OFF,                 /* not started, or halted outside the guest */
	TIMELINE_STATES,
};

/* What the host can see of the boot; one leads to the next, a firmware may be absent. */
enum timeline_phase {
	TIMELINE_LAUNCH,
	TIMELINE_PARAVISOR, /* vCPU 0 is entered */
	TIMELINE_FIRMWARE,  /* a lower VMPL is entered in real mode */
	TIMELINE_KERNEL,    /* it is entered in another, or is first seen in the upper half */
	TIMELINE_USER,      /* an exit at CPL 3 */
	TIMELINE_PHASES,
};

void timeline_init(void);
/* The launch has placed a kernel at VMPL 0. */
void timeline_without_paravisor(void);
/* From now on @v spends its time on @state. */
void timeline_spend(struct vcpu *v, enum timeline_state state);
/* @v is about to be entered. */
void timeline_enter(struct vcpu *v);
/* @v has left the guest; called before the exit changes anything. */
void timeline_exit(struct vcpu *v);
void timeline_count_exit(const struct vcpu *v, enum exit_kind kind);
void timeline_count_call(const struct vcpu *v);
/* Pages whose state this processor's guest has asked to be changed. */
void timeline_count_pages(uint64_t count);

#endif
