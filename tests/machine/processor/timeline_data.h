/* SPDX-License-Identifier: MIT */
/* What timeline.c keeps of a run and timeline_print.c prints at its end. */
#ifndef MACHINE_TIMELINE_DATA_H
#define MACHINE_TIMELINE_DATA_H

#include "lane.h"
#include "timeline.h"

/* A lane's columns: the states, exits by kind, and these. */
#define COLUMN_EXITS ((uint32_t)TIMELINE_STATES)
#define COLUMN_CALLS (COLUMN_EXITS + (uint32_t)COUNT_KINDS)
#define COLUMN_PAGES (COLUMN_CALLS + 1)
static_assert(COLUMN_PAGES + 1 == LANE_COLUMNS, "columns of a lane");

/* Written by its own vCPU alone. Times count from the time line's zero. */
struct vcpu_times {
	struct lane lane;
	enum timeline_state state;
	uint64_t since;               /* when @state began */
	uint64_t entered[VMPL_COUNT]; /* for the first time; 0: never */
	uint64_t spent[TIMELINE_PHASES][TIMELINE_STATES];
};

struct phase {
	bool reached;
	uint32_t vcpu;
	uint64_t start;
	struct counters before;
};

extern struct vcpu_times timeline_vcpus[MACHINE_MAX_CPUS];
extern struct phase timeline_phases[TIMELINE_PHASES];

/* The line of JSON; in @last the end of the run, and the counters then. */
void timeline_print_json(const struct phase *last, uint64_t ticks_per_second);

#endif
