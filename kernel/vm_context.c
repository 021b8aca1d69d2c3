/* SPDX-License-Identifier: MIT */
/*
 * See vm_context.h. A vCPU whose slot is "serving" is its CPU's, which may let
 * go of it at any moment by storing the idle tag: a bit that the reader puts into
 * the tag is gone then, even if the CPU has taken the vCPU again meanwhile.
 */
#include "kernel/vm_context.h"
#include "kernel/cpu.h"
#include "kernel/index_mask.h"
#include "kernel/windows.h"
#include "platform.h"

static uint64_t load_tag(const struct vcpu *vcpu)
{
	return __atomic_load_n(&vcpu->tag, __ATOMIC_ACQUIRE);
}

static bool exchange(struct vcpu *vcpu, uint64_t from, uint64_t to)
{
	return __atomic_compare_exchange_n(
		&vcpu->tag, &from, to, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

static bool read(struct vcpu *vcpu, uint64_t tag, struct service_vm_state *state)
{
	struct cpu *cpu = this_cpu();
	bool stood;

	if (!exchange(vcpu, tag, tag | VCPU_WATCHED))
		return false;
	stood = platform_vcpu_registers(window_map(cpu, WINDOW_TARGET, vcpu->save_area), state);
	window_unmap(cpu, WINDOW_TARGET);
	return exchange(vcpu, tag | VCPU_WATCHED, tag) && stood;
}

bool vm_context_read(unsigned int context, struct service_vm_state *state)
{
	struct cpu *cpu = cpu_by_index(context & (unsigned int)index_mask(context, cpu_count()));

	for (unsigned int i = 0; i < VCPU_SLOTS; i++) {
		struct vcpu *vcpu = &cpu->registry.slots[i];
		uint64_t tag = load_tag(vcpu);

		if ((tag & VCPU_STATE_MASK) == VCPU_SERVING && !(tag & VCPU_WATCHED))
			return read(vcpu, tag, state);
	}
	return false;
}
