/* SPDX-License-Identifier: MIT */
/*
 * Instructions that QEMU does not know and answers with #UD: PVALIDATE,
 * RMPADJUST, RMPQUERY, INVLPGB, TLBSYNC and XSAVEC (xsave.c). An ordinary undefined
 * instruction goes back to the guest.
 */
#include "vcpu.h"
#include "counters.h"
#include "host.h"
#include "npt.h"
#include "x86.h"
#include "xsave.h"

#define STATUS_FLAGS (RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF | RFLAGS_OF)
#define PREFIXED_LENGTH 4U
#define PLAIN_LENGTH 3U
#define INVLPGB_VA_VALID BIT(0) /* RAX */

struct invlpgb invlpgb;

/* KVM and QEMU put no count into CPUID, whatever the processor takes. */
void invlpgb_init(void)
{
	invlpgb.absent = option_is("invlpgb", "off");
	invlpgb.told = !invlpgb.absent && !option_is("invlpgb", "hidden");
	invlpgb.extra_pages = option_is("invlpgb", "counted") ? INVLPGB_EXTRA_PAGES : 0;
}

static void set_result(struct vcpu *v, const struct rmp_request *r)
{
	struct vmcb *b = vcpu_context(v)->vmcb;

	b->rax = r->result;
	b->rflags &= ~STATUS_FLAGS;
	if (r->no_change)
		b->rflags |= RFLAGS_CF;
	if (r->result == RMP_SUCCESS)
		b->rflags |= RFLAGS_ZF;
}

static bool is_canonical(const struct vmcb *b, uint64_t va)
{
	int shift = b->cr4 & CR4_LA57 ? 7 : 16; /* 57 or 48 bits */

	return (uint64_t)((int64_t)(va << shift) >> shift) == va;
}

/* Translates the operand in RAX; false when a fault was raised instead. */
static bool operand_page(struct vcpu *v, struct rmp_request *r)
{
	uint64_t va = vcpu_context(v)->vmcb->rax;
	struct translation t;
	uint32_t error;

	if (!is_canonical(vcpu_context(v)->vmcb, va)) {
		event_exception(v, VEC_GP, true, 0);
		return false;
	}
	if (!guest_translate(v, va, WALK_READ, false, &t, &error)) {
		event_page_fault(v, va, error);
		return false;
	}
	r->gpn = t.gpa >> PAGE_SHIFT;
	return true;
}

static bool privileged(struct vcpu *v)
{
	const struct context *c = vcpu_context(v);

	if (!guest_is_64bit(c)) {
		event_exception(v, VEC_UD, false, 0);
		return false;
	}
	if (c->vmcb->cpl) {
		event_exception(v, VEC_GP, true, 0);
		return false;
	}
	return true;
}

static uint64_t stop_info(const struct rmp_request *r, enum rmp_stop stop)
{
	(void)r;
	return NPF_P | NPF_RMP | NPF_ENC | NPF_FINAL | (stop == RMP_STOP_SIZE ? NPF_SIZEM : 0);
}

/* Why the RMP has no entry for the page to act on. */
static enum access_verdict stop_verdict(const struct rmp_request *r, enum rmp_stop stop)
{
	if (stop == RMP_STOP_SIZE)
		return ACCESS_OK;
	return rmp_check(r->gpn, true, 0, 0) == ACCESS_FOREIGN ? ACCESS_FOREIGN
							       : ACCESS_NOT_ASSIGNED;
}

static void run_instruction(
	struct vcpu *v, struct rmp_request *r, enum rmp_stop (*act)(struct rmp_request *r))
{
	enum rmp_stop stop = RMP_DONE;

	if (r->result == RMP_SUCCESS)
		stop = act(r);
	switch (stop) {
	case RMP_DONE:
		set_result(v, r);
		advance_rip(vcpu_context(v), PREFIXED_LENGTH);
		break;
	case RMP_STOP_NOT_VALIDATED:
		event_vc(v, SVM_EXIT_PAGE_NOT_VALIDATED);
		break;
	default:
		host_npf(v, r->gpn << PAGE_SHIFT, stop_info(r, stop), stop_verdict(r, stop));
	}
}

static bool operand_sized(const struct rmp_request *r)
{
	return r->size == RMP_SIZE_4K ||
	       (r->size == RMP_SIZE_2M && IS_ALIGNED(r->gpn, PAGES_PER_2M));
}

