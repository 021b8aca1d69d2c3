/* SPDX-License-Identifier: MIT */
/*
 * From EAX to the class's file; see syscalls.h. Without jump tables, as all of
 * the kernel: a service's number never becomes the index of a branch.
 */
#include "syscalls/syscalls.h"
#include "kernel/services.h"

static int64_t perform(struct service_slot *slot, uint32_t eax, const struct call_arguments *a)
{
	uint32_t class = SERVICE_CALL_CLASS(eax);

	if (eax >> 28 || class > SERVICE_CLASS_INIT ||
		!(slot->entry->classes & SERVICE_CLASS_BIT(class)))
		return -CALL_ENOSYS;
	if (class == SERVICE_CLASS_LINUX)
		return class0_call(slot, SERVICE_CALL_NUMBER(eax), a);
	if (class == SERVICE_CLASS_SERVICE)
		return class1_call(slot, eax, a);
	if (class == SERVICE_CLASS_PLATFORM)
		return class2_call(slot, eax, a);
	return -CALL_ENOSYS;
}

void syscall_handle(struct service_slot *slot)
{
	struct task_registers *r = &slot->task.registers;
	const struct call_arguments a = {r->rdi, r->rsi, r->rdx, r->r10, r->r8, r->r9};
	int64_t result = perform(slot, (uint32_t)r->rax, &a);

	if (result == -CALL_ENOSYS)
		slot->unknown_calls++;
	r->rax = (uint64_t)result;
}
