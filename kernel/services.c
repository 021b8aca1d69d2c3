/* SPDX-License-Identifier: MIT */
/*
 * Running and ending services; see services.h. What they are made of is
 * kernel/services_start.c.
 */
#include <string.h>

#include "kernel/services.h"
#include "kernel/attention.h"
#include "kernel/service_slice.h"
#include "kernel/log.h"
#include "kernel/user_memory.h"
#include "platform.h"
#include "snp.h"
#include "svsm.h"
#include "syscalls/syscalls.h"
#include "x86.h"

#define CPUID_LENGTH 2U
#define GUARD_SIZE (64 * KIB)

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
		return "more memory than it may have, pages of its budget";
	case SERVICE_ENDED_TIME:
		return "too long at one request, nanoseconds:";
	case SERVICE_ENDED_RULES:
		return "too many wrong calls, the last one";
	}
	return "unknown";
}

static void log_end(const struct service_slot *slot)
{
	const struct service_complaints *complaints = &slot->complaints;

	log_warn("nacre: service %s has ended: %s 0x%lx", slot->entry->name,
		reason_text(slot->end.reason), slot->end.detail);
	if (complaints->unknown)
		log_warn("nacre: service %s: calls unknown %lu (the first 0x%x), refused %lu",
			slot->entry->name, complaints->unknown, complaints->first_unknown,
			complaints->refused);
	else if (complaints->refused)
		log_warn("nacre: service %s: calls refused %lu", slot->entry->name,
			complaints->refused);
}

void service_end(struct service_slot *slot, enum service_end_reason reason, uint64_t detail)
{
	if (slot->entry->at_end == SERVICE_END_RESTART)
		service_set_announced(slot, false);
	slot->end.reason = reason;
	slot->end.detail = detail;
	slot->has_request = false;
	__atomic_store_n(&slot->state, SERVICE_ENDED, __ATOMIC_RELEASE);
	log_end(slot);
	attention_want(ATTENTION_INIT);
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

/* Below the stack, or above the heap: where it went on as if there were more. */
static bool is_overflow(const struct service_slot *slot, unsigned int vector)
{
	uint64_t address = slot->task.fault_address;

	if (vector != VEC_PF)
		return false;
	return (address < slot->stack && slot->stack - address <= GUARD_SIZE) ||
	       (slot->heap_end > slot->heap && address >= slot->heap_end &&
		       address - slot->heap_end < GUARD_SIZE);
}

static void handle_exception(struct service_slot *slot, unsigned int vector)
{
	const struct task *task = &slot->task;

	if (emulate_cpuid(&slot->task, vector))
		return;
	if (is_overflow(slot, vector))
		service_end(slot, SERVICE_ENDED_MEMORY, slot->space.total);
	else
		service_end(slot, SERVICE_ENDED_FAULT, vector);
	log_warn("nacre: service %s: vector %u error 0x%lx at 0x%lx, address 0x%lx",
		slot->entry->name, vector, task->error_code, task->registers.rip,
		task->fault_address);
}

/* ---- Running ---- */

static int64_t wake(struct service_slot *slot)
{
	if (slot->waits_for == SERVICE_WAITS_FOR_VM)
		return service_take_vcpu(slot);
	if (slot->waits_for == SERVICE_WAITS_FOR_END)
		return service_take_end(slot);
	return service_take_request(slot);
}

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
		slot->task.registers.rax = (uint64_t)wake(slot);
	while (slot->state == SERVICE_RUNS && !slice_is_over(slot))
		handle_event(slot, task_continue(&slot->task));
	task_leave();
	slice_end(slot);
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
