/* SPDX-License-Identifier: MIT */
/*
 * Calls to the host by the calling CPU's GHCB page. The page is shared: what
 * comes back is never believed: each field that an answer has is read once.
 */
#ifndef NACRE_SEV_SNP_GHCB_PAGE_H
#define NACRE_SEV_SNP_GHCB_PAGE_H

#include "ghcb.h"
#include "kernel/cpu.h"
#include "platform.h"

/* The calling CPU's GHCB. */
static inline volatile struct ghcb *ghcb_own(void)
{
	return this_cpu()->ghcb;
}

/* Starts a request: the valid bitmap names the exit code and both information fields. */
void ghcb_begin(volatile struct ghcb *ghcb, uint64_t code, uint64_t info1, uint64_t info2);

/* Adds RCX and RDX to the request. */
void ghcb_put_rcx(volatile struct ghcb *ghcb, uint64_t rcx);
void ghcb_put_rdx(volatile struct ghcb *ghcb, uint64_t rdx);

/* Adds RAX, RBX, or the address of the shared buffer of the GHCB at @page, to the request. */
void ghcb_put_rax(volatile struct ghcb *ghcb, uint64_t rax);
void ghcb_put_rbx(volatile struct ghcb *ghcb, uint64_t rbx);
void ghcb_put_scratch(volatile struct ghcb *ghcb, struct spa page);

/*
 * Exits and checks the answer's form: GHCB_RESULT_OK, or EXCEPTION or MALFORMED
 * when the host refused the request. Anything else terminates.
 */
enum ghcb_result ghcb_exit(volatile struct ghcb *ghcb);

/* The same for a request that no honest host refuses; @what is for the message. */
void ghcb_exit_or_give_up(volatile struct ghcb *ghcb, const char *what);

/*
 * Changes pages by the list in the GHCB at @page, mapped at @ghcb, as
 * platform_make_private() does. @operation is PSC_OP_*.
 */
void ghcb_change_pages(volatile struct ghcb *ghcb, struct spa page, const struct page_span *spans,
	unsigned int count, uint64_t operation);

/* RAX of the answer; terminates when the host did not mark it valid. */
uint64_t ghcb_answer_rax(volatile struct ghcb *ghcb);

/* RBX of the answer, 0 if the host did not mark it valid. */
uint64_t ghcb_answer_rbx(volatile struct ghcb *ghcb);

/* SW_EXITINFO2 of an answer that ghcb_exit() has found in order. */
static inline uint64_t ghcb_answer_info2(volatile struct ghcb *ghcb)
{
	return ghcb->sw_exit_info2;
}

#endif
