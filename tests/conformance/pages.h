/* SPDX-License-Identifier: MIT */
/*
 * Guest pages as the tests see them: lists for PVALIDATE, contents, and the
 * rights of the running VMPL, which are found without an access that would end
 * the run. An expect_...() is a check like EXPECT.
 */
#ifndef CONFORMANCE_PAGES_H
#define CONFORMANCE_PAGES_H

#include "call.h"
#include "memory.h"
#include "snp.h"
#include "trap.h"

#define RESCIND 0ULL
#define VALIDATE ((uint64_t)SVSM_PVALIDATE_ACTION_VALIDATE)
#define IGNORE_CF ((uint64_t)SVSM_PVALIDATE_IGNORE_CF)
#define LARGE ((uint64_t)SVSM_PVALIDATE_SIZE_2M)

#define ERR_INUSE (SVSM_ERR_PROTOCOL_BASE + RMP_FAIL_INUSE)
#define ERR_SIZEMISMATCH (SVSM_ERR_PROTOCOL_BASE + RMP_FAIL_SIZEMISMATCH)

/* --- PVALIDATE --- */

/* An empty list at a place of its own: a page that holds nothing else. */
struct svsm_pvalidate_list *list_new(void);
void list_clear(struct svsm_pvalidate_list *list);
void list_add(struct svsm_pvalidate_list *list, uint64_t entry);
/* One call, not repeated; its result. */
uint64_t list_call(const struct svsm_pvalidate_list *list);
/*
 * One entry in a list of its own; its result. Checks that the next index is past
 * it after success and at it otherwise.
 */
uint64_t change(uint64_t entry);
/* change() for pages that have to be changed for what a test is about. */
void must_change(uint64_t entry);

/* --- Contents --- */

/* Fills a page with a pattern of its own. */
void page_fill(uint64_t gpa);
/* Still as page_fill() left it; all zero. */
void expect_filled(uint64_t gpa);
void expect_zero(uint64_t gpa);
void expect_zero_range(uint64_t gpa, uint64_t bytes);

/* --- Rights --- */

/* The trap of reading the page; vector TRAP_NONE if it can be read. */
struct trap page_read(uint64_t gpa);
/* It cannot be read since it is not validated. */
void expect_gone(uint64_t gpa);
/*
 * The running VMPL's RMP_PERM_*: what it could pass on to VMPL 3, whose rights
 * are none afterwards. @size: RMP_SIZE_* of the page's RMP entry.
 */
uint32_t page_rights(uint64_t gpa, uint32_t size);
/* It is ordinary guest memory: readable with all rights, none of them VMPL 3's. */
void expect_ordinary(uint64_t gpa);

/* --- Where the guest's memory is not --- */

/* The paravisor's memory by the secrets page. */
uint64_t paravisor_base(void);
uint64_t paravisor_end(void);
/* One past the highest RAM. */
uint64_t ram_end(void);

#endif
