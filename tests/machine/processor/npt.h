/* SPDX-License-Identifier: MIT */
/*
 * Nested page tables: how the RMP is enforced at every access. One view a VMPL
 * for private accesses and one for shared ones, joined under roots: with guest
 * paging on, the C-bit chooses the view; with paging off every access is
 * private. Leaves are derived from the RMP and the host's map, never edited on
 * their own.
 */
#ifndef MACHINE_NPT_H
#define MACHINE_NPT_H

#include "core.h"

void npt_init(uint32_t c_bit);
uint32_t npt_c_bit(void);
/* Root for VMCB.nested_cr3. */
uint64_t npt_root(uint32_t vmpl, bool paging);
/* Rebuilds the leaves of @gpn in every view that has a table for it; with the RMP locked. */
void npt_sync(uint64_t gpn, uint64_t count);
/* Makes the tables for @gpn in the views that @vmpl uses; false if not RAM. */
bool npt_fill(uint64_t gpn, uint32_t vmpl);
/*
 * Page walks and code fetches are private whatever the address says, but SVM
 * does not tell them apart from data: for the length of one instruction
 * (step.c), or of a table's use (loose.c), the private page is put into the
 * shared view.
 */
void npt_loosen(uint64_t gpn, uint32_t vmpl);
/* Puts the leaves of @gpn right again. */
void npt_tighten(uint64_t gpn);
/* The guest stores to a shared page: it may from now on, until the page changes. */
void npt_allow_shared_write(uint64_t gpn);
/* Lets one instruction fetch from a page whose execute rights differ by CPL. */
void npt_allow_execute(uint64_t gpn, uint32_t vmpl);
/* A page of device memory below 4 GiB, at its own address in the shared view. */
void npt_map_device(uint64_t gpn);

/* Whether @vmpl has written to its private page since this was asked last. */
bool npt_take_dirty(uint64_t gpn, uint32_t vmpl);

#endif
