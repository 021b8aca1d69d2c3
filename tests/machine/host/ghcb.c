/* SPDX-License-Identifier: MIT */
/*
 * VMGEXIT as the host answers it: the MSR protocol when GHCBInfo says so, else
 * the GHCB page, whose fields are copied once, judged, answered.
 */
#include "host.h"
#include "hostile.h"
#include "x86.h"

#define SCRATCH_LIMIT (16 * PAGE_SIZE) /* KVM's */

typedef void (*event_fn)(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply);

struct ghcb *ghcb_of(struct vcpu *v)
{
	return host_memory(vcpu_context(v)->ghcb_msr & ~GHCB_MSR_INFO_MASK, PAGE_SIZE);
}

void ghcb_malformed(struct ghcb_reply *reply, uint64_t reason)
{
	reply->info1 = GHCB_RESULT_MALFORMED;
	reply->info2 = reason;
}

void ghcb_exception(struct ghcb_reply *reply, uint8_t vector)
{
	bool has_error = vector == VEC_GP;

	reply->info1 = GHCB_RESULT_EXCEPTION;
	reply->info2 = vector | EVENT_TYPE_EXCEPTION | EVENT_VALID |
		       (has_error ? EVENT_ERROR_VALID : 0);
}

/* Inside the GHCB the shared buffer alone is scratch; all of the area is shared memory. */
static bool scratch_is_good(const struct vcpu *v, uint64_t at, uint64_t size)
{
	uint64_t ghcb = v->context[v->current].ghcb_msr & ~GHCB_MSR_INFO_MASK;
	uint64_t first = ghcb + offsetof(struct ghcb, shared_buffer);

	if (size > SCRATCH_LIMIT || at + size < at)
		return false;
	if (at >= ghcb && at < ghcb + PAGE_SIZE)
		return at >= first && at + size <= first + GHCB_BUFFER_SIZE &&
		       host_memory(at, size);
	for (uint64_t page = ALIGN_DOWN(at, PAGE_SIZE); page < at + size; page += PAGE_SIZE)
		if (!host_memory(page, 1))
			return false;
	return true;
}

bool ghcb_scratch_area(
	struct vcpu *v, const struct ghcb_request *req, uint64_t size, struct ghcb_reply *reply)
{
	if (!GHCB_HAS(req, sw_scratch))
		ghcb_malformed(reply, GHCB_ERR_MISSING_INPUT);
	else if (!scratch_is_good(v, req->scratch, size))
		ghcb_malformed(reply, GHCB_ERR_SCRATCH);
	else
		return true;
	return false;
}

void *ghcb_scratch(
	struct vcpu *v, const struct ghcb_request *req, uint64_t size, struct ghcb_reply *reply)
{
	void *p;

	if (!ghcb_scratch_area(v, req, size, reply))
		return NULL;
	p = host_memory(req->scratch, size);
	if (!p)
		ghcb_malformed(reply, GHCB_ERR_SCRATCH);
	return p;
}

/* Events that only report or need nothing done on this machine. */
static void event_nothing(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply)
{
	(void)v;
	(void)req;
	(void)reply;
}

static void event_reset_hold(
	struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply)
{
	if (hostile_skips(v, req->code))
		return;
	reply->silent = true;
	host_ap_reset_hold(v, false);
}

static void event_features(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply)
{
	(void)v;
	(void)req;
	reply->info2 = host_features();
}

static void event_terminate(
	struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply)
{
	(void)reply;
	host_terminate(v, req->info1 & 0xf, req->info1 >> 4 & 0xff);
}

static void event_jump_table(
	struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply)
{
	(void)v;
	if (req->info1 > 1)
		ghcb_malformed(reply, GHCB_ERR_INVALID_INPUT);
}

static void event_dr7(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply)
{
	(void)v;
	if (req->code == SVM_EXIT_DR7_WRITE) {
		if (!GHCB_HAS(req, rax))
			ghcb_malformed(reply, GHCB_ERR_MISSING_INPUT);
		return;
	}
	reply->rax = DR7_RESET;
	reply->has_rax = true;
}

static void event_ud(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply)
{
	(void)v;
	(void)req;
	ghcb_exception(reply, VEC_UD);
}

static void event_run_vmpl(
	struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply);

static const struct {
	uint64_t code;
	event_fn handle;
} events[] = {
	{SVM_EXIT_DR7_READ, event_dr7},
	{SVM_EXIT_DR7_WRITE, event_dr7},
	{SVM_EXIT_CPUID, host_cpuid},
	{SVM_EXIT_INVD, event_nothing},
	{SVM_EXIT_IOIO, host_ioio},
	{SVM_EXIT_MSR, host_msr},
	{SVM_EXIT_RDPMC, event_ud},
	{SVM_EXIT_VMMCALL, event_ud},
	{SVM_EXIT_WBINVD, event_nothing},
	{SVM_EXIT_MONITOR, event_nothing},
	{SVM_EXIT_MWAIT, event_nothing},
	{GHCB_EVENT_MMIO_READ, host_mmio},
	{GHCB_EVENT_MMIO_WRITE, host_mmio},
	{GHCB_EVENT_NMI_COMPLETE, event_nothing},
	{GHCB_EVENT_AP_RESET_HOLD, event_reset_hold},
	{GHCB_EVENT_AP_JUMP_TABLE, event_jump_table},
	{GHCB_EVENT_PSC, host_psc},
	{GHCB_EVENT_GUEST_REQUEST, host_guest_request},
	{GHCB_EVENT_EXT_GUEST_REQUEST, host_extended_guest_request},
	{GHCB_EVENT_AP_CREATION, host_ap_creation},
	{GHCB_EVENT_HV_DOORBELL, host_doorbell},
	{GHCB_EVENT_HV_IPI, host_hv_ipi},
	{GHCB_EVENT_APIC_ID_LIST, host_apic_id_list},
	{GHCB_EVENT_RUN_VMPL, event_run_vmpl},
	{GHCB_EVENT_FEATURES, event_features},
	{GHCB_EVENT_TERMINATE, event_terminate},
};

