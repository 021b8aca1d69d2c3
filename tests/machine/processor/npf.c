/* SPDX-License-Identifier: MIT */
/*
 * Nested page faults: the RMP's verdict on an access decides who hears of it.
 * Device memory and unvalidated pages are the guest's own affair (#VC), every
 * other refusal is the host's, and an access that the RMP allows only needs
 * its table made.
 */
#include "vcpu.h"
#include "host.h"
#include "npt.h"
#include "x86.h"

struct fault {
	uint64_t gpa, info;
	bool private;   /* as the processor takes it */
	bool encrypted; /* as the address says it */
	uint32_t perm;
};

static struct fault read_fault(struct vcpu *v)
{
	const struct context *c = vcpu_context(v);
	const struct vmcb *b = c->vmcb;
	uint64_t c_mask = BIT(npt_c_bit());
	struct fault f = {.gpa = b->exit_info2 & ~c_mask, .info = b->exit_info1};

	f.encrypted = !c->paged_root || b->exit_info2 & c_mask;
	f.private = f.encrypted || f.info & (NPF_WALK | NPF_FETCH);
	if (f.info & NPF_WALK)
		f.perm = RMP_PERM_READ | RMP_PERM_WRITE;
	else if (f.info & NPF_FETCH)
		f.perm = b->cpl == 3 ? RMP_PERM_EXEC_USER : RMP_PERM_EXEC_SUPER;
	else
		f.perm = f.info & NPF_W ? RMP_PERM_WRITE : RMP_PERM_READ;
	return f;
}

/* The access is allowed: make it possible. */
static void grant(struct vcpu *v, const struct fault *f)
{
	uint64_t gpn = f->gpa >> PAGE_SHIFT;

	npt_fill(gpn, v->current);
	if (!f->private && f->info & NPF_W)
		npt_allow_shared_write(gpn);
	if (!f->encrypted && f->private) {
		if (!(f->info & NPF_WALK) || !loose_walk(v, gpn))
			step_loosen(v, gpn);
	} else if (f->info & NPF_FETCH && f->info & NPF_P) {
		step_execute(v, gpn);
	}
}

static void report(struct vcpu *v, const struct fault *f, enum access_verdict verdict)
{
	uint64_t info = f->info & ~(NPF_P | NPF_WALK | NPF_FINAL);

	info |= f->info & NPF_WALK ? NPF_WALK : NPF_FINAL;
	info |= f->private ? NPF_ENC | NPF_RMP | NPF_P : NPF_RMP | NPF_P;
	if (verdict == ACCESS_PERMISSION)
		info |= NPF_VMPL;
	host_npf(v, f->gpa, info, verdict);
}

static void refuse(struct vcpu *v, const struct fault *f, enum access_verdict verdict)
{
	step_end(v);
	switch (verdict) {
	case ACCESS_NO_RAM:
		event_vc(v, SVM_EXIT_NPF);
		return;
	case ACCESS_NOT_VALIDATED:
		event_vc(v, SVM_EXIT_PAGE_NOT_VALIDATED);
		return;
	default:
		report(v, f, verdict);
	}
}

void npf_refuse_data(struct vcpu *v, uint64_t gpa, bool private, bool write)
{
	struct fault f = {.gpa = gpa, .info = NPF_U | (write ? NPF_W : 0), .private = private};

	f.perm = write ? RMP_PERM_WRITE : RMP_PERM_READ;
	refuse(v, &f, rmp_check(gpa >> PAGE_SHIFT, private, v->current, f.perm));
}

void handle_npf(struct vcpu *v)
{
	struct fault f = read_fault(v);
	enum access_verdict verdict = rmp_check(f.gpa >> PAGE_SHIFT, f.private, v->current, f.perm);

	if (verdict == ACCESS_OK)
		grant(v, &f);
	else if (verdict == ACCESS_NO_RAM && !f.private && host_maps_device(f.gpa))
		npt_map_device(f.gpa >> PAGE_SHIFT);
	else
		refuse(v, &f, verdict);
}
