/* SPDX-License-Identifier: MIT */
/*
 * VMRUN and #VMEXIT as an SNP vCPU knows them: all state comes from the VMSA
 * page and goes back there. The VMCB's save area has the VMSA's layout up to
 * 298h, so that part moves as one block.
 */
#include "vcpu.h"
#include "insn.h"
#include "npt.h"
#include "rmp.h"
#include "x86.h"
#include "xsave.h"

#define SUPPORTED_FEATURES \
	(SEV_FEATURE_SNP | SEV_FEATURE_RESTRICTED_INJECTION | SEV_FEATURE_DEBUG_SWAP)

const char *sev_features_lacking(uint64_t features)
{
	static const char *const names[] = {"SNP", "vTOM", "ReflectVC", "RestrictedInjection",
		"AlternateInjection", "DebugSwap", "PreventHostIBS", "BTBIsolation", "VmplSSS",
		"SecureTSC", "VmgexitParameter", "PmcVirtualization", "IbsVirtualization",
		"GuestInterceptControl", "VmsaRegProt", "SmtProtection", "SecureAVIC"};

	features &= ~SUPPORTED_FEATURES;
	if (!features)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (features >> i & 1)
			return names[i];
	return "a feature without a name";
}

/* Everything of the save area but vmpl (CAh), xss (140h) and DR0-3 with masks. */
static void copy_to_vmcb(struct vmcb *b, const struct vmsa *s)
{
	memcpy(&b->es, &s->es, offsetof(struct vmsa, pl_ssp));
	b->cpl = s->cpl;
	b->efer = s->efer;
	b->cr4 = s->cr4;
	b->cr3 = s->cr3;
	b->cr0 = s->cr0;
	b->dr7 = s->dr7;
	b->dr6 = s->dr6;
	b->rflags = s->rflags;
	b->rip = s->rip;
	b->rsp = s->rsp;
	b->rax = s->rax;
	memcpy(&b->star, &s->star, offsetof(struct vmsa, cr2) - offsetof(struct vmsa, star));
	b->cr2 = s->cr2;
	b->g_pat = PAT_RESET;
	b->int_shadow = s->vintr_ctrl >> 10 & 1;
	b->event_inj = 0;
}

static void copy_from_vmcb(struct vmsa *s, const struct vmcb *b)
{
	memcpy(&s->es, &b->es, offsetof(struct vmsa, pl_ssp));
	s->cpl = b->cpl;
	s->efer = b->efer;
	s->cr4 = b->cr4;
	s->cr3 = b->cr3;
	s->cr0 = b->cr0;
	s->dr7 = b->dr7;
	s->dr6 = b->dr6;
	s->rflags = b->rflags;
	s->rip = b->rip;
	s->rsp = b->rsp;
	s->rax = b->rax;
	memcpy(&s->star, &b->star, offsetof(struct vmsa, cr2) - offsetof(struct vmsa, star));
	s->cr2 = b->cr2;
	s->vintr_ctrl = (s->vintr_ctrl & ~(BIT(10) | VINTR_BUSY)) | (b->int_shadow & 1) << 10;
}

static void gpr_to_context(struct gpr *g, const struct vmsa *s)
{
	g->rcx = s->rcx;
	g->rdx = s->rdx;
	g->rbx = s->rbx;
	g->rbp = s->rbp;
	g->rsi = s->rsi;
	g->rdi = s->rdi;
	memcpy(&g->r8, &s->r8, 8 * sizeof(uint64_t));
}

static void gpr_from_context(struct vmsa *s, const struct gpr *g)
{
	s->rcx = g->rcx;
	s->rdx = g->rdx;
	s->rbx = g->rbx;
	s->rbp = g->rbp;
	s->rsi = g->rsi;
	s->rdi = g->rdi;
	memcpy(&s->r8, &g->r8, 8 * sizeof(uint64_t));
}

static void debug_registers_load(const struct context *c)
{
	__asm__ volatile("mov %0, %%dr0" : : "r"(c->dr[0]));
	__asm__ volatile("mov %0, %%dr1" : : "r"(c->dr[1]));
	__asm__ volatile("mov %0, %%dr2" : : "r"(c->dr[2]));
	__asm__ volatile("mov %0, %%dr3" : : "r"(c->dr[3]));
}

static void debug_registers_store(struct context *c)
{
	__asm__ volatile("mov %%dr0, %0" : "=r"(c->dr[0]));
	__asm__ volatile("mov %%dr1, %0" : "=r"(c->dr[1]));
	__asm__ volatile("mov %%dr2, %0" : "=r"(c->dr[2]));
	__asm__ volatile("mov %%dr3, %0" : "=r"(c->dr[3]));
}

/* What VMRUN checks; NULL if it would enter. */
static const char *vmrun_refuses(uint32_t vmpl, const struct vmsa *s)
{
	static const char *const other = "VMSA.VMPL is not the one the host runs";

	if (s->vintr_ctrl & VINTR_BUSY)
		return "VINTR_CTRL.BUSY is set";
	if (!(s->efer & EFER_SVME))
		return "EFER.SVME is clear";
	if (!(s->sev_features & SEV_FEATURE_SNP))
		return "SEV_FEATURES lacks SNP";
	if (sev_features_lacking(s->sev_features))
		return "SEV_FEATURES asks for a feature the machine lacks";
	if (s->vmpl != vmpl)
		return other;
	if (!xcr0_is_valid(s->xcr0 | XFEATURE_X87))
		return "XCR0 has what the processor lacks";
	if (s->cr0 & CR0_PG && !(s->cr0 & CR0_PE))
		return "CR0.PG without CR0.PE";
	return NULL;
}