static struct ghcb_request copy_request(const struct ghcb *g)
{
	struct ghcb_request req = {
		.code = g->sw_exit_code,
		.info1 = g->sw_exit_info1,
		.info2 = g->sw_exit_info2,
		.scratch = g->sw_scratch,
		.rax = g->rax,
		.rbx = g->rbx,
		.rcx = g->rcx,
		.rdx = g->rdx,
		.xcr0 = g->xcr0,
		.xss = g->xss,
		.cpl = g->cpl,
		.valid = {g->valid_bitmap[0], g->valid_bitmap[1]},
	};

	return req;
}

static void set_valid(struct ghcb *g, uint32_t bit)
{
	g->valid_bitmap[bit / 64] |= BIT(bit % 64);
}

/* The bitmap on return says what the host has filled in. */
static void write_reply(struct ghcb *g, const struct ghcb_reply *reply)
{
	if (!hostile_keeps_bitmap()) {
		g->valid_bitmap[0] = 0;
		g->valid_bitmap[1] = 0;
	}
	g->sw_exit_info1 = reply->info1;
	g->sw_exit_info2 = reply->info2;
	set_valid(g, GHCB_VALID_BIT(sw_exit_info1));
	set_valid(g, GHCB_VALID_BIT(sw_exit_info2));
	if (reply->no_bitmap) {
		g->valid_bitmap[1] = 0;
		return;
	}
	if (reply->has_rax) {
		g->rax = reply->rax;
		set_valid(g, GHCB_VALID_BIT(rax));
	}
	if (reply->has_rbx) {
		g->rbx = reply->rbx;
		set_valid(g, GHCB_VALID_BIT(rbx));
	}
	if (reply->has_rcx) {
		g->rcx = reply->rcx;
		set_valid(g, GHCB_VALID_BIT(rcx));
	}
	if (reply->has_rdx) {
		g->rdx = reply->rdx;
		set_valid(g, GHCB_VALID_BIT(rdx));
	}
}

/* The request's reply must be in the GHCB before the other VMPL runs. */
static void event_run_vmpl(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply)
{
	struct ghcb *g = ghcb_of(v);
	struct ghcb_reply done = {0};

	if (hostile_skips(v, req->code))
		return;
	hostile_reply(v, req->code, &done);
	if (!host_run_vmpl(v, req->info1 & 0xffffffff)) {
		ghcb_malformed(reply, GHCB_ERR_INVALID_INPUT);
		return;
	}
	write_reply(g, &done);
	reply->silent = true;
}

static event_fn find_event(uint64_t code)
{
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		if (events[i].code == code)
			return events[i].handle;
	return NULL;
}

static bool acceptable(struct vcpu *v, const struct ghcb *g, const struct ghcb_request *req,
	struct ghcb_reply *reply)
{
	const struct context *c = vcpu_context(v);

	if (c->ghcb_gpa != (c->ghcb_msr & ~GHCB_MSR_INFO_MASK))
		ghcb_malformed(reply, GHCB_ERR_NOT_REGISTERED);
	else if (g->usage != GHCB_USAGE_STANDARD)
		ghcb_malformed(reply, GHCB_ERR_USAGE);
	else if (!GHCB_HAS(req, sw_exit_code) || !GHCB_HAS(req, sw_exit_info1) ||
		 !GHCB_HAS(req, sw_exit_info2))
		ghcb_malformed(reply, GHCB_ERR_MISSING_INPUT);
	else
		return true;
	return false;
}

static void ghcb_page_request(struct vcpu *v)
{
	struct ghcb *g = ghcb_of(v);
	struct ghcb_request req;
	struct ghcb_reply reply = {0};
	event_fn handle;

	if (!g)
		run_end("guest-fault vcpu %u vmpl %u rip %lx: VMGEXIT with a GHCB at %lx that is "
			"not shared memory",
			v->index, v->current, vcpu_context(v)->vmcb->rip,
			vcpu_context(v)->ghcb_msr);
	if (hostile_spurious_entry(v))
		return;
	req = copy_request(g);
	hostile_sees_request(v, &req);
	TRACE(TRACE_HOST, "host: vcpu %u vmpl %u event %lx info1 %lx info2 %lx rax %lx rcx %lx\n",
		v->index, v->current, req.code, req.info1, req.info2, req.rax, req.rcx);
	if (acceptable(v, g, &req, &reply)) {
		handle = find_event(req.code);
		if (handle)
			handle(v, &req, &reply);
		else
			ghcb_malformed(&reply, GHCB_ERR_INVALID_EVENT);
	}
	if (req.code != GHCB_EVENT_RUN_VMPL)
		hostile_reply(v, req.code, &reply);
	if (!reply.silent)
		write_reply(g, &reply);
}

void host_vmgexit(struct vcpu *v)
{
	uint64_t value = vcpu_context(v)->ghcb_msr;

	hostile_hold_to_termination(v, value);
	if (value & GHCB_MSR_INFO_MASK)
		host_msr_protocol(v, value);
	else
		ghcb_page_request(v);
}
