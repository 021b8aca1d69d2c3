/* SPDX-License-Identifier: MIT */
/*
 * Finding a piece of guest memory that a file fills twice for the same
 * platform. check.c adds the pieces while it reads the headers.
 */
#ifndef NACRE_TOOLS_OVERLAP_H
#define NACRE_TOOLS_OVERLAP_H

#include "parse.h"

struct overlap_range {
	uint64_t start, end; /* guest-physical, end exclusive */
	uint32_t mask;       /* platforms */
	const struct igvm_item *item;
};

struct overlap {
	struct overlap_range *ranges; /* the caller's, with room for every overlap_add() */
	size_t count;
};

void overlap_add(
	struct overlap *overlap, const struct igvm_item *item, uint64_t gpa, uint64_t size);

/* Sorts the ranges. False and an error if two of them meet on a platform of @masks. */
MUST_CHECK bool overlap_check(struct overlap *overlap, uint32_t masks, struct tool_error *error);

#endif
