/* SPDX-License-Identifier: MIT */
/*
 * Panic; see panic.h. scripts/machine finds the lines "  at 0x..." and names
 * them from the ELF file, so that no symbol table is in the image.
 */
#include "kernel/panic.h"
#include "ghcb.h"
#include "kernel/attention.h"
#include "kernel/exceptions.h"
#include "kernel/image.h"
#include "kernel/layout.h"
#include "kernel/log.h"
#include "kernel/version.h"
#include "kernel/x86_insn.h"
#include "lib/gcm.h"
#include "lib/printf.h"
#include "lib/random.h"
#include "platform.h"

#define BACKTRACE_MAX 24U

/*
 * The host may have taken a page away that this needs: each attempt to wipe
 * then faults and comes back here.
 */
#define WIPES_MAX 16U

uint32_t attention;
/* Both imported, for stage 2. */
static unsigned int wipes SECTION(".data.imported");
static bool can_report SECTION(".data.once");

void panic_can_report(void)
{
	can_report = true;
}

void wipe_and_terminate(unsigned int reason)
{
	if (__atomic_fetch_add(&wipes, 1, __ATOMIC_SEQ_CST) < WIPES_MAX) {
		platform_wipe_keys();
		if (can_report) {
			random_wipe();
			gcm_wipe();
		}
	}
	platform_terminate(reason);
}

/* Two CPUs may panic at once: the first one reports, the other ends the machine. */
static void begin(unsigned int reason)
{
	if (!can_report || (attention_want(ATTENTION_PANIC) & ATTENTION_PANIC))
		wipe_and_terminate(reason);
	log_emergency();
}

NORETURN static void finish(unsigned int reason)
{
	log_flush();
	wipe_and_terminate(reason);
}

static bool is_stack(uint64_t address)
{
	return IS_ALIGNED(address, 8) &&
	       ((address >= VA_STACKS &&
			address < VA_STACKS + (uint64_t)MAX_CPUS * STACK_SLOT - 16) ||
		       (address >= (uint64_t)__bss_start && address < (uint64_t)__bss_end - 16));
}

static bool is_code(uint64_t address)
{
	return address >= (uint64_t)__image_start && address < (uint64_t)__text_end;
}

/* Follows frame pointers upwards while they stay on a stack. */
static void print_backtrace(uint64_t rip, uint64_t rbp)
{
	log_error("  at 0x%016lx", rip);
	for (unsigned int i = 0; i < BACKTRACE_MAX && is_stack(rbp); i++) {
		const uint64_t *frame = (const uint64_t *)rbp;

		if (!is_code(frame[1]))
			break;
		log_error("  at 0x%016lx", frame[1]);
		if (frame[0] <= rbp)
			break;
		rbp = frame[0];
	}
}

static void print_build_id(void)
{
	char text[BUILD_ID_TEXT];

	build_id_text(text);
	log_error("nacre %s, build id %s", nacre_version, text);
}

/* The host reads the console, and may choose the moment of an exception. */
static void print_general_registers(const struct exception_frame *frame)
{
	log_error("rax 0x%016lx rbx 0x%016lx rcx 0x%016lx", frame->rax, frame->rbx, frame->rcx);
	log_error("rdx 0x%016lx rsi 0x%016lx rdi 0x%016lx", frame->rdx, frame->rsi, frame->rdi);
	log_error("rbp 0x%016lx r8  0x%016lx r9  0x%016lx", frame->rbp, frame->r8, frame->r9);
	log_error("r10 0x%016lx r11 0x%016lx r12 0x%016lx", frame->r10, frame->r11, frame->r12);
	log_error("r13 0x%016lx r14 0x%016lx r15 0x%016lx", frame->r13, frame->r14, frame->r15);
}

static void print_registers(const struct exception_frame *frame)
{
	log_error("vector %lu error 0x%lx cr2 0x%016lx", frame->vector & 0xff, frame->error_code,
		read_cr2());
	log_error("rip 0x%016lx rsp 0x%016lx", frame->rip, frame->rsp);
	if (special_measured.digests.flags & LAUNCH_FLAG_UNCHECKED)
		print_general_registers(frame);
}

void panic(const char *text, ...)
{
	char message[LOG_LINE_MAX];
	va_list args;

	begin(TERM_NACRE_PANIC);
	va_start(args, text);
	format_args(message, sizeof(message), text, args);
	va_end(args);
	log_error("nacre: PANIC: %s", message);
	print_backtrace(
		(uint64_t)__builtin_return_address(0), *(uint64_t *)__builtin_frame_address(0));
	print_build_id();
	finish(TERM_NACRE_PANIC);
}

void panic_exception(const struct exception_frame *frame, const char *what)
{
	begin(TERM_NACRE_EXCEPTION);
	log_error("nacre: PANIC: %s", what);
	print_registers(frame);
	print_backtrace(frame->rip, frame->rbp);
	print_build_id();
	finish(TERM_NACRE_EXCEPTION);
}

void give_up(unsigned int reason, const char *text, ...)
{
	char message[LOG_LINE_MAX];
	va_list args;

	begin(reason);
	va_start(args, text);
	format_args(message, sizeof(message), text, args);
	va_end(args);
	log_error("nacre: cannot go on: %s", message);
	finish(reason);
}

void panic_join(void)
{
	wipe_and_terminate(TERM_NACRE_PANIC);
}

void __stack_chk_fail(void)
{
	panic("stack overwritten");
}
