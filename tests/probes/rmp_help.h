/* SPDX-License-Identifier: MIT */
/* What the probes of the RMP share: page states with the host, and accesses that may fault. */
#ifndef PROBES_RMP_HELP_H
#define PROBES_RMP_HELP_H

#include "compiler.h"
#include "trap.h"

/* A page that the host has given us and nobody has validated. */
uint64_t assigned_page(void);
/* 2 MiB, given by the host as one page (@size RMP_SIZE_2M) or as 512. */
uint64_t assigned_2m(uint32_t size);
/* Page state change of @count pages of 4 KiB from @gpa by lists; the first error. */
uint64_t psc_pages(uint64_t gpa, uint32_t count, uint32_t operation);
/* The same for one entry as it stands. */
uint64_t psc_entry(uint64_t entry);

struct trap try_read(const void *va, uint64_t *value);
struct trap try_write(void *va, uint64_t value);

/* RMP_VALIDATED of a page by what a read does: 1, 0, or 2 for any other fault. */
uint32_t is_validated(uint64_t gpa);

#endif