static const char *verdict_text(enum access_verdict verdict)
{
	switch (verdict) {
	case ACCESS_NO_RAM:
		return "no memory at the VMSA's address";
	case ACCESS_INUSE:
		return "the VMSA is in use";
	case ACCESS_PERMISSION:
		return "the page is no VMSA in the RMP";
	case ACCESS_NOT_VALIDATED:
		return "the VMSA page is not validated";
	default:
		return "the VMSA page is not assigned to the guest";
	}
}

static void load_state(struct context *c, const struct vmsa *s)
{
	copy_to_vmcb(c->vmcb, s);
	gpr_to_context(&c->gpr, s);
	c->sev_features = s->sev_features;
	c->xcr0 = s->xcr0;
	c->xss = s->xss;
	c->pat = s->g_pat;
	c->tsc_aux = s->tsc_aux;
	c->pkru = s->pkru;
	memcpy(c->dr, s->dr, sizeof(c->dr));
	memcpy(c->dr_mask, s->dr_mask, sizeof(c->dr_mask));
	c->pending_event = s->event_inj & EVENT_VALID ? s->event_inj : 0;
	c->step.active = false;
	c->vmcb->intercept[1] = c->sev_features & SEV_FEATURE_DEBUG_SWAP
					? 0
					: (uint32_t)(INTERCEPT_DR7_READ | INTERCEPT_DR7_WRITE);
	c->vmcb->intercept[2] = (uint32_t)INTERCEPT_EXCEPTIONS;
}

bool vmsa_load(struct vcpu *v, uint32_t vmpl, const char **why)
{
	struct context *c = &v->context[vmpl];
	enum access_verdict verdict = rmp_vmsa_enter(c->vmsa_gpa >> PAGE_SHIFT);
	struct vmsa *s;

	if (verdict != ACCESS_OK) {
		*why = verdict_text(verdict);
		return false;
	}
	c->vmsa_frame = host_map(c->vmsa_gpa >> PAGE_SHIFT);
	s = phys(frame_pa(c->vmsa_frame));
	*why = vmrun_refuses(vmpl, s);
	if (*why) {
		rmp_vmsa_leave(c->vmsa_gpa >> PAGE_SHIFT, c->vmsa_frame);
		return false;
	}
	load_state(c, s);
	s->vintr_ctrl |= VINTR_BUSY;
	wrmsr(MSR_TSC_AUX, c->tsc_aux);
	debug_registers_load(c);
	fpu_load(s, c);
	svm_vmload(virt_to_phys(c->vmcb));
	c->loaded = true;
	return true;
}

const char *vmsa_refusal(uint64_t vmsa_gpa, uint32_t vmpl)
{
	uint64_t gpn = vmsa_gpa >> PAGE_SHIFT;
	enum access_verdict verdict = rmp_vmsa_enter(gpn);
	const char *why;

	if (verdict != ACCESS_OK)
		return verdict_text(verdict);
	why = vmrun_refuses(vmpl, phys(frame_pa(host_map(gpn))));
	rmp_vmsa_leave(gpn, host_map(gpn));
	return why;
}

void vmsa_store(struct vcpu *v, uint32_t vmpl)
{
	struct context *c = &v->context[vmpl];
	struct vmsa *s;

	if (!c->loaded)
		return;
	s = phys(frame_pa(c->vmsa_frame));
	step_end(v);
	loose_hide(c);
	svm_vmsave(virt_to_phys(c->vmcb));
	copy_from_vmcb(s, c->vmcb);
	gpr_from_context(s, &c->gpr);
	s->xss = c->xss;
	s->g_pat = c->pat;
	c->tsc_aux = rdmsr(MSR_TSC_AUX); /* the guest's writes do not exit */
	s->tsc_aux = (uint32_t)c->tsc_aux;
	debug_registers_store(c);
	memcpy(s->dr, c->dr, sizeof(c->dr));
	s->event_inj = c->pending_event;
	s->guest_exit_code = c->vmcb->exit_code;
	s->guest_exitinfo1 = c->vmcb->exit_info1;
	s->guest_exitinfo2 = c->vmcb->exit_info2;
	s->guest_exitintinfo = c->vmcb->exit_int_info;
	fpu_store(s);
	c->loaded = false;
	rmp_vmsa_leave(c->vmsa_gpa >> PAGE_SHIFT, c->vmsa_frame);
}

void vmsa_set(struct vcpu *v, uint32_t vmpl, uint64_t vmsa_gpa)
{
	struct context *c = &v->context[vmpl];

	vmsa_store(v, vmpl);
	c->loose_count = 0;
	c->vmsa_gpa = vmsa_gpa;
	c->nmi_pending = false;
	c->pending_event = 0;
}
