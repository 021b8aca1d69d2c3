/* SPDX-License-Identifier: MIT */
/*
 * Events into the guest. QEMU's SVM injects all but #VC and #HV, for which it
 * ignores the error-code-valid bit: those two (and whatever a hostile host
 * forges) are delivered here by software, as the processor would: through the
 * IDT of 64-bit or protected mode, or the real-mode vector table.
 */
#include "vcpu.h"
#include "counters.h"
#include "insn.h"
#include "rmp.h"
#include "x86.h"

#define GATE_TYPE_MASK 0xfU
#define GATE_INTERRUPT64 0xeU
#define GATE_TRAP64 0xfU
#define GATE_INTERRUPT32 0xeU
#define GATE_TRAP32 0xfU

struct gate {
	uint16_t selector;
	uint8_t ist;
	bool interrupt;
	uint64_t offset;
};

struct code_segment {
	struct vmsa_segment segment;
	uint32_t dpl;
};

static bool read_gate64(struct vcpu *v, uint8_t vector, struct gate *g)
{
	struct {
		uint16_t offset_low, selector;
		uint8_t ist, type;
		uint16_t offset_middle;
		uint32_t offset_high, reserved;
	} d;

	if (!guest_read(v, vcpu_context(v)->vmcb->idtr.base + vector * 16U, &d, sizeof(d)))
		return false;
	g->selector = d.selector;
	g->ist = d.ist & 7;
	g->interrupt = (d.type & GATE_TYPE_MASK) == GATE_INTERRUPT64;
	g->offset = (uint64_t)d.offset_high << 32 | (uint64_t)d.offset_middle << 16 | d.offset_low;
	return d.type & 0x80 && (g->interrupt || (d.type & GATE_TYPE_MASK) == GATE_TRAP64);
}

static bool read_gate32(struct vcpu *v, uint8_t vector, struct gate *g)
{
	struct {
		uint16_t offset_low, selector;
		uint8_t reserved, type;
		uint16_t offset_high;
	} d;

	if (!guest_read(v, vcpu_context(v)->vmcb->idtr.base + vector * 8U, &d, sizeof(d)))
		return false;
	g->selector = d.selector;
	g->ist = 0;
	g->interrupt = (d.type & GATE_TYPE_MASK) == GATE_INTERRUPT32;
	g->offset = (uint32_t)d.offset_high << 16 | d.offset_low;
	return d.type & 0x80 && (g->interrupt || (d.type & GATE_TYPE_MASK) == GATE_TRAP32);
}

static bool read_code_segment(struct vcpu *v, uint16_t selector, struct code_segment *cs)
{
	const struct vmcb *b = vcpu_context(v)->vmcb;
	uint64_t d, table = selector & 4 ? b->ldtr.base : b->gdtr.base;
	uint32_t limit;

	if (!(selector & ~3U) || !guest_read(v, table + (selector & ~7U), &d, sizeof(d)))
		return false;
	limit = (uint32_t)((d & 0xffff) | (d >> 32 & 0xf0000));
	if (d >> 55 & 1)
		limit = limit << 12 | 0xfff;
	cs->segment.selector = selector;
	cs->segment.attributes = (uint16_t)((d >> 40 & 0xff) | (d >> 44 & 0xf00));
	cs->segment.limit = limit;
	cs->segment.base = (d >> 16 & 0xffffff) | (d >> 32 & 0xff000000);
	cs->dpl = (uint32_t)(d >> 45 & 3);
	return d >> 47 & 1 && d >> 43 & 1; /* present, code */
}

/* Stack of the handler in 64-bit mode: IST, RSPn of the TSS, or the current one. */
static bool handler_stack64(struct vcpu *v, const struct gate *g, uint32_t dpl, uint64_t *rsp)
{
	const struct vmcb *b = vcpu_context(v)->vmcb;

	if (g->ist)
		return guest_read(v, b->tr.base + 0x1c + 8 * g->ist, rsp, sizeof(*rsp));
	if (dpl < b->cpl)
		return guest_read(v, b->tr.base + 4 + 8 * dpl, rsp, sizeof(*rsp));
	*rsp = b->rsp;
	return true;
}

