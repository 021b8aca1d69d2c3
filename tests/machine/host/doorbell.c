/* SPDX-License-Identifier: MIT */
/*
 * Restricted injection (doorbell=on): the #HV doorbell page and #HV IPIs. A
 * vCPU at VMPL 0 that asked for it hears of events only by #HV.
 */
#include "host.h"
#include "x86.h"

#define DOORBELL_PREFERRED 0
#define DOORBELL_SET 1
#define DOORBELL_QUERY 2
#define DOORBELL_CLEAR 3
#define NO_FURTHER_SIGNAL BIT(15)
#define ICR_SHORTHAND(icr) ((icr) >> 18 & 3)

void host_doorbell(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply)
{
	struct context *c = vcpu_context(v);

	if (!(host_features() & GHCB_FEATURE_RESTRICTED_INJECTION)) {
		ghcb_malformed(reply, GHCB_ERR_INVALID_EVENT);
		return;
	}
	switch (req->info1) {
	case DOORBELL_PREFERRED:
		reply->info2 = ~0ULL;
		break;
	case DOORBELL_SET:
		if (!IS_ALIGNED(req->info2, PAGE_SIZE) || !host_memory(req->info2, PAGE_SIZE))
			ghcb_malformed(reply, GHCB_ERR_INVALID_INPUT);
		else
			c->doorbell_gpa = req->info2;
		break;
	case DOORBELL_QUERY:
		reply->info2 = c->doorbell_gpa ? c->doorbell_gpa : ~0ULL;
		break;
	case DOORBELL_CLEAR:
		c->doorbell_gpa = 0;
		break;
	default:
		ghcb_malformed(reply, GHCB_ERR_INVALID_INPUT);
	}
}

/* Puts @vector on the doorbell page of @v's VMPL 0 and rings if nobody has. */
static void ring(struct vcpu *v, uint8_t vector)
{
	struct context *c = &v->context[0];
	uint16_t *page = c->doorbell_gpa ? host_memory(c->doorbell_gpa, PAGE_SIZE) : NULL;
	uint16_t old;

	if (!page)
		return;
	old = __atomic_load_n(page, __ATOMIC_SEQ_CST);
	while (!__atomic_compare_exchange_n(page, &old,
		(uint16_t)((old & 0xff00) | vector | NO_FURTHER_SIGNAL), false, __ATOMIC_SEQ_CST,
		__ATOMIC_SEQ_CST))
		;
	if (!(old & NO_FURTHER_SIGNAL))
		c->pending_event = VEC_HV | EVENT_TYPE_EXCEPTION | EVENT_VALID;
	if (v->current) {
		/* The event is VMPL 0's: it runs at the next exit. */
		v->start_vmpl = 0;
		v->start_current = true;
	}
	vcpu_kick(v);
}

void host_hv_ipi(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply)
{
	uint32_t dest = (uint32_t)(req->info1 >> 32);

	(void)reply;
	for (uint32_t i = 0; i < cpu_count; i++) {
		struct vcpu *target = &vcpus[i];
		uint32_t shorthand = ICR_SHORTHAND(req->info1);
		bool hit = shorthand == 2 || (shorthand == 3 && target != v) ||
			   (shorthand == 1 && target == v) ||
			   (!shorthand && (target->apic_id == dest || dest == ~0U));

		if (hit)
			ring(target, (uint8_t)req->info1);
	}
}
