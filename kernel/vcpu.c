/* SPDX-License-Identifier: MIT */
/*
 * The slots of the vCPU registry; see vcpu.h. Used by protocols/core_vcpu.c
 * and by guest launch.
 */
#include "kernel/vcpu.h"

static uint64_t load_tag(const struct vcpu *vcpu)
{
	return __atomic_load_n(&vcpu->tag, __ATOMIC_ACQUIRE);
}

static void set_state(struct vcpu *vcpu, enum vcpu_state state)
{
	uint64_t tag = load_tag(vcpu);

	__atomic_store_n(&vcpu->tag, (tag & ~VCPU_STATE_MASK) | state, __ATOMIC_RELEASE);
}

static bool in_use(const struct vcpu *vcpu)
{
	return (load_tag(vcpu) & VCPU_STATE_MASK) != VCPU_FREE;
}

struct vcpu *vcpu_claim(struct vcpu_registry *registry)
{
	for (unsigned int i = 0; i < VCPU_SLOTS; i++) {
		struct vcpu *vcpu = &registry->slots[i];

		if (in_use(vcpu))
			continue;
		vcpu->save_area = vcpu->calling_area = 0; /* nobody finds the last one's */
		__atomic_store_n(&vcpu->tag, load_tag(vcpu) + VCPU_GENERATION + VCPU_CLOSED,
			__ATOMIC_RELEASE);
		return vcpu;
	}
	return NULL;
}

void vcpu_open(struct vcpu *vcpu)
{
	set_state(vcpu, VCPU_IDLE);
}

void vcpu_free(struct vcpu *vcpu)
{
	set_state(vcpu, VCPU_FREE);
}

bool vcpu_close(struct vcpu *vcpu)
{
	uint64_t tag = load_tag(vcpu);

	if ((tag & VCPU_STATE_MASK) != VCPU_IDLE)
		return false;
	return __atomic_compare_exchange_n(&vcpu->tag, &tag, tag - VCPU_IDLE + VCPU_CLOSED, false,
		__ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

struct vcpu *vcpu_find(struct vcpu_registry *registry, uint64_t save_area)
{
	for (unsigned int i = 0; i < VCPU_SLOTS; i++) {
		struct vcpu *vcpu = &registry->slots[i];

		if (in_use(vcpu) && vcpu->save_area == save_area)
			return vcpu;
	}
	return NULL;
}

unsigned int vcpu_calling_area_users(const struct vcpu_registry *registry, uint64_t calling_area)
{
	unsigned int users = 0;

	for (unsigned int i = 0; i < VCPU_SLOTS; i++)
		if (in_use(&registry->slots[i]) && registry->slots[i].calling_area == calling_area)
			users++;
	return users;
}
