/* SPDX-License-Identifier: MIT */
/*
 * See services_attend.h. A service that waits for a vCPU is woken on that vCPU's
 * CPU, with the vCPU stopped until it waits again; its call is served afterwards.
 */
#include "kernel/services_attend.h"
#include "kernel/attention.h"
#include "kernel/cpu.h"
#include "kernel/services.h"
#include "kernel/services_init.h"
#include "platform.h"

static uint32_t awaited_by(const struct service_slot *slot)
{
	return __atomic_load_n(&slot->awaited, __ATOMIC_ACQUIRE);
}

static bool anyone_awaits(void)
{
	for (unsigned int i = 0; i < services_count(); i++)
		if (awaited_by(services_by_index(i)))
			return true;
	return false;
}

static void wake(struct service_slot *slot, uint32_t context)
{
	if (awaited_by(slot) != context || !service_hold(slot))
		return;
	if (awaited_by(slot) == context)
		service_resume(slot);
	if (slot->state == SERVICE_RUNS)
		attention_want(ATTENTION_INIT); /* the slice was not enough */
	service_release(slot);
}

/* Whoever begins to wait between the two looks says so himself. */
static void drop_if_idle(void)
{
	attention_drop(ATTENTION_VM);
	if (anyone_awaits())
		attention_want(ATTENTION_VM);
}

static void show_vcpu(struct cpu *cpu)
{
	if (!cpu->current.vcpu || !vcpu_enter(&cpu->current))
		return;
	platform_vcpu_stop(cpu->current.state);
	for (unsigned int i = 0; i < services_count(); i++)
		wake(services_by_index(i), cpu->index + 1);
	platform_vcpu_release(cpu->current.state);
	vcpu_leave(&cpu->current);
	drop_if_idle();
}

void services_attend(struct cpu *cpu)
{
	uint32_t reasons = attention_now();

	if (reasons & ATTENTION_INIT)
		services_turn();
	if (reasons & ATTENTION_VM)
		show_vcpu(cpu);
}
