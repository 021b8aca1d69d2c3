/* SPDX-License-Identifier: MIT */
/*
 * A task: what the processor holds of a service, a program in ring 3. A task
 * that does not run has no CPU and no stack in the kernel; all that there is of
 * it is here and in its address space.
 */
#ifndef NACRE_KERNEL_TASK_H
#define NACRE_KERNEL_TASK_H

#include "compiler.h"
#include "kernel/layout.h"
#include "service.h"
#include "x86.h"

struct cpu;
struct exception_frame;

/* The order of struct exception_frame; kernel/task_entry.S knows it. */
struct task_registers {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
	uint64_t rdi, rsi, rbp, rbx, rdx, rcx, rax;
	uint64_t rip, rflags, rsp;
};
ASSERT_OFFSET(struct task_registers, rip, TASK_RIP);
ASSERT_OFFSET(struct task_registers, rflags, TASK_RFLAGS);
ASSERT_OFFSET(struct task_registers, rsp, TASK_RSP);

/* Of FXSAVE (XSAVE_HEADER_OFFSET bytes) or, where there is XSAVE, of PLATFORM_XFEATURES. */
#define TASK_FPU_SIZE (XSAVE_AVX_OFFSET + XSAVE_AVX_SIZE)

struct task {
	struct task_registers registers; /* first: struct cpu points at it */
	uint64_t error_code;             /* of the exception that it left by */
	uint64_t fault_address;          /* of a #PF */
	uint64_t cr3;
	uint64_t fs_base;
	uint8_t fpu[TASK_FPU_SIZE] ALIGNED(64);
};
ASSERT_OFFSET(struct task, registers, 0);

/* Sets up SYSCALL on the calling CPU. */
void task_cpu_init(void);

/* @task begins at @rip with @rsp, all other registers clear, in the address space @cr3. */
void task_start(struct task *task, uint64_t cr3, uint64_t rip, uint64_t rsp);

/*
 * Brackets of task_continue(): the address space, the segments and FS are those
 * of @task between them, and the kernel may use user_memory.h. Nothing of the
 * task is left in registers after task_leave().
 */
void task_switch_to(const struct task *task);
void task_leave(void);

/*
 * Lets @task run until it makes a system call (TASK_SYSCALL) or has an
 * exception, whose vector is returned.
 */
MUST_CHECK unsigned int task_continue(struct task *task);

/* Whether @frame interrupted a service, or SYSCALL before RSP is the kernel's. */
bool task_is_in_ring_3(const struct exception_frame *frame);
bool task_is_entering(const struct exception_frame *frame);

/* Makes task_continue() return @vector when the handler of @frame is done. */
void task_leave_by_exception(struct cpu *cpu, struct exception_frame *frame, unsigned int vector);

#endif
