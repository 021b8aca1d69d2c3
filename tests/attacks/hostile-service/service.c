/* SPDX-License-Identifier: MIT */
/*
 * A service that somebody has taken over: a mistake in its parser, and its code is the
 * attacker's. It is in ring 3 of the most privileged level, on the CPU of the guest
 * that has called it, and tries each way out: the addresses of the kernel, the guest
 * and another service; every system call with every kind of bad argument; privileged
 * instructions, ports, gates and segments; its stack and its heap to the last page;
 * and VMGEXIT, which is open to every ring and by which the host would do again what
 * the kernel has last asked of it.
 *
 * What must not be possible ends it, one try for each life (one file is ten services
 * of an image). What is a system call is refused, and how much was not is counted.
 * The guest, attack.c, sends it, and looks after each that all else is as before.
 */
#include "ring3.h"
#include "tests/attacks/hostile-service/tries.h"

RING3_START;

#define KERNEL 0xfffffffffc000000UL
#define KERNEL_WINDOWS 0xffffffff00000000UL
#define KERNEL_STACKS 0xffffffff02003000UL
#define KERNEL_MAP 0xfffffffec0000000UL
#define NOT_CANONICAL 0x800000000000UL
#define EXPECTED_ERRORS 4096UL

static uint32_t accepted; /* things that should have been refused */
static uint8_t page[4096] ALIGNED(4096);

static void refused(long result)
{
	if ((unsigned long)result < -EXPECTED_ERRORS)
		accepted++;
}

static void changed(bool something)
{
	accepted += something;
}

/* ---- Wrong pointers, sizes and numbers ---- */

static void try_pointer(long bad)
{
	refused(ring3_call(LINUX_WRITE, 1, bad, 100, 0));
	refused(ring3_call(LINUX_WRITEV, 1, bad, 2, 0));
	refused(ring3_call(LINUX_TIME, bad, 0, 0, 0));
	refused(ring3_call(LINUX_GETRANDOM, bad, 100, 0, 0));
	refused(ring3_call(LINUX_CLOCK_GETTIME, 1, bad, 0, 0));
	refused(ring3_call(LINUX_ARCH_PRCTL, 0x1001, bad, 0, 0));
	refused(ring3_call(SERVICE_ANNOUNCE, bad, 0, 0, 0));
	refused(ring3_call(SERVICE_REPLY, 0, bad, 100, 0));
	refused(ring3_call(SERVICE_WAIT, bad, bad, 4096, 0));
	refused(ring3_call(SERVICE_SEED, bad, 64, 0, 0));
	refused(ring3_call(SERVICE_REPORT, bad, (long)page, 4096, 0));
	refused(ring3_call(SERVICE_REPORT, (long)page, bad, 4096, 0));
}

static void try_vectors(void)
{
	static unsigned long wrong[][2] = {{KERNEL, 8}, {0, 1}, {NOT_CANONICAL, 4096}, {1, -1UL}};

	for (unsigned int i = 0; i < ARRAY_SIZE(wrong); i++)
		refused(ring3_call(LINUX_WRITEV, 1, (long)wrong[i], 1, 0));
	refused(ring3_call(LINUX_WRITEV, 1, (long)wrong, 17, 0));
	refused(ring3_call(LINUX_WRITEV, 1, (long)wrong, -1, 0));
}

/* Each one byte beyond what is the service's, or more. */
static void try_sizes(void)
{
	refused(ring3_call(LINUX_WRITE, 3, (long)page, 8, 0));
	refused(ring3_call(SERVICE_REPLY, 0, (long)page, -1, 0));
	refused(ring3_call(SERVICE_REPLY, 0, (long)page, 4097, 0));
	refused(ring3_call(SERVICE_REPLY, 0, (long)page, 0x100000001, 0));
	refused(ring3_call(SERVICE_SEED, (long)page, 65, 0, 0));
	refused(ring3_call(SERVICE_SEED, (long)page, -1, 0, 0));
	refused(ring3_call(SERVICE_REPORT, (long)page, (long)page, 100, 0));
	refused(ring3_call(LINUX_GETRANDOM, (long)ring3_main, 8, 0, 0)); /* code */
	refused(ring3_call(SERVICE_SEED, (long)ring3_main, 8, 0, 0));
}

