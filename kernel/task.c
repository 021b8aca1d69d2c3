/* SPDX-License-Identifier: MIT */
/*
 * Running services; see task.h. The way in and out is kernel/task_entry.S.
 */
#include <string.h>

#include "kernel/task.h"
#include "kernel/cpu.h"
#include "kernel/exceptions.h"
#include "kernel/paging.h"
#include "kernel/x86_insn.h"
#include "platform.h"
#include "x86.h"

#define STAR_KERNEL_SHIFT 32
#define STAR_USER_SHIFT 48
#define RFLAGS_ALL 0x3f7fd5UL

/* What ring 3 may set for itself. */
#define RFLAGS_USER                                                                          \
	(RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF | RFLAGS_TF | RFLAGS_DF | \
		RFLAGS_OF | RFLAGS_AC)
#define RFLAGS_TASK (RFLAGS_FIXED | RFLAGS_IF)

/*
 * The x87 part and MXCSR of a fresh area (AMD64 manual volume 2, figure 11-8). To XRSTOR
 * its header of zeros says that all is as after reset, upper halves of AVX included.
 */
#define FXSAVE_FCW 0
#define FXSAVE_MXCSR 24
#define FCW_RESET 0x37fU

extern const uint8_t task_syscall[], task_syscall_end[], task_left[];
unsigned int task_enter(struct task_registers *registers);

static uint8_t clean_fpu[TASK_FPU_SIZE] ALIGNED(64) SECTION(".bss.once");

static void make_fpu(uint8_t *area)
{
	const uint16_t fcw = FCW_RESET;
	const uint32_t mxcsr = MXCSR_RESET;

	memset(area, 0, TASK_FPU_SIZE);
	memcpy(area + FXSAVE_FCW, &fcw, sizeof(fcw));
	memcpy(area + FXSAVE_MXCSR, &mxcsr, sizeof(mxcsr));
}

/* The pointers to the last x87 instruction too: all processors with SNP have RstrFpErrPtrs. */
static void load_fpu(const uint8_t *area)
{
	const uint8_t(*all)[TASK_FPU_SIZE] = (const uint8_t(*)[TASK_FPU_SIZE])area;

	if (platform_facts()->xsave)
		asm volatile("xrstor64 %0" : : "m"(*all), "a"(PLATFORM_XFEATURES), "d"(0));
	else
		asm volatile("fxrstor64 %0" : : "m"(*all));
}

static void save_fpu(uint8_t *area)
{
	uint8_t(*all)[TASK_FPU_SIZE] = (uint8_t(*)[TASK_FPU_SIZE])area;

	if (platform_facts()->xsave)
		asm volatile("xsave64 %0" : "+m"(*all) : "a"(PLATFORM_XFEATURES), "d"(0));
	else
		asm volatile("fxsave64 %0" : "+m"(*all));
}

/* A service comes in with every flag clear: no trap, no NT, no AC, no DF. */
void task_cpu_init(void)
{
	if (this_cpu()->index == 0)
		make_fpu(clean_fpu);
	write_msr(MSR_STAR, (uint64_t)GDT_CODE << STAR_KERNEL_SHIFT | (uint64_t)(GDT_USER_DATA - 8)
									      << STAR_USER_SHIFT);
	write_msr(MSR_LSTAR, (uint64_t)task_syscall);
	write_msr(MSR_SFMASK, RFLAGS_ALL);
	write_msr(MSR_KERNEL_GS_BASE, 0); /* the services' */
}

void task_start(struct task *task, uint64_t cr3, uint64_t rip, uint64_t rsp)
{
	memset(task, 0, sizeof(*task));
	task->cr3 = cr3;
	task->registers.rip = rip;
	task->registers.rsp = rsp;
	task->registers.rflags = RFLAGS_TASK;
	make_fpu(task->fpu);
}

static void forget_others(const struct task *task)
{
	struct cpu *cpu = this_cpu();

	if (cpu->predicted != task)
		platform_forget_branches();
	cpu->predicted = task;
}

/* A selector that is not null might be cleared, and its base with it, by IRETQ. */
void task_switch_to(const struct task *task)
{
	forget_others(task);
	asm volatile("movl %0, %%ds\n\t"
		     "movl %0, %%es\n\t"
		     "movl %0, %%fs"
		     :
		     : "r"(0));
	write_cr3(task->cr3);
	write_msr(MSR_FS_BASE, task->fs_base);
}

void task_leave(void)
{
	load_fpu(clean_fpu);
	write_msr(MSR_FS_BASE, 0);
	write_cr3(paging_root());
}

unsigned int task_continue(struct task *task)
{
	unsigned int event;

	task->registers.rflags = (task->registers.rflags & RFLAGS_USER) | RFLAGS_TASK;
	load_fpu(task->fpu);
	platform_withdraw_request();
	event = task_enter(&task->registers);
	save_fpu(task->fpu);
	return event;
}

bool task_is_in_ring_3(const struct exception_frame *frame)
{
	return (frame->cs & 3) != 0;
}

bool task_is_entering(const struct exception_frame *frame)
{
	return frame->rip - (uint64_t)task_syscall <
	       (uint64_t)task_syscall_end - (uint64_t)task_syscall;
}

static_assert(offsetof(struct exception_frame, rax) - offsetof(struct exception_frame, r15) ==
		      offsetof(struct task_registers, rax),
	"both have the general registers in one order");

void task_leave_by_exception(struct cpu *cpu, struct exception_frame *frame, unsigned int vector)
{
	struct task *task = (struct task *)cpu->task;

	memcpy(&task->registers, &frame->r15, offsetof(struct task_registers, rip));
	task->registers.rip = frame->rip;
	task->registers.rflags = frame->rflags;
	task->registers.rsp = frame->rsp;
	task->error_code = frame->error_code;
	task->fault_address = vector == VEC_PF ? read_cr2() : 0;
	memset(&frame->r15, 0, offsetof(struct task_registers, rip));
	frame->user_gs = 0;
	frame->rax = vector;
	frame->rip = (uint64_t)task_left;
	frame->cs = GDT_CODE;
	frame->rflags = RFLAGS_FIXED;
	frame->rsp = cpu->task_stack;
	frame->ss = GDT_DATA;
}
