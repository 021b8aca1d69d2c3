/* SPDX-License-Identifier: MIT */
/*
 * What the kernel and the protocols ask of a platform. One backend is linked:
 * platform/sev-snp/, or tests/unit/fake_platform.c in host tests. Only plain
 * functions, so that nothing on a hot path goes through a pointer.
 *
 * A host that breaks its protocol is not reported here: the backend terminates.
 */
#ifndef NACRE_PLATFORM_H
#define NACRE_PLATFORM_H

#include "addr.h"
#include "compiler.h"

struct cpu;
struct service_vm_state;

/* XCR0 of ring 3 where there is XSAVE: x87, SSE, AVX, which every level's save area has. */
#define PLATFORM_XFEATURES 7U

/* ---- Facts about the machine, fixed after platform_init() ---- */

struct platform_facts {
	const char *name;
	unsigned int own_level;   /* VMPL the paravisor runs at */
	unsigned int guest_level; /* VMPL of the guest */
	unsigned int c_bit;       /* position of the encryption bit */
	uint64_t private_mask;    /* page-table bits of a private mapping */
	uint64_t guest_features;  /* SEV_FEATURES of every guest vCPU */
	bool flush_broadcast;     /* platform_flush_all() reaches other processors */
	bool memory_is_shared;    /* the host starts RAM as shared */
	uint32_t vp_count;        /* the host's word, bounded by nobody yet */
	unsigned int random;      /* RANDOM_HAVE_* of lib/random.h */
	bool aes_instructions;    /* what lib/gcm.h needs */
	bool smap;                /* CR4.SMAP is set: STAC and CLAC are there */
	bool xsave;               /* XCR0 is PLATFORM_XFEATURES; else there is FXSAVE */
	bool ibpb;                /* the processor says that it has a branch-predictor barrier */
	bool sha_instructions;    /* what lib/sha256_block.h can use */
	uint32_t report_size;     /* bytes of an attestation report */
};

/*
 * Checks what the launch handed over and fills the facts; the first call of
 * all. Ends in termination on a machine that cannot carry a paravisor.
 */
void platform_init(void);
const struct platform_facts *platform_facts(void);

/* ---- Ending ---- */

/* Ends the virtual machine with a reason of enum nacre_term; never returns. */
NORETURN void platform_terminate(unsigned int reason);

/*
 * Overwrites the keys that the launch left in memory; callable in a panic, and
 * when the host has taken their page away.
 */
void platform_wipe_keys(void);

/* ---- Pages: state, permissions, sharing ---- */

enum page_size {
	PAGE_4K = 0,
	PAGE_2M = 1,
};

/*
 * Result of a page operation: the low values are the processor's own and go to
 * the guest as they are.
 */
enum page_result {
	PAGE_OK = 0,
	PAGE_FAIL_INPUT = 1,
	PAGE_FAIL_PERMISSION = 2,
	PAGE_FAIL_INUSE = 3,
	PAGE_FAIL_SIZEMISMATCH = 6,
	PAGE_NO_CHANGE = 0x10, /* it was in the wanted state already */
	PAGE_FAULT = 0x100,    /* the host has taken the page away */
};

/* Each takes a page that is mapped, as private, at @va. */
enum page_result platform_page_validate(struct va va, enum page_size size);
enum page_result platform_page_rescind(struct va va, enum page_size size);

/*
 * Gives the guest's level all rights. The levels below it keep what they have:
 * nothing, after a validation or a revocation.
 */
enum page_result platform_page_grant(struct va va, enum page_size size);

/* Takes all rights from every level but the paravisor's. */
enum page_result platform_page_revoke(struct va va, enum page_size size);

/*
 * Makes a revoked 4 KiB page of the guest's a vCPU's save area, which the guest
 * may read but not write, or an ordinary page of the guest's again.
 */
enum page_result platform_page_seal_vcpu(struct va va);
enum page_result platform_page_unseal_vcpu(struct va va);

/* Makes a page of the paravisor's own a save area that nobody else can see. */
enum page_result platform_page_seal_own(struct va va);

/* Drops every cached translation of the guest on all processors, and waits for it. */
void platform_flush_all(void);

/* A stretch of physical memory, page-aligned. */
struct page_span {
	uint64_t base;
	uint64_t size;
};

/*
 * Asks the host to make memory private (it is not validated by that) or shared
 * (it must have been rescinded). Spans are split into 2 MiB entries where they
 * can be; as few exits as there are full lists.
 */
void platform_make_private(const struct page_span *spans, unsigned int count);
void platform_make_shared(const struct page_span *spans, unsigned int count);

/* ---- Processors ---- */

/* Gives the first, calling CPU its channel to the host. */
void platform_prepare_first_cpu(struct cpu *cpu);

/* Gives other CPUs theirs, before any of them is started. */
void platform_prepare_cpus(struct cpu *const *cpus, unsigned int count);

/* First thing on each of those CPUs; @cpu is the calling one. */
void platform_cpu_init(struct cpu *cpu);

/* Starts another CPU at cpu_entry(cpu) on its own stack; it may never answer. */
void platform_cpu_start(struct cpu *cpu);

/* Waits, at most until the host has a guest vCPU for this CPU. May return early. */
void platform_cpu_hold(void);

/* ---- Guest vCPUs ---- */

