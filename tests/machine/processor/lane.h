/* SPDX-License-Identifier: MIT */
/*
 * A lane of the time line (timeline.h): sums by bucket of time, in columns. All
 * buckets are of one width, a power of two; when time goes beyond the last one,
 * they are merged by pairs, so that a lane holds a run of any length.
 */
#ifndef MACHINE_LANE_H
#define MACHINE_LANE_H

#include "compiler.h"

#define LANE_BUCKETS 512U
#define LANE_COLUMNS 18U

struct lane_bucket {
	uint64_t column[LANE_COLUMNS];
};

struct lane {
	struct lane_bucket *buckets; /* LANE_BUCKETS of them, zero at first */
	uint32_t shift;              /* a bucket is 1 << shift wide */
};

/* Adds @n in the bucket of @time. */
void lane_add(struct lane *l, uint64_t time, uint32_t column, uint64_t n);
/* Adds the length of [@from, @to) to the buckets that it crosses. */
void lane_spend(struct lane *l, uint32_t column, uint64_t from, uint64_t to);
/* Widens the buckets, if they are narrower than 1 << @shift. */
void lane_widen(struct lane *l, uint32_t shift);

#endif
