/* SPDX-License-Identifier: MIT */
/*
 * A vCPU: up to four contexts, one a VMPL, each entered from a VMSA page and
 * left back into it. One runs at a time, on the processor of the same number.
 */
#ifndef MACHINE_VCPU_H
#define MACHINE_VCPU_H

#include "core.h"
#include "vmcb.h"

/* In the order that svm_vmrun() loads and stores them. */
struct gpr {
	uint64_t rcx, rdx, rbx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15;
};

/* Where VMRUN comes back to (core/boot.S). */
extern const char svm_resumed[];

enum step_kind {
	STEP_PLAIN,
	STEP_PUSHF,
	STEP_SYSCALL,
	STEP_SYSRET,
};

/* One instruction under TF (step.c); it may touch six pages, each through four tables. */
#define STEP_PAGES 32U
struct step {
	bool active, saved_tf;
	bool behind;   /* the instruction comes behind a handler: its #DB alone ends the step */
	bool paged;    /* the instruction turns paging on */
	uint32_t trap; /* automatic exit that follows the instruction, 0 none */
	enum step_kind kind;
	uint64_t saved; /* SFMASK or R11, of a system call */
	uint32_t pages;
	uint64_t gpn[STEP_PAGES];
};

/* A page table that is walked without the C-bit, and how often that was a step (loose.c). */
#define LOOSE_PAGES 64U
struct loose_page {
	uint64_t gpn;
	uint32_t steps;
	bool used; /* since CR3 was loaded */
};

/* A VMPL's context of a vCPU, live while the VMSA is in use. */
struct context {
	struct vmcb *vmcb;
	uint64_t vmsa_gpa;   /* 0: none; the VMSA the host registered */
	bool loaded;         /* the VMSA's state is in vmcb, gpr and the processor */
	uint32_t vmsa_frame; /* while loaded: the frame, whatever the host maps there meanwhile */
	uint32_t vmpl;
	uint64_t sev_features;
	uint64_t ghcb_msr;
	uint64_t ghcb_gpa; /* registered GHCB, GHCB_NONE if none */
	struct gpr gpr;
	uint64_t xcr0, xss, pat, tsc_aux, dr[4], dr_mask[4];
	uint32_t pkru;
	bool nmi_pending;
	uint64_t pending_event; /* EVENTINJ to deliver at the next entry */
	bool forced_event;      /* the host injects it whatever the guest's state */
	uint32_t offered;       /* vector of the virtual interrupt at this entry, 0 none */
	struct step step;
	bool paged_root; /* which nested root the last entry used */
	struct loose_page loose[LOOSE_PAGES];
	uint32_t loose_count;
	uint64_t loose_root; /* CR3 that they were met with */
	bool loose_many;     /* more than there is room for */
	/* #HV doorbell page, 0 if none. */
	uint64_t doorbell_gpa;
	uint64_t entered_tsc;
};
#define GHCB_NONE UINT64_MAX

enum vcpu_state {
	VCPU_STOPPED, /* never started, or destroyed */
	VCPU_RUNNING,
	VCPU_HALTED, /* HLT or AP reset hold at a VMPL that gets no device interrupt */
};

struct vcpu {
	uint32_t index, apic_id;
	enum vcpu_state state;
	uint32_t current; /* VMPL whose context runs */
	struct context context[VMPL_COUNT];
	bool in_guest;       /* between VMRUN and the exit that follows */
	bool wake;           /* an event for a halted vCPU */
	bool reset_hold_msr; /* waits in AP reset hold: which protocol answers */
	bool reset_hold;
	bool created_below; /* a VMSA below the current VMPL, which it has not heard of */
	uint64_t pending_vmsa[VMPL_COUNT]; /* AP creation: VMSA to take up, 0 none */
	uint64_t init_vmsa;                /* AP creation on INIT: what to take up then, 0 none */
	bool start_current;                /* AP creation wants its VMPL to be entered */
	uint32_t start_vmpl;
	/* Rights taken by RMPADJUST and not flushed: of which page (instructions.c). */
	bool flush_owed, flush_asked;
	uint64_t flush_gpn;
	uint64_t exits; /* completed exits: what a kick waits for */
	uint64_t instructions[VMPL_COUNT], vmgexits[VMPL_COUNT], halts[VMPL_COUNT];
	uint64_t flushes; /* TLBSYNC */
	struct spinlock lock;
};

extern struct vcpu vcpus[MACHINE_MAX_CPUS];

static inline struct context *vcpu_context(struct vcpu *v)
{
	return &v->context[v->current];
}

void vcpu_init(uint32_t index);
/* Runs the vCPU of this processor for ever. */
NORETURN void vcpu_loop(struct vcpu *v);
struct vcpu *vcpu_by_apic_id(uint32_t apic_id);

/* Has every other vCPU outside the guest (its TLB flushed) before it returns. */
void vcpu_flush_others(void);
/* Wakes @v, or makes it leave the guest once. */
void vcpu_kick(struct vcpu *v);

/* --- VMSA (vmsa.c) --- */

/*
 * Enters the context of @vmpl: loads its VMSA if it is not loaded. False, with
 * the reason in @why, if VMRUN would refuse.
 */
