/* SPDX-License-Identifier: MIT */
/*
 * Running and ending services; see services.h. What they are made of is
 * kernel/services_start.c.
 */
#include <string.h>

#include "kernel/services.h"
#include "kernel/service_slice.h"
#include "kernel/log.h"
#include "kernel/user_memory.h"
#include "platform.h"
#include "snp.h"
#include "svsm.h"
#include "syscalls/syscalls.h"
#include "x86.h"

#define CPUID_LENGTH 2U

bool service_hold(struct service_slot *slot)
{
	return !__atomic_exchange_n(&slot->busy, 1, __ATOMIC_ACQUIRE);
}

/* What was logged meanwhile does not wait for others to fill the console's buffer. */
void service_release(struct service_slot *slot)
{
	log_flush();
	__atomic_store_n(&slot->busy, 0, __ATOMIC_RELEASE);
}

static const char *reason_text(enum service_end_reason reason)
{
	switch (reason) {
	case SERVICE_ENDED_EXIT:
		return "it has left with status";
	case SERVICE_ENDED_FAULT:
		return "exception";
	case SERVICE_ENDED_MEMORY:
		return "more memory than its budget, pages:";
	case SERVICE_ENDED_TIME:
		return "too long at one request, nanoseconds:";
	case SERVICE_ENDED_RULES:
		return "wrong use of call";
	}
	return "unknown";
}

void service_end(struct service_slot *slot, enum service_end_reason reason, uint64_t detail)
{
	slot->state = SERVICE_ENDED;
	slot->end.reason = reason;
	slot->end.detail = detail;
	slot->has_request = false;
	log_warn("nacre: service %s has ended: %s 0x%lx", slot->entry->name, reason_text(reason),
		detail);
}

/* ---- Exceptions ---- */

/* The host can forge a #VC anywhere, but not what the service executes. */
static bool is_at_cpuid(const struct task *task)
{
	uint8_t code[CPUID_LENGTH];

	return user_read(code, task->registers.rip, sizeof(code)) && code[0] == 0x0f &&
	       code[1] == 0xa2;
}

/* CPUID in ring 3 comes as #VC, and is answered without the host. */
static bool emulate_cpuid(struct task *task, unsigned int vector)
{
	struct task_registers *r = &task->registers;
	struct platform_cpuid answer;

	if (vector != VEC_VC || task->error_code != SVM_EXIT_CPUID || !is_at_cpuid(task))
		return false;
	platform_cpuid((uint32_t)r->rax, (uint32_t)r->rcx, &answer);
	r->rax = answer.eax;
	r->rbx = answer.ebx;
	r->rcx = answer.ecx;
	r->rdx = answer.edx;
	r->rip += CPUID_LENGTH;
	return true;
}

static void handle_exception(struct service_slot *slot, unsigned int vector)
{
	const struct task *task = &slot->task;

	if (emulate_cpuid(&slot->task, vector))
		return;
	service_end(slot, SERVICE_ENDED_FAULT, vector);
	log_warn("nacre: service %s: vector %u error 0x%lx at 0x%lx, address 0x%lx",
		slot->entry->name, vector, task->error_code, task->registers.rip,
		task->fault_address);
}

/* ---- Running ---- */

static void handle_event(struct service_slot *slot, unsigned int event)
{
	if (event == TASK_SYSCALL)
		syscall_handle(slot);
	else if (event == PLATFORM_TIMER_VECTOR)
		slice_interrupted(slot);
	else
		handle_exception(slot, event);
}

/* For a slice: it waits then, or has ended, or still runs. */
static void run(struct service_slot *slot)
{
	slice_begin(slot);
	task_switch_to(&slot->task);
	if (slot->state == SERVICE_WAITS)
		slot->task.registers.rax = (uint64_t)service_take_request(slot);
	while (slot->state == SERVICE_RUNS && !slice_is_over(slot))
		handle_event(slot, task_continue(&slot->task));
	task_leave();
	slice_end(slot);
}

void service_begin(struct service_slot *slot)
{
	slot->state = SERVICE_RUNS;
	slot->time.used = 0;
	while (slot->state == SERVICE_RUNS)
		run(slot);
}

uint32_t service_resume(struct service_slot *slot)
{
	run(slot);
	if (slot->state == SERVICE_RUNS)
		return SVSM_ERR_INCOMPLETE;
	return slot->state == SERVICE_ENDED ? SVSM_ERR_SERVICE_ENDED : slot->result;
}

uint32_t service_serve(struct service_slot *slot, uint32_t kind, uint32_t number, uint32_t size)
{
	if (slot->state == SERVICE_ENDED)
		return SVSM_ERR_SERVICE_ENDED;
	slot->request = (struct service_request){.kind = kind, .number = number, .size = size};
	slot->has_request = true;
	slot->has_taken = false;
	slot->reply_size = 0;
	slot->time.used = 0;
	return service_resume(slot);
}
