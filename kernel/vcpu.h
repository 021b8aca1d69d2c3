/* SPDX-License-Identifier: MIT */
/*
 * The registry of guest vCPUs: for each CPU a few slots, each a save area
 * (VMSA) and a calling area. CREATE_VCPU fills a slot and offers it to its CPU;
 * the CPU adopts it when the first call comes from it; DELETE_VCPU frees it.
 *
 * A slot's tag is its lock: a state and a generation that counts reuse. The
 * CPU takes it by one compare-and-exchange from "idle, generation as when I
 * mapped it" to "serving"; so it can never use a slot that was deleted or that
 * holds another vCPU by now. A deleter takes it from "idle" to "closed".
 */
#ifndef NACRE_KERNEL_VCPU_H
#define NACRE_KERNEL_VCPU_H

#include "addr.h"
#include "compiler.h"
#include "kernel/spinlock.h"

struct cpu;

#define VCPU_SLOTS 4U

enum vcpu_state {
	VCPU_FREE = 0,
	VCPU_CLOSED = 1,  /* being created or deleted */
	VCPU_IDLE = 2,    /* registered; its CPU is not looking at it */
	VCPU_SERVING = 3, /* its CPU works on a call of it */
};
#define VCPU_STATE_MASK 0x3ULL
#define VCPU_GENERATION 0x4ULL /* added to the tag at each reuse */
#define VCPU_WATCHED BIT(63)   /* besides VCPU_SERVING: kernel/vm_context.c is reading it */

struct vcpu {
	uint64_t tag;          /* atomic: generation and enum vcpu_state */
	uint64_t save_area;    /* guest-physical; page-aligned */
	uint64_t calling_area; /* guest-physical; page-aligned */
};

struct vcpu_registry {
	struct spinlock lock; /* for changes of membership, never for serving */
	struct vcpu slots[VCPU_SLOTS];
	struct vcpu *offered; /* atomic: the newest one created for this CPU */
};

/* What a CPU knows of a slot whose pages it has mapped. */
struct vcpu_view {
	struct vcpu *vcpu; /* NULL: none */
	uint64_t idle_tag; /* the tag under which the pages were mapped */
	struct va state;   /* save area */
	struct va calling_area;
};

/* A free slot, now closed, or NULL. The registry's lock must be held. */
struct vcpu *vcpu_claim(struct vcpu_registry *registry);

/* The closed slot becomes usable by its CPU, or free again. */
void vcpu_open(struct vcpu *vcpu);
void vcpu_free(struct vcpu *vcpu);

/* Idle to closed; false when its CPU is serving it. */
bool vcpu_close(struct vcpu *vcpu);

/* The slot with this save area (closed or not), or NULL. The lock must be held. */
struct vcpu *vcpu_find(struct vcpu_registry *registry, uint64_t save_area);

/* Slots of the registry that use the calling area. The lock must be held. */
unsigned int vcpu_calling_area_users(const struct vcpu_registry *registry, uint64_t calling_area);

/* From idle to serving, provided that the slot is still the one that was viewed. */
static inline bool vcpu_enter(const struct vcpu_view *view)
{
	uint64_t expected = view->idle_tag;

	return __atomic_compare_exchange_n(&view->vcpu->tag, &expected,
		expected + (VCPU_SERVING - VCPU_IDLE), false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

/* Whether a slot that its CPU has left is still the one that was viewed. */
static inline bool vcpu_is_same(const struct vcpu_view *view)
{
	return __atomic_load_n(&view->vcpu->tag, __ATOMIC_ACQUIRE) == view->idle_tag;
}

/* Whether the vCPU that had @tag is still registered, be it idle, served or looked at. */
static inline bool vcpu_is_registered(const struct vcpu *vcpu, uint64_t tag)
{
	uint64_t now = __atomic_load_n(&vcpu->tag, __ATOMIC_ACQUIRE) & ~VCPU_WATCHED;

	return (now | VCPU_STATE_MASK) == (tag | VCPU_STATE_MASK) &&
	       (now & VCPU_STATE_MASK) != VCPU_FREE;
}

static inline void vcpu_leave(const struct vcpu_view *view)
{
	__atomic_store_n(&view->vcpu->tag, view->idle_tag, __ATOMIC_RELEASE);
}

#endif
