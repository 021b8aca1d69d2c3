/* SPDX-License-Identifier: MIT */
/*
 * The GHCB page protocol (56421, section 4); see ghcb_page.h.
 */
#include "platform/sev-snp/ghcb_page.h"
#include "kernel/frames.h"
#include "kernel/panic.h"
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
		      VALID_WORD(rax) == 0,
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

void ghcb_put_scratch(volatile struct ghcb *ghcb)
{
	ghcb->sw_scratch = spa_of(ghcb->shared_buffer).value;
	ghcb->valid_bitmap[1] |= VALID_MASK(sw_scratch);
}

/* The only exceptions that an event may end in are #GP and #UD. */
static bool is_possible_exception(uint64_t info2)
{
	unsigned int vector = info2 & EVENT_VECTOR_MASK;

	return (info2 & EVENT_VALID) && (info2 & EVENT_TYPE_MASK) == EVENT_TYPE_EXCEPTION &&
	       (vector == VEC_GP || vector == VEC_UD);
}

enum ghcb_result ghcb_exit(volatile struct ghcb *ghcb)
{
	uint32_t result;

	vmgexit();
	result = (uint32_t)ghcb->sw_exit_info1;
	if (UNLIKELY((ghcb->valid_bitmap[1] & VALID_ANSWER) != VALID_ANSWER))
		give_up(TERM_NACRE_HOST_LIE, "the host's answer lacks its result");
	if (LIKELY(result == GHCB_RESULT_OK))
		return GHCB_RESULT_OK;
	if (result == GHCB_RESULT_MALFORMED)
		return GHCB_RESULT_MALFORMED;
	if (result != GHCB_RESULT_EXCEPTION || !is_possible_exception(ghcb->sw_exit_info2))
		give_up(TERM_NACRE_HOST_LIE, "the host answered with result 0x%x", result);
	return GHCB_RESULT_EXCEPTION;
}

void ghcb_exit_or_give_up(volatile struct ghcb *ghcb, const char *what)
{
	enum ghcb_result result = ghcb_exit(ghcb);

	if (result != GHCB_RESULT_OK)
		give_up(TERM_NACRE_HOST_LIE, "the host refused %s (result %u, reason 0x%lx)", what,
			(unsigned int)result, ghcb->sw_exit_info2);
}

uint64_t ghcb_answer_rax(volatile struct ghcb *ghcb)
{
	if (!(ghcb->valid_bitmap[0] & VALID_MASK(rax)))
		give_up(TERM_NACRE_HOST_LIE, "the host's answer lacks RAX");
	return ghcb->rax;
}
