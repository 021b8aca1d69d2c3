/* SPDX-License-Identifier: MIT */
/*
 * From EAX to the class's file; see syscalls.h. Without jump tables, as all of
 * the kernel: a service's number never becomes the index of a branch.
 */
#include "syscalls/syscalls.h"
#include "kernel/services.h"

#define ERROR_MAX 4095

/* Wrong calls between two requests. A program that probes what there is makes some. */
#define WRONG_MAX 4096U

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
	if (class == SERVICE_CLASS_VM)
		return class3_call(slot, eax, a);
	return class4_call(slot, eax, a);
}

/* What is asked for again and again until it is there is no fault. */
static bool is_wrong(int64_t result)
{
	return result < 0 && result >= -ERROR_MAX && result != -CALL_EAGAIN &&
	       result != -CALL_EINTR && result != -CALL_ENOMEM;
}

static void count(struct service_slot *slot, uint32_t eax, int64_t result)
{
	struct service_complaints *complaints = &slot->complaints;

	if (!is_wrong(result))
		return;
	if (result == -CALL_ENOSYS && !complaints->unknown++)
		complaints->first_unknown = eax;
	complaints->refused += result != -CALL_ENOSYS;
	if (++complaints->wrong_now > WRONG_MAX && slot->state == SERVICE_RUNS)
		service_end(slot, SERVICE_ENDED_RULES, eax);
}

void syscall_handle(struct service_slot *slot)
{
	struct task_registers *r = &slot->task.registers;
	const struct call_arguments a = {r->rdi, r->rsi, r->rdx, r->r10, r->r8, r->r9};
	uint32_t eax = (uint32_t)r->rax;
	int64_t result = perform(slot, eax, &a);

	count(slot, eax, result);
	r->rax = (uint64_t)result;
}