static void try_numbers(void)
{
	const long bad = (long)page;

	for (uint32_t number = 400; number < 512; number++)
		refused(ring3_call(number, bad, bad, bad, bad));
	for (uint32_t class = 3; class < 0x1000; class += 7)
		refused(ring3_call(SERVICE_CALL(class, 1), bad, 0, 0, 0));
	for (uint32_t class = 0; class < 5; class ++)
		for (uint32_t bit = 28; bit < 32; bit++)
			refused(ring3_call(1U << bit | SERVICE_CALL(class, 1), 1, bad, 1, 0));
	for (uint32_t number = 6; number < 0x10000; number = number * 3 + 1) {
		refused(ring3_call(SERVICE_CALL(1, number), bad, bad, bad, 0));
		refused(ring3_call(SERVICE_CALL(2, number), bad, bad, bad, 0));
	}
}

static void try_pointers(void)
{
	static const unsigned long bad[] = {1, 0xfff, 0xffff, 0x7fffffffeff0, 0x7ffffffff000,
		0x7fffffffffff, NOT_CANONICAL, 0x8000000000000000, 0xffff800000000000,
		0xfffffffd80000000, KERNEL_MAP, KERNEL_WINDOWS, KERNEL_STACKS, KERNEL,
		KERNEL + 0x20000, 0xffffffffffffffff, 0xffffffffffffffc0};

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++)
		try_pointer((long)bad[i]);
	try_vectors();
	try_sizes();
	try_numbers();
}

/* ---- Memory ---- */

static void try_rights(void)
{
	const long code = (long)ring3_main & -4096L, stack = (long)&code & -4096L;

	refused(ring3_call(LINUX_MPROTECT, code, 4096, 7, 0));
	refused(ring3_call(LINUX_MPROTECT, code, 4096, 3, 0));
	refused(ring3_call(LINUX_MPROTECT, stack, 4096, 5, 0));
	refused(ring3_call(LINUX_MPROTECT, stack, 4096, 8, 0));
	refused(ring3_call(LINUX_MPROTECT, (long)KERNEL, 4096, 1, 0));
	refused(ring3_call(LINUX_MPROTECT, 0, -1, 1, 0));
	refused(ring3_call(LINUX_MPROTECT, stack, -4096, 1, 0));
	refused(ring3_call(LINUX_MPROTECT, stack + 1, 4096, 1, 0));
	refused(ring3_call(LINUX_MUNMAP, code, 4096, 0, 0));
	refused(ring3_call(LINUX_MUNMAP, stack, 4096, 0, 0));
	refused(ring3_call(LINUX_MUNMAP, (long)KERNEL, 4096, 0, 0));
	refused(ring3_call(LINUX_MUNMAP, stack, -4096, 0, 0));
}

static void try_mappings(void)
{
	refused(ring3_call(LINUX_MMAP, 0, 4096, 7, 0x22));
	refused(ring3_call(LINUX_MMAP, 0, 4096, 5, 0x22));
	refused(ring3_call(LINUX_MMAP, (long)KERNEL, 4096, 3, 0x32)); /* MAP_FIXED */
	refused(ring3_call(LINUX_MMAP, 0, 4096, 3, 0x21));            /* shared */
	refused(ring3_call(LINUX_MMAP, 0, 4096, 3, 0x02));            /* a file */
	refused(ring3_call(LINUX_MMAP, 0, 1L << 40, 3, 0x22));
	refused(ring3_call(LINUX_MMAP, 0, -1, 3, 0x22));
	refused(ring3_call(LINUX_MMAP, 0, 0, 3, 0x22));
}

