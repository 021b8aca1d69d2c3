/* SPDX-License-Identifier: MIT */
/*
 * Class 3: contexts of the guest, one for each CPU. A service that waits for one
 * sleeps as one that waits for a request does; kernel/services_attend.c wakes it.
 */
#include "syscalls/syscalls.h"
#include "kernel/attention.h"
#include "kernel/cpu.h"
#include "kernel/services.h"
#include "kernel/user_memory.h"
#include "kernel/vm_context.h"

static int64_t wait_for_vcpu(struct service_slot *slot, uint32_t context)
{
	if (context >= cpu_count())
		return -CALL_ENOENT;
	if (slot->has_request)
		return slot->has_taken ? -CALL_EINVAL : -CALL_EINTR;
	slot->state = SERVICE_WAITS;
	slot->waits_for = SERVICE_WAITS_FOR_VM;
	slot->time.used = 0;
	__atomic_store_n(&slot->awaited, context + 1, __ATOMIC_RELEASE);
	attention_want(ATTENTION_VM);
	return 0;
}

int64_t service_take_vcpu(struct service_slot *slot)
{
	__atomic_store_n(&slot->awaited, 0, __ATOMIC_RELAXED);
	slot->state = SERVICE_RUNS;
	if (slot->has_request)
		return -CALL_EINTR;
	slot->caller.vcpu = NULL; /* it works for nobody's call */
	return 0;
}

static int64_t read_context(uint32_t context, uint64_t address)
{
	struct service_vm_state state;

	if (context >= cpu_count())
		return -CALL_ENOENT;
	if (!vm_context_read(context, &state))
		return -CALL_EAGAIN;
	return user_write(address, &state, sizeof(state)) ? 0 : -CALL_EFAULT;
}

int64_t class3_call(struct service_slot *slot, uint32_t eax, const struct call_arguments *a)
{
	switch (eax) {
	case SERVICE_VM_COUNT:
		return cpu_count();
	case SERVICE_VM_WAIT:
		return wait_for_vcpu(slot, (uint32_t)a->a0);
	case SERVICE_VM_READ:
		return read_context((uint32_t)a->a0, a->a1);
	default:
		return -CALL_ENOSYS;
	}
}