static void enter_handler(
	struct vmcb *b, const struct gate *g, const struct code_segment *cs, uint64_t rsp)
{
	b->cs = cs->segment;
	b->cs.selector = (uint16_t)((g->selector & ~3U) | cs->dpl);
	b->rip = g->offset;
	b->rsp = rsp;
	b->rflags &= ~(RFLAGS_TF | RFLAGS_NT | RFLAGS_RF | RFLAGS_VM);
	if (g->interrupt)
		b->rflags &= ~RFLAGS_IF;
	b->cpl = (uint8_t)cs->dpl;
	b->int_shadow = 0;
}

static bool deliver64(struct vcpu *v, uint8_t vector, bool has_error, uint64_t error)
{
	struct vmcb *b = vcpu_context(v)->vmcb;
	struct code_segment cs;
	struct gate g;
	uint64_t rsp, frame[6];
	size_t words = has_error ? 6 : 5;

	if (!read_gate64(v, vector, &g) || !read_code_segment(v, g.selector, &cs) ||
		!handler_stack64(v, &g, cs.dpl, &rsp))
		return false;
	rsp = ALIGN_DOWN(rsp, 16) - words * 8;
	frame[0] = error;
	frame[1] = b->rip;
	frame[2] = b->cs.selector;
	frame[3] = b->rflags;
	frame[4] = b->rsp;
	frame[5] = b->ss.selector;
	if (!guest_write(v, rsp, has_error ? frame : frame + 1, words * 8))
		return false;
	if (cs.dpl < b->cpl) {
		b->ss = (struct vmsa_segment){
			.selector = (uint16_t)cs.dpl,
			.attributes = (uint16_t)(0x93 | cs.dpl << SEGMENT_ATTR_DPL_SHIFT),
			.limit = 0xffffffff,
		};
	}
	enter_handler(b, &g, &cs, rsp);
	return true;
}

/* Stack of a more privileged handler in protected mode, from the 32-bit TSS. */
static bool handler_stack32(struct vcpu *v, uint32_t dpl, uint32_t *esp, uint16_t *ss)
{
	uint64_t tss = vcpu_context(v)->vmcb->tr.base;

	return guest_read(v, tss + 4 + 8 * dpl, esp, sizeof(*esp)) &&
	       guest_read(v, tss + 8 + 8 * dpl, ss, sizeof(*ss));
}

static bool deliver32(struct vcpu *v, uint8_t vector, bool has_error, uint64_t error)
{
	struct vmcb *b = vcpu_context(v)->vmcb;
	struct vmsa_segment old_ss = b->ss;
	struct code_segment cs;
	struct gate g;
	uint32_t esp = (uint32_t)b->rsp, frame[6];
	bool inner;

	if (!read_gate32(v, vector, &g) || !read_code_segment(v, g.selector, &cs))
		return false;
	inner = cs.dpl < b->cpl;
	if (inner) {
		if (!handler_stack32(v, cs.dpl, &esp, &b->ss.selector))
			return false;
		b->ss.base = 0;
		b->ss.limit = 0xffffffff;
		b->ss.attributes = (uint16_t)(0xc93 | cs.dpl << SEGMENT_ATTR_DPL_SHIFT);
	}
	frame[0] = (uint32_t)error;
	frame[1] = (uint32_t)b->rip;
	frame[2] = b->cs.selector;
	frame[3] = (uint32_t)b->rflags;
	frame[4] = (uint32_t)b->rsp;
	frame[5] = old_ss.selector;
	esp -= (uint32_t)((has_error ? 4 : 0) + 12 + (inner ? 8 : 0));
	if (!guest_write(v, b->ss.base + esp, has_error ? frame : frame + 1,
		    (has_error ? 4U : 0U) + 12 + (inner ? 8 : 0)))
		return false;
	enter_handler(b, &g, &cs, esp);
	return true;
}

static bool deliver16(struct vcpu *v, uint8_t vector)
{
	struct vmcb *b = vcpu_context(v)->vmcb;
	uint16_t target[2], frame[3];
	uint16_t sp = (uint16_t)(b->rsp - 6);

	if (!guest_read(v, b->idtr.base + vector * 4U, target, sizeof(target)))
		return false;
	frame[0] = (uint16_t)b->rip;
	frame[1] = b->cs.selector;
	frame[2] = (uint16_t)b->rflags;
	if (!guest_write(v, b->ss.base + sp, frame, sizeof(frame)))
		return false;
	b->rsp = (b->rsp & ~0xffffULL) | sp;
	b->rip = target[0];
	b->cs.selector = target[1];
	b->cs.base = (uint64_t)target[1] << 4;
	b->rflags &= ~(RFLAGS_TF | RFLAGS_IF | RFLAGS_RF);
	return true;
}