/* All that there is, by mmap() and by brk(), until there is no more; then all back. */
static void exhaust(void)
{
	const long heap = ring3_call(LINUX_BRK, 0, 0, 0, 0);
	long end = heap, next, pages[64], count = 0;

	while (count < (long)ARRAY_SIZE(pages) &&
		(next = ring3_call(LINUX_MMAP, 0, 4096, 3, 0x22)) > 0)
		pages[count++] = next;
	changed(!count || count == (long)ARRAY_SIZE(pages));
	changed(ring3_call(LINUX_BRK, heap + 4096 * 16, 0, 0, 0) != heap);
	while (count)
		changed(ring3_call(LINUX_MUNMAP, pages[--count], 4096, 0, 0) != 0);
	while ((next = ring3_call(LINUX_BRK, end + 4096, 0, 0, 0)) > end)
		end = next;
	changed(end == heap);
	refused(ring3_call(LINUX_MMAP, 0, 4096 * 4, 3, 0x22));
	changed(ring3_call(LINUX_BRK, heap, 0, 0, 0) != heap);
	changed(ring3_call(LINUX_BRK, (long)KERNEL, 0, 0, 0) != heap);
	changed(ring3_call(LINUX_BRK, heap - 4096, 0, 0, 0) != heap);
}

static void try_memory(void)
{
	try_rights();
	try_mappings();
	exhaust();
}

/* ---- Every number with every kind of argument ---- */

static bool is_an_end(uint32_t number)
{
	return number == 60 || number == 231 || number == 234 || number == SERVICE_REPLY;
}

/* Arguments that name nothing of the service's own, so that it lives to count. */
static long argument(uint64_t *state)
{
	static const unsigned long kinds[] = {0, 1, 2, 0x22, 0x1002, 4095, 4096, 4097, 0x7fffffff,
		0xffffffff, 0x100000000, NOT_CANONICAL - 1, NOT_CANONICAL, KERNEL_WINDOWS, KERNEL,
		-4096UL, -1UL, 1UL << 63};

	*state = *state * 6364136223846793005UL + 1442695040888963407UL;
	return (long)kinds[(*state >> 33) % ARRAY_SIZE(kinds)];
}

/* The thread's own FS is a number to the kernel: it is put back. */
static void sweep(void)
{
	uint64_t state = 1;

	for (uint32_t round = 0; round < 3; round++)
		for (uint32_t number = 0; number < 512 + 5 * 16; number++) {
			uint32_t call = number < 512 ? number
						     : SERVICE_CALL((number - 512) / 16 + 1,
							       (number - 512) % 16);

			if (!is_an_end(call))
				ring3_call(call, argument(&state), argument(&state),
					argument(&state), argument(&state));
		}
	ring3_call(LINUX_ARCH_PRCTL, 0x1002, (long)page, 0, 0);
}

/* ---- State that ring 3 may have ---- */

static long call_with_flags(uint64_t flags)
{
	long result;

	asm volatile("pushq %1\n\tpopfq\n\tsyscall\n\tcld\n\t"
		     "pushq $2\n\tpopfq"
		     : "=a"(result)
		     : "r"(flags), "0"((long)LINUX_TIME), "D"(0L)
		     : "rcx", "r11", "memory", "cc");
	return result;
}

static long call_with_stack(uint64_t rsp)
{
	long result;

	asm volatile("movq %%rsp, %%rbx\n\tmovq %1, %%rsp\n\tsyscall\n\tmovq %%rbx, %%rsp"
		     : "=a"(result)
		     : "r"(rsp), "0"((long)LINUX_TIME), "D"(0L)
		     : "rbx", "rcx", "r11", "memory");
	return result;
}

/* Direction, alignment check, nested task, identification; privilege levels of I/O. */
static void try_state(void)
{
	static const uint64_t flags[] = {
		1U << 10, 1U << 18, 1U << 14, 1U << 21, 3U << 12, 1U << 16, 0x254cd7};
	static const uint64_t stacks[] = {0, 1, KERNEL, KERNEL_STACKS, NOT_CANONICAL, -8UL};
	uint64_t after;

	for (unsigned int i = 0; i < ARRAY_SIZE(flags); i++)
		changed(call_with_flags(flags[i]) < 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(stacks); i++)
		changed(call_with_stack(stacks[i]) < 0);
	asm volatile("movl %0, %%gs\n\tmovl %0, %%fs\n\tmovl %0, %%es" : : "r"(0x2b));
	changed(call_with_flags(2) < 0);
	asm volatile("movl %0, %%gs\n\tmovl %0, %%fs\n\tmovl %0, %%es" : : "r"(0));
	asm volatile("pushfq\n\tpopq %0" : "=r"(after));
	changed(!(after & 1U << 9)); /* interrupts off */
	changed(after & 3U << 12);
}

