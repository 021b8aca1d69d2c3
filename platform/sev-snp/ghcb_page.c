/* SPDX-License-Identifier: MIT */
/*
 * The GHCB page protocol (56421, section 4); see ghcb_page.h.
 */
#include "platform/sev-snp/ghcb_page.h"
#include "kernel/frames.h"
#include "kernel/panic.h"
#include "platform.h"
#include "platform/sev-snp/insn.h"
#include "snp.h"
#include "x86.h"

#define VALID_WORD(field) (GHCB_VALID_BIT(field) / 64)
#define VALID_MASK(field) BIT(GHCB_VALID_BIT(field) % 64)

#define VALID_REQUEST \
	(VALID_MASK(sw_exit_code) | VALID_MASK(sw_exit_info1) | VALID_MASK(sw_exit_info2))
#define VALID_ANSWER (VALID_MASK(sw_exit_info1) | VALID_MASK(sw_exit_info2))
static_assert(VALID_WORD(sw_exit_code) == 1 && VALID_WORD(sw_exit_info1) == 1 &&
		      VALID_WORD(sw_exit_info2) == 1 && VALID_WORD(sw_scratch) == 1 &&
		      VALID_WORD(rax) == 0 && VALID_WORD(rbx) == 1 && VALID_WORD(rcx) == 1 &&
		      VALID_WORD(rdx) == 1,
	"ghcb_begin() and ghcb_exit() know the words of the bitmap");

void ghcb_begin(volatile struct ghcb *ghcb, uint64_t code, uint64_t info1, uint64_t info2)
{
	ghcb->valid_bitmap[0] = 0;
	ghcb->valid_bitmap[1] = VALID_REQUEST;
	ghcb->sw_exit_code = code;
	ghcb->sw_exit_info1 = info1;
	ghcb->sw_exit_info2 = info2;
	ghcb->protocol_version = GHCB_VERSION;
	ghcb->usage = GHCB_USAGE_STANDARD;
}

void ghcb_put_rax(volatile struct ghcb *ghcb, uint64_t rax)
{
	ghcb->rax = rax;
	ghcb->valid_bitmap[0] |= VALID_MASK(rax);
}

void ghcb_put_rbx(volatile struct ghcb *ghcb, uint64_t rbx)
{
	ghcb->rbx = rbx;
	ghcb->valid_bitmap[1] |= VALID_MASK(rbx);
}

void ghcb_put_rcx(volatile struct ghcb *ghcb, uint64_t rcx)
{
	ghcb->rcx = rcx;
	ghcb->valid_bitmap[1] |= VALID_MASK(rcx);
}

void ghcb_put_rdx(volatile struct ghcb *ghcb, uint64_t rdx)
{
	ghcb->rdx = rdx;
	ghcb->valid_bitmap[1] |= VALID_MASK(rdx);
}

void ghcb_put_scratch(volatile struct ghcb *ghcb, struct spa page)
{
	ghcb->sw_scratch = page.value + offsetof(struct ghcb, shared_buffer);
	ghcb->valid_bitmap[1] |= VALID_MASK(sw_scratch);
}

/* The only exceptions that an event may end in are #GP and #UD. */
static bool is_possible_exception(uint64_t info2)
{
	unsigned int vector = info2 & EVENT_VECTOR_MASK;

	return (info2 & EVENT_VALID) && (info2 & EVENT_TYPE_MASK) == EVENT_TYPE_EXCEPTION &&
	       (vector == VEC_GP || vector == VEC_UD);
}

/* @info2 is what the host says of a refusal; it is read then only. */
static inline enum ghcb_result exit_and_check(volatile struct ghcb *ghcb, uint64_t *info2)
{
	uint32_t result;

	vmgexit();
	result = (uint32_t)ghcb->sw_exit_info1;
	if (UNLIKELY((ghcb->valid_bitmap[1] & VALID_ANSWER) != VALID_ANSWER))
		give_up(TERM_NACRE_HOST_LIE, "the host's answer lacks its result");
	if (LIKELY(result == GHCB_RESULT_OK))
		return GHCB_RESULT_OK;
	*info2 = ghcb->sw_exit_info2;
	if (result == GHCB_RESULT_MALFORMED)
		return GHCB_RESULT_MALFORMED;
	if (result != GHCB_RESULT_EXCEPTION || !is_possible_exception(*info2))
		give_up(TERM_NACRE_HOST_LIE, "the host answered with result 0x%x", result);
	return GHCB_RESULT_EXCEPTION;
}

enum ghcb_result ghcb_exit(volatile struct ghcb *ghcb)
{
	uint64_t info2;

	return exit_and_check(ghcb, &info2);
}

void ghcb_exit_or_give_up(volatile struct ghcb *ghcb, const char *what)
{
	uint64_t info2;
	enum ghcb_result result = exit_and_check(ghcb, &info2);

	if (result != GHCB_RESULT_OK)
		give_up(TERM_NACRE_HOST_LIE, "the host refused %s (result %u, reason 0x%lx)", what,
			(unsigned int)result, info2);
}

uint64_t ghcb_answer_rax(volatile struct ghcb *ghcb)
{
	if (!(ghcb->valid_bitmap[0] & VALID_MASK(rax)))
		give_up(TERM_NACRE_HOST_LIE, "the host's answer lacks RAX");
	return ghcb->rax;
}

uint64_t ghcb_answer_rbx(volatile struct ghcb *ghcb)
{
	return ghcb->valid_bitmap[1] & VALID_MASK(rbx) ? ghcb->rbx : 0;
}