static bool deliver(struct vcpu *v, uint8_t vector, bool has_error, uint64_t error)
{
	const struct vmcb *b = vcpu_context(v)->vmcb;

	svm_vmsave(virt_to_phys(b)); /* TR and LDTR are still in the processor */
	if (b->efer & EFER_LMA)
		return deliver64(v, vector, has_error, error);
	if (b->cr0 & CR0_PE)
		return deliver32(v, vector, has_error, error);
	return deliver16(v, vector);
}

/* A second fault while the first is delivered: #DF, and without that the end. */
static void deliver_or_double_fault(struct vcpu *v, uint8_t vector, bool has_error, uint64_t error)
{
	const struct vmcb *b = vcpu_context(v)->vmcb;

	if (deliver(v, vector, has_error, error))
		return;
	if (vector != VEC_DF && deliver(v, VEC_DF, true, 0))
		return;
	run_end("shutdown vcpu %u vmpl %u rip %lx: vector %u (error %lx) cannot be delivered",
		v->index, v->current, b->rip, vector, error);
}

void event_vc(struct vcpu *v, uint64_t exit_code)
{
	struct vmcb *b = vcpu_context(v)->vmcb;

	COUNT(vc[v->current]);
	if (b->exit_int_info & EVENT_VALID &&
		(b->exit_int_info & EVENT_TYPE_MASK) != EVENT_TYPE_SOFT)
		vcpu_context(v)->pending_event = b->exit_int_info;
	b->exit_int_info = 0;
	deliver_or_double_fault(v, VEC_VC, true, exit_code);
}

void event_exception(struct vcpu *v, uint8_t vector, bool has_error, uint32_t error)
{
	struct vmcb *b = vcpu_context(v)->vmcb;

	b->event_inj = vector | EVENT_TYPE_EXCEPTION | EVENT_VALID |
		       (has_error ? EVENT_ERROR_VALID | (uint64_t)error << EVENT_ERROR_SHIFT : 0);
}

void event_page_fault(struct vcpu *v, uint64_t va, uint32_t error)
{
	vcpu_context(v)->vmcb->cr2 = va;
	event_exception(v, VEC_PF, true, error);
}

/*
 * QEMU pushes an error code by the vector alone, and refuses type 3 for NMI and
 * for 31 and above: everything but external interrupts and NMIs goes by software.
 */
void event_inject(struct vcpu *v, uint64_t event)
{
	uint8_t vector = (uint8_t)event;
	uint64_t type = event & EVENT_TYPE_MASK;

	if (type == EVENT_TYPE_INTR || type == EVENT_TYPE_NMI)
		vcpu_context(v)->vmcb->event_inj = (event & 0x7ff) | EVENT_VALID;
	else
		deliver_or_double_fault(
			v, vector, event & EVENT_ERROR_VALID, event >> EVENT_ERROR_SHIFT);
}

/*
 * QEMU reports an interrupt it was delivering as an exception of that vector;
 * re-injected so, VMRUN would refuse it. A software interrupt is dropped: RIP
 * still points at it.
 */
void event_redeliver(struct vcpu *v)
{
	struct vmcb *b = vcpu_context(v)->vmcb;
	uint64_t event = b->exit_int_info;
	uint8_t vector = (uint8_t)event;

	b->exit_int_info = 0;
	if (!(event & EVENT_VALID) || (event & EVENT_TYPE_MASK) == EVENT_TYPE_SOFT)
		return;
	if ((event & EVENT_TYPE_MASK) == EVENT_TYPE_EXCEPTION) {
		if (vector >= VEC_FIRST_EXTERNAL)
			event = vector | EVENT_TYPE_INTR | EVENT_VALID;
		else if (vector == VEC_NMI)
			event = VEC_NMI | EVENT_TYPE_NMI | EVENT_VALID;
	}
	b->event_inj = event;
}