/* A call of the guest's: copied once, answered by writing the members back. */
struct svsm_call {
	uint64_t rax, rcx, rdx, r8, r9;
	unsigned int outputs; /* CALL_OUT_*: what the call defines as output besides RAX */
};
#define CALL_OUT_RCX 0x1U
#define CALL_OUT_RDX 0x2U
#define CALL_OUT_R8 0x4U
#define CALL_OUT_R9 0x8U

/*
 * Stops the vCPU whose save area is mapped at @state from being run, and takes
 * its call if it has one pending in the calling area at @calling_area. False
 * when there is none, or when the host has taken the calling area away.
 */
bool platform_vcpu_take_call(struct va state, struct va calling_area, struct svsm_call *call);

/* Writes RAX and the call's defined outputs. */
void platform_vcpu_answer(struct va state, const struct svsm_call *call);

/* Stops it as taking a call does, without looking for one. */
void platform_vcpu_stop(struct va state);

/*
 * Copies registers of a vCPU that another CPU may have stopped and may let run at any
 * time, or whose page the host may take. False if they did not stand still.
 */
MUST_CHECK bool platform_vcpu_registers(struct va state, struct service_vm_state *registers);

/* Lets the host run the vCPU again; the save area must not be touched after it. */
void platform_vcpu_release(struct va state);

/*
 * Asks the host to run the guest on this CPU; returns when the host comes back.
 * False when the host says that it knows no vCPU to run.
 */
MUST_CHECK bool platform_vcpu_run(void);

/* Tells the host of the save area at guest-physical @save_area, of the vCPU on @cpu. */
void platform_vcpu_register(const struct cpu *cpu, uint64_t save_area);

/* Whether a guest may have a vCPU with the save area at @state. */
bool platform_vcpu_acceptable(struct va state);

/* ---- Attestation ---- */

#define PLATFORM_REPORT_DATA_SIZE 64U
#define PLATFORM_REPORT_MAX 2048U
#define PLATFORM_CERTIFICATES_MAX (16 * KIB)

/* What the secure processor vouches for, and the host's certificates for its key. */
struct platform_evidence {
	uint32_t report_size;
	uint32_t certificates_size;   /* 0: the host has none, or more than there is room for */
	uint32_t certificates_wanted; /* if the latter: what they would take */
	uint8_t report[PLATFORM_REPORT_MAX];
	uint8_t certificates[PLATFORM_CERTIFICATES_MAX]; /* as the host gave them: unchecked */
};

enum attest_result {
	ATTEST_OK,
	ATTEST_BUSY,      /* another CPU is at it, or the host wants the call again: repeat it */
	ATTEST_THROTTLED, /* the host has said so too often in a row: later */
	ATTEST_REFUSED,   /* by the secure processor */
	ATTEST_CLOSED,    /* for ever: host or secure processor broke the protocol */
};

/* Prepares what reports need, before other CPUs are started. */
void platform_attest_init(void);

/*
 * A report at the paravisor's own level over @data, and with @certificates what
 * the host has of them. At most one message and its repetition without
 * certificates, each of one exit. @evidence means nothing but after ATTEST_OK.
 */
MUST_CHECK enum attest_result platform_attest_report(const uint8_t data[PLATFORM_REPORT_DATA_SIZE],
	bool certificates, struct platform_evidence *evidence);

#define PLATFORM_KEY_SIZE 32U

/*
 * A key that the secure processor derives from one of the chip's own for this image at
 * the paravisor's level: the same at every launch on this chip, known neither to the
 * host nor to the guest. @key is written after ATTEST_OK alone.
 */
MUST_CHECK enum attest_result platform_derive_key(uint8_t key[PLATFORM_KEY_SIZE]);

/* ---- A timer of the paravisor's own level, on the calling CPU ---- */

/* What its interrupts are; its class is the highest. The host may send them at any time. */
#define PLATFORM_TIMER_VECTOR 0xf0U

/*
 * Prepares it, stopped. False where the host gives none to this level, or one that
 * is in use; then, and after a false start, none of the others is to be called.
 */
MUST_CHECK bool platform_timer_open(void);

/*
 * One interrupt after @ticks, which must not be 0, of a length that nobody knows
 * beforehand; it waits until RFLAGS.IF is set. False if another level has been at
 * the timer: then there is one for both, which is left to the guest.
 */
MUST_CHECK bool platform_timer_start(uint32_t ticks);
void platform_timer_stop(void);

/* Counts down from the greatest number, without an interrupt; ticks that are left of it. */
void platform_timer_count(void);
uint32_t platform_timer_left(void);

/* Once for each interrupt that came. */
void platform_timer_acknowledge(void);

/* ---- Ring 3 ---- */

struct platform_cpuid {
	uint32_t eax, ebx, ecx, edx;
};

/* CPUID as a service sees it: checked, and without what the kernel does not save. */
void platform_cpuid(uint32_t leaf, uint32_t subleaf, struct platform_cpuid *answer);

/* No branch of the next program is predicted from those of the last; nothing where the
 * processor or the host does not offer it. */
void platform_forget_branches(void);

/*
 * Before ring 3 is entered: ring 3 can call the host as well, and must find nothing in
 * the calling CPU's channel that the host would take for a request.
 */
void platform_withdraw_request(void);

/* ---- Devices ---- */

/* A run of bytes to one port; each single access is in drivers/port_io.h. */
void platform_io_write_string(uint16_t port, const char *bytes, size_t count);

#endif
