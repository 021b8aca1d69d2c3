/* SPDX-License-Identifier: MIT */
/* Sums by bucket of time (lane.h). */
#include "lane.h"

/* Half as many buckets of twice the width. */
static void merge_pairs(struct lane *l)
{
	for (uint32_t i = 0; i < LANE_BUCKETS / 2; i++)
		for (uint32_t c = 0; c < LANE_COLUMNS; c++)
			l->buckets[i].column[c] = l->buckets[2 * i].column[c] +
						  l->buckets[2 * i + 1].column[c];
	for (uint32_t i = LANE_BUCKETS / 2; i < LANE_BUCKETS; i++)
		l->buckets[i] = (struct lane_bucket){0};
	l->shift++;
}

void lane_widen(struct lane *l, uint32_t shift)
{
	while (l->shift < shift)
		merge_pairs(l);
}

static struct lane_bucket *bucket_at(struct lane *l, uint64_t time)
{
	while (time >> l->shift >= LANE_BUCKETS)
		merge_pairs(l);
	return &l->buckets[time >> l->shift];
}

void lane_add(struct lane *l, uint64_t time, uint32_t column, uint64_t n)
{
	bucket_at(l, time)->column[column] += n;
}

void lane_spend(struct lane *l, uint32_t column, uint64_t from, uint64_t to)
{
	(void)bucket_at(l, to); /* no other width from here on */
	while (from < to) {
		uint64_t next = ((from >> l->shift) + 1) << l->shift;
		uint64_t end = next < to ? next : to;

		bucket_at(l, from)->column[column] += end - from;
		from = end;
	}
}