bool vmsa_load(struct vcpu *v, uint32_t vmpl, const char **why);
/* The first of SEV_FEATURES that the processor lacks, by name; NULL if it has all. */
const char *sev_features_lacking(uint64_t features);
/* NULL if another processor could enter @vmpl from this VMSA now, else why not. */
const char *vmsa_refusal(uint64_t vmsa_gpa, uint32_t vmpl);
/* Writes the state back and ends the VMSA's use. */
void vmsa_store(struct vcpu *v, uint32_t vmpl);
/* Register @vmsa_gpa for @vmpl; what ran there before is dropped (written back). */
void vmsa_set(struct vcpu *v, uint32_t vmpl, uint64_t vmsa_gpa);
/* FPU registers between processor and VMSA (fpu.c). */
void fpu_load(const struct vmsa *vmsa, struct context *c);
void fpu_store(struct vmsa *vmsa);

/* --- Guest memory as the guest's processor sees it (walk.c) --- */

struct translation {
	uint64_t gpa; /* C-bit removed */
	bool private;
	bool writable, user, executable;
};

enum walk_access {
	WALK_READ = 0,
	WALK_WRITE = 1,
	WALK_FETCH = 2,
};

/* Translates @va; false: a page fault, @error_code filled for a supervisor access. */
bool guest_translate(struct vcpu *v, uint64_t va, enum walk_access access, bool user,
	struct translation *t, uint32_t *error_code);
/* Copies through the guest's page tables with its own rights; false on any fault. */
bool guest_read(struct vcpu *v, uint64_t va, void *buffer, size_t size);
bool guest_write(struct vcpu *v, uint64_t va, const void *buffer, size_t size);
/*
 * Memory at @va, to the end of its page, as an instruction of the running privilege
 * level reaches it; NULL: the access ended in a fault, which has been raised.
 */
uint8_t *guest_operand(struct vcpu *v, uint64_t va, bool write);
/* Up to @size bytes at CS:RIP; returns how many could be fetched. */
size_t guest_fetch(struct vcpu *v, uint8_t *buffer, size_t size);
bool guest_is_64bit(const struct context *c);

/* --- Events (event.c) --- */

void event_vc(struct vcpu *v, uint64_t exit_code);
void event_exception(struct vcpu *v, uint8_t vector, bool has_error, uint32_t error);
void event_page_fault(struct vcpu *v, uint64_t va, uint32_t error);
/* Injects an arbitrary event as a host may (EVENTINJ layout). */
void event_inject(struct vcpu *v, uint64_t event);
/* Puts back what was being delivered when the exit came. */
void event_redeliver(struct vcpu *v);

/*
 * @v leaves VMPL 0 for a less privileged one: counts rights that it has taken without a
 * flush since, which others may still have in their TLBs; flush=strict ends the run.
 */
void flush_check(struct vcpu *v);

/* INVLPGB and TLBSYNC (instructions.c); what CPUID 80000008h says of them is the host's choice. */
#define INVLPGB_EXTRA_PAGES 7U /* that the processor takes beyond the first, as on silicon */
struct invlpgb {
	bool absent;          /* undefined instructions */
	bool told;            /* CPUID has the bit */
	uint32_t extra_pages; /* CPUID's count */
};
extern struct invlpgb invlpgb;
void invlpgb_init(void);

/* Always intercepted: instructions that QEMU lacks end in one of these. */
#define INTERCEPT_EXCEPTIONS (BIT(VEC_UD) | BIT(VEC_GP))

/* --- Exits (exits.c) --- */
void handle_exit(struct vcpu *v);
bool handle_undefined(struct vcpu *v); /* instructions.c */
void handle_msr(struct vcpu *v);       /* msr.c */
/* Whether CPUID tells of the branch-predictor barrier (ibpb=on, or intercepted). */
bool barrier_offered(void);
/* MSRs that do not exit; @with_x2apic: those of the local APIC but ICR neither. */
uint64_t msr_permission_map(bool with_x2apic);
void handle_npf(struct vcpu *v); /* npf.c */
/* A data access that the RMP refused to the machine's own hand. */
void npf_refuse_data(struct vcpu *v, uint64_t gpa, bool private, bool write);
/* A write trap: CR0, CR4 or EFER has the new @value. */
void write_trap(struct vcpu *v, uint32_t exit_code, uint64_t value);
/* The write of a control register at RIP: done, if it needs no step (control.c). */
bool control_write(struct vcpu *v);
void advance_rip(struct context *c, uint32_t length);

/* --- One instruction under TF (step.c) --- */
void step_begin(struct vcpu *v);
/* The same for a write of CR0 or CR4, which the write trap @exit_code follows. */
void step_write(struct vcpu *v, uint32_t exit_code);
void step_loosen(struct vcpu *v, uint64_t gpn);
void step_execute(struct vcpu *v, uint64_t gpn);
/* Ends a step; true if the exit was the step's own #DB. */
bool step_end(struct vcpu *v);

/* --- Page tables named without the C-bit (loose.c) --- */
/* A walk goes through @gpn: true if it may from now on, false if it needs a step. */
bool loose_walk(struct vcpu *v, uint64_t gpn);
/* The context is left: the pages leave the shared view, for now. */
void loose_hide(const struct context *c);
/* After an exit. If CR3 is another: the same, and pages not used since the last are forgotten. */
void loose_look(struct context *c);

#endif