/* Whatever the GHCB holds, and with registers that say what is wanted. */
static void exit_to_host(void)
{
	for (uint64_t i = 0; i < 8; i++)
		asm volatile("rep; vmmcall" : : "a"(i), "b"(i), "c"(0xc0010130), "d"(i) : "memory");
}

/* After the kernel has asked the host for something: a line of the log, a report. */
static void try_vmgexit(void)
{
	static const char line[] = "a line of the hostile service\n";

	exit_to_host();
	ring3_call(LINUX_WRITE, 1, (long)line, sizeof(line) - 1, 0);
	exit_to_host();
	changed(ring3_call(SERVICE_REPORT, (long)page, (long)page, 4096, 0) <= 0);
	exit_to_host();
	for (unsigned int i = 0; i < sizeof(page); i++)
		page[i] = 0;
	changed(ring3_call(SERVICE_REPORT, (long)page, (long)page, 4096, 0) <= 0);
	for (unsigned int i = 0; i < sizeof(page); i++)
		page[i] = 0;
}

/* ---- What ends it ---- */

static void recurse(volatile uint8_t *below)
{
	uint8_t here[4096];

	here[0] = *below;
	if (!here[0]) /* always */
		recurse(here);
	*below = here[0];
}

static void jump(uint64_t where)
{
	asm volatile("call *%0" : : "r"(where) : "memory");
}

static void run_data(void)
{
	page[0] = 0xc3;
	jump((uint64_t)page);
}

static void read_at(uint64_t where)
{
	(void)*(volatile uint8_t *)where;
}

static void write_at(uint64_t where)
{
	*(volatile uint8_t *)where = 0;
}

static void touch(uint32_t number, uint64_t where)
{
	switch (number) {
	case TRY_WRITE_KERNEL:
		return write_at(KERNEL);
	case TRY_READ_KERNEL:
		return read_at(KERNEL);
	case TRY_RUN_KERNEL:
		return jump(KERNEL);
	case TRY_READ_WINDOWS:
		return read_at(KERNEL_WINDOWS);
	case TRY_READ_STACKS:
		return read_at(KERNEL_STACKS);
	case TRY_READ_MAP:
		return read_at(KERNEL_MAP);
	case TRY_READ_GUEST:
	case TRY_READ_SERVICE:
		return read_at(where);
	case TRY_WRITE_GUEST:
	case TRY_WRITE_SERVICE:
		return write_at(where);
	case TRY_STACK:
		return recurse(page);
	case TRY_RUN_DATA:
		return run_data();
	case TRY_WRITE_CODE:
		return write_at((uint64_t)ring3_main);
	case TRY_JUMP_NULL:
		return jump(0);
	case TRY_JUMP_FAR:
		return jump(NOT_CANONICAL);
	}
}

/* RAX, RCX and RDX are what most of them take; RBX leads to @page. */
#define INSTRUCTION(name, text)                                           \
	case TRY_##name:                                                  \
		asm volatile(text                                         \
			     :                                            \
			     : "a"(page), "b"(page), "c"(0), "d"(0)       \
			     : "memory", "cc", "rsi", "rdi", "r8", "r9"); \
		return

