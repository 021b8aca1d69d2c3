/* SPDX-License-Identifier: MIT */
/* IDT, dispatch of traps, and what tests learn of them (trap.h). */
#include "trap.h"

#include "check.h"
#include "cpu.h"

#define GATE_INTERRUPT 0x8e00U
#define GATE_DPL3 0x6000U
#define ENTRY_BYTES 16U
#define VECTORS 256U

struct gate {
	uint16_t offset_low, selector, attributes, offset_middle;
	uint32_t offset_high, reserved;
};

struct extable_entry {
	uint64_t insn, fixup;
};

extern const char trap_entries[];
extern const struct extable_entry extable_start[], extable_end[];
void trap_dispatch(struct trap_frame *f);
void guard_call(void (*fn)(void *arg), void *arg);
void guard_compat(const void *code);
void guard_user(uint64_t rip, uint64_t rsp, uint64_t arg, uint64_t rflags);
_Noreturn void guard_leave(void);

static struct gate idt[VECTORS] ALIGNED(16);
static trap_handler handlers[VECTORS];

void trap_init(void)
{
	for (uint32_t i = 0; i < VECTORS; i++) {
		uint64_t entry = (uint64_t)trap_entries + i * ENTRY_BYTES;

		idt[i] = (struct gate){
			.offset_low = (uint16_t)entry,
			.selector = SELECTOR_CODE,
			.attributes = GATE_INTERRUPT | (i == VEC_BP ? GATE_DPL3 : 0),
			.offset_middle = (uint16_t)(entry >> 16),
			.offset_high = (uint32_t)(entry >> 32),
		};
	}
}

void trap_load_idt(void)
{
	const struct {
		uint16_t limit;
		uint64_t base;
	} PACKED pointer = {trap_idt_limit(), trap_idt_base()};

	__asm__ volatile("lidt %0" : : "m"(pointer));
}

uint64_t trap_idt_base(void)
{
	return (uint64_t)idt;
}

uint16_t trap_idt_limit(void)
{
	return sizeof(idt) - 1;
}

void trap_handle(uint32_t vector, trap_handler handler)
{
	handlers[vector] = handler;
}

void trap_use_ist(uint32_t vector, uint32_t ist)
{
	idt[vector].attributes = (uint16_t)((idt[vector].attributes & ~7U) | ist);
}

bool trap_on_ist(const struct trap *t, uint32_t ist)
{
	uint64_t top = cpu_self()->tss.ist[ist - 1];

	return t->frame < top && top - t->frame <= PAGE_SIZE;
}

struct trap *trap_record(void)
{
	return &cpu_self()->trap;
}

static uint64_t read_cr2(void)
{
	uint64_t value;

	__asm__ volatile("mov %%cr2, %0" : "=r"(value));
	return value;
}

static void record(const struct trap_frame *f)
{
	*trap_record() = (struct trap){
		.vector = f->vector,
		.error = f->error,
		.rip = f->rip,
		.cs = f->cs,
		.rflags = f->rflags,
		.rsp = f->rsp,
		.cr2 = read_cr2(),
		.frame = (uint64_t)f,
	};
}

static bool fix_up(struct trap_frame *f)
{
	for (const struct extable_entry *e = extable_start; e < extable_end; e++) {
		if (e->insn == f->rip) {
			record(f);
			f->rip = e->fixup;
			return true;
		}
	}
	return false;
}

void trap_dispatch(struct trap_frame *f)
{
	if (fix_up(f) || (handlers[f->vector] && handlers[f->vector](f)))
		return;
	if (cpu_self()->guard_rsp) {
		record(f);
		guard_leave();
	}
	check_abort(
		"vcpu %u vmpl %u: trap %lu error %lx at rip %lx rsp %lx cr2 %lx rax %lx rcx %lx",
		cpu_self()->index, cpu_self()->vmpl, f->vector, f->error, f->rip, f->rsp,
		read_cr2(), f->rax, f->rcx);
}

struct trap trap_guard_call(void (*fn)(void *arg), void *arg)
{
	trap_record()->vector = TRAP_NONE;
	guard_call(fn, arg);
	return *trap_record();
}

struct trap trap_guard_compat(const void *code)
{
	trap_record()->vector = TRAP_NONE;
	guard_compat(code);
	return *trap_record();
}

struct trap trap_guard_user_flags(uint64_t rip, uint64_t rsp, uint64_t arg, uint64_t rflags)
{
	trap_record()->vector = TRAP_NONE;
	guard_user(rip, rsp, arg, rflags);
	return *trap_record();
}

struct trap trap_guard_user(uint64_t rip, uint64_t rsp, uint64_t arg)
{
	return trap_guard_user_flags(rip, rsp, arg, RFLAGS_FIXED);
}
