/* SPDX-License-Identifier: MIT */
/* Ring 3, the kernel, and the borders between them, by what the registers say (place.h). */
#include "place.h"
#include "insn.h"
#include "x86.h"

#define REX_W 0x48U

static enum hostile_place place;
static uint64_t place_rip;
static uint8_t last_cpl[MACHINE_MAX_CPUS]; /* at the instruction before */

static const char *const names[PLACE_COUNT] = {
	"any", "user", "kernel", "call", "call-first", "return", "returned", NULL};

void place_init(void)
{
	size_t len;

	if (!option_text("inject-at", &len))
		return;
	for (uint32_t i = 0; i < PLACE_COUNT; i++) {
		if (names[i] && option_is("inject-at", names[i])) {
			place_order(i, 0);
			return;
		}
	}
	place_order(PLACE_RIP, option_number("inject-at", 0));
}

void place_order(uint32_t where, uint64_t rip)
{
	if (where >= PLACE_COUNT)
		run_end("refused: hostile place %u is none", where);
	place = where;
	place_rip = rip;
}

bool place_is_rare(void)
{
	return place > PLACE_KERNEL;
}

static bool is_syscall(const uint8_t *code)
{
	return code[0] == 0x0f && code[1] == 0x05;
}

/* SYSRETQ, or IRETQ with a selector of ring 3 in its frame. */
static bool is_return(struct vcpu *v, const uint8_t *code)
{
	uint64_t selector;

	if (code[0] != REX_W)
		return false;
	if (code[1] == 0x0f && code[2] == 0x07)
		return true;
	return code[1] == 0xcf &&
	       guest_read(v, vcpu_context(v)->vmcb->rsp + 8, &selector, sizeof(selector)) &&
	       (selector & 3) == 3;
}

bool place_is_here(struct vcpu *v)
{
	const struct vmcb *b = vcpu_context(v)->vmcb;
	uint8_t code[3] = {0}, before = last_cpl[v->index];

	last_cpl[v->index] = b->cpl;
	switch (place) {
	case PLACE_USER:
		return b->cpl == 3;
	case PLACE_KERNEL:
		return b->cpl < 3;
	case PLACE_CALL:
		guest_fetch(v, code, sizeof(code));
		return b->cpl == 3 && is_syscall(code);
	case PLACE_CALL_FIRST:
		return b->cpl == 0 && before == 3 && b->rip == rdmsr(MSR_LSTAR);
	case PLACE_RETURN:
		guest_fetch(v, code, sizeof(code));
		return b->cpl == 0 && is_return(v, code);
	case PLACE_RETURNED:
		return b->cpl == 3 && before < 3;
	case PLACE_RIP:
		return b->rip == place_rip;
	default:
		return true;
	}
}