static void execute_system(uint32_t number)
{
	switch (number) {
		INSTRUCTION(CLI, "cli");
		INSTRUCTION(STI, "sti");
		INSTRUCTION(HLT, "hlt");
		INSTRUCTION(RDMSR, "movl $0xc0010131, %%ecx; rdmsr");
		INSTRUCTION(WRMSR, "movl $0xc0010130, %%ecx; xorl %%eax, %%eax; wrmsr");
		INSTRUCTION(READ_CR3, "movq %%cr3, %%rsi");
		INSTRUCTION(WRITE_CR0, "movq %%rdx, %%cr0");
		INSTRUCTION(WRITE_CR4, "movq %%rdx, %%cr4");
		INSTRUCTION(WRITE_DR7, "movq %%rdx, %%dr7");
		INSTRUCTION(CLTS, "clts");
		INSTRUCTION(LGDT, "lgdt (%%rbx)");
		INSTRUCTION(LIDT, "lidt (%%rbx)");
		INSTRUCTION(LTR, "ltr %%cx");
		INSTRUCTION(SGDT, "sgdt (%%rbx)");
		INSTRUCTION(SIDT, "sidt (%%rbx)");
		INSTRUCTION(INVLPG, "invlpg (%%rbx)");
		INSTRUCTION(WBINVD, "wbinvd");
		INSTRUCTION(SWAPGS, "swapgs");
		INSTRUCTION(SYSRET, "sysretq");
		INSTRUCTION(SYSENTER, "sysenter");
		INSTRUCTION(WRFSBASE, "wrfsbase %%rax");
		INSTRUCTION(RDPMC, "rdpmc");
		INSTRUCTION(XSETBV, "movl $7, %%eax; xsetbv");
		INSTRUCTION(MWAIT, "monitor %%rax, %%ecx, %%edx");
		INSTRUCTION(PORT_IN, "inb $0x60, %%al");
		INSTRUCTION(PORT_OUT, "outb %%al, $0xf4");
		INSTRUCTION(PORT_STRING, "movw $0xf4, %%dx; movq %%rbx, %%rsi; outsb");
		INSTRUCTION(VMMCALL, "vmmcall");
		INSTRUCTION(VMRUN, "vmrun %%rax");
		INSTRUCTION(PVALIDATE, ".byte 0xf2, 0x0f, 0x01, 0xff");
		INSTRUCTION(RMPADJUST, ".byte 0xf3, 0x0f, 0x01, 0xfe");
		INSTRUCTION(INVLPGB, ".byte 0x0f, 0x01, 0xfe");
		INSTRUCTION(TLBSYNC, ".byte 0x0f, 0x01, 0xff");
	}
}

/* SSE's exceptions are not among them: QEMU's processor does not raise any. */
static void execute_gates(uint32_t number)
{
	switch (number) {
		INSTRUCTION(IRET, "pushq $0x10; pushq %%rsp; pushq $2; pushq $8; pushq %%rbx; "
				  "iretq");
		INSTRUCTION(FAR_CALL, "pushq %%rbx; movl $8, 4(%%rsp); lcall *(%%rsp)");
		INSTRUCTION(FAR_TSS, "pushq %%rbx; movl $0x18, 4(%%rsp); ljmp *(%%rsp)");
		INSTRUCTION(KERNEL_DATA, "movl $0x10, %%ecx; movl %%ecx, %%ds");
		INSTRUCTION(INT_80, "int $0x80");
		INSTRUCTION(INT_3, "int3");
		INSTRUCTION(INT_NMI, "int $2");
		INSTRUCTION(INT_PF, "int $14");
		INSTRUCTION(INT_VC, "int $29");
		INSTRUCTION(INT_HV, "int $28");
		INSTRUCTION(ICEBP, ".byte 0xf1");
		INSTRUCTION(TRAP_FLAG, "movl $201, %%eax; xorl %%edi, %%edi; pushq $0x102; popfq; "
				       "syscall; nop");
		INSTRUCTION(NO_STACK, "xorl %%esp, %%esp; pushq %%rax");
		INSTRUCTION(KERNEL_STACK, "movq $0xffffffff02003000, %%rsp; ud2");
		INSTRUCTION(DIVIDE, "divl %%ecx");
		INSTRUCTION(X87, "movw $0x340, (%%rbx); fldcw (%%rbx); fldz; fldz; fdivp; fwait");
		INSTRUCTION(UNDEFINED, "ud2");
	}
}

/* ---- Serving ---- */

static uint32_t handle(struct service_request *request, uint8_t *payload)
{
	accepted = 0;
	switch (request->number) {
	case TRY_POINTERS:
		try_pointers();
		break;
	case TRY_MEMORY:
		try_memory();
		break;
	case TRY_SWEEP:
		sweep();
		break;
	case TRY_STATE:
		try_state();
		break;
	case TRY_VMGEXIT:
		try_vmgexit();
		break;
	default:
		touch(request->number, *(uint64_t *)payload);
		execute_system(request->number);
		execute_gates(request->number);
	}
	payload[0] = accepted > 255 ? 255 : (uint8_t)accepted;
	request->size = 1;
	return SVSM_SUCCESS;
}

void ring3_main(const char *name)
{
	while (*name && (*name < '0' || *name > '9'))
		name++;
	ring3_serve(PROTOCOL_HOSTILE + (uint32_t)(*name - '0'), handle);
}