static void pvalidate(struct vcpu *v)
{
	const struct context *c = vcpu_context(v);
	/* Linux passes two C booleans: only the low bytes of the registers are defined. */
	struct rmp_request r = {
		.size = (uint8_t)c->gpr.rcx,
		.validate = c->gpr.rdx & 1,
		.vmpl = v->current,
	};

	COUNT(pvalidate);
	if (!privileged(v))
		return;
	if (v->current) {
		event_exception(v, VEC_GP, true, 0);
		return;
	}
	if (!operand_page(v, &r))
		return;
	if (!operand_sized(&r))
		r.result = RMP_FAIL_INPUT;
	run_instruction(v, &r, rmp_pvalidate);
}

static void rmpadjust(struct vcpu *v)
{
	const struct context *c = vcpu_context(v);
	uint64_t rdx = c->gpr.rdx;
	struct rmp_request r = {
		.size = (uint32_t)c->gpr.rcx,
		.vmpl = v->current,
		.target = rdx & 0xff,
		.perms = rdx >> RMPADJUST_PERM_SHIFT & 0xff,
		.vmsa = rdx & RMPADJUST_VMSA,
	};

	COUNT(rmpadjust);
	if (!privileged(v) || !operand_page(v, &r))
		return;
	if (!operand_sized(&r) || r.target >= VMPL_COUNT || r.perms > RMP_PERM_RWX || rdx >> 17)
		r.result = RMP_FAIL_INPUT;
	run_instruction(v, &r, rmp_adjust);
	if (r.took && !v->current) {
		v->flush_owed = true;
		v->flush_asked = false;
		v->flush_gpn = r.gpn;
	}
}

static void rmpquery(struct vcpu *v)
{
	struct context *c = vcpu_context(v);
	struct rmp_request r = {.vmpl = v->current, .target = c->gpr.rdx & 0xff};

	COUNT(rmpquery);
	if (!privileged(v) || !operand_page(v, &r))
		return;
	if (r.target >= VMPL_COUNT)
		r.result = RMP_FAIL_INPUT;
	run_instruction(v, &r, rmp_query);
	if (r.result == RMP_SUCCESS) {
		c->gpr.rdx = r.target | r.perms << RMPADJUST_PERM_SHIFT |
			     (r.vmsa ? RMPADJUST_VMSA : 0);
		c->gpr.rcx = r.size;
	}
}

void flush_check(struct vcpu *v)
{
	if (!v->flush_owed || invlpgb.absent)
		return;
	v->flush_owed = false;
	COUNT(flushes_missed);
	TRACE(TRACE_RMP, "rmp: vcpu %u leaves VMPL 0 without a flush for page %lx\n", v->index,
		v->flush_gpn);
	if (option_is("flush", "strict"))
		run_end("guest-fault vcpu %u vmpl 0 rip %lx: rights of page %lx were taken, and "
			"no INVLPGB with TLBSYNC followed",
			v->index, v->context[0].vmcb->rip, v->flush_gpn);
}

/*
 * The flush is done when TLBSYNC asks for it to be complete. One of single linear
 * addresses does not reach what other VMPLs call the page.
 */
static void execute_invlpgb(struct vcpu *v)
{
	bool single = vcpu_context(v)->vmcb->rax & INVLPGB_VA_VALID;

	if (!privileged(v))
		return;
	if ((vcpu_context(v)->gpr.rcx & 0xffff) > INVLPGB_EXTRA_PAGES)
		event_exception(v, VEC_GP, true, 0);
	else
		advance_rip(vcpu_context(v), PLAIN_LENGTH);
	v->flush_asked |= !single;
}

static void tlbsync(struct vcpu *v)
{
	if (!privileged(v))
		return;
	COUNT(tlb_flushes);
	v->flushes++;
	vcpu_flush_others();
	v->flush_owed &= !v->flush_asked;
	v->flush_asked = false;
	advance_rip(vcpu_context(v), PLAIN_LENGTH);
}

bool handle_undefined(struct vcpu *v)
{
	uint8_t code[4] = {0};
	uint32_t word;

	guest_fetch(v, code, sizeof(code));
	word = (uint32_t)code[0] << 24 | (uint32_t)code[1] << 16 | (uint32_t)code[2] << 8 | code[3];
	switch (word) {
	case 0xf20f01ff:
		pvalidate(v);
		return true;
	case 0xf30f01fe:
		rmpadjust(v);
		return true;
	case 0xf30f01fd:
		rmpquery(v);
		return true;
	default:
		break;
	}
	if (!invlpgb.absent && word >> 8 == 0x0f01fe) {
		execute_invlpgb(v);
		return true;
	}
	if (!invlpgb.absent && word >> 8 == 0x0f01ff) {
		tlbsync(v);
		return true;
	}
	return handle_xsavec(v);
}
