/* SPDX-License-Identifier: MIT */
/*
 * exit-status N: hands the status N of the guest's command to the machine, by
 * one byte on the debug-exit port. Called last by tests/linux/init. It is free
 * of libc to stay small. It asks for the port by ioperm(), not iopl(), since
 * Linux as an SNP guest lets user space reach a port only by that bitmap.
 */
#define DEBUG_EXIT_PORT 0xf4
#define SYS_exit 60
#define SYS_ioperm 173

static long syscall3(long number, long a, long b, long c)
{
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return result;
}

static _Noreturn void leave(int status)
{
	for (;;)
		syscall3(SYS_exit, status, 0, 0);
}

/* The number that the text begins with, or -1. */
static int parse_status(const char *text)
{
	int value = -1;

	for (; text && *text >= '0' && *text <= '9' && value <= 255; text++)
		value = (value < 0 ? 0 : value * 10) + (*text - '0');
	return value;
}

/* The stack as the kernel hands it over: argc, then argv. */
_Noreturn __attribute__((used)) static void start(const long *stack)
{
	int status = stack[0] == 2 ? parse_status((const char *)stack[2]) : -1;

	if (status < 0 || status > 255)
		leave(2);
	if (syscall3(SYS_ioperm, DEBUG_EXIT_PORT, 1, 1) != 0)
		leave(3);
	__asm__ volatile("outb %0, %1" : : "a"((unsigned char)status), "Nd"(DEBUG_EXIT_PORT));
	leave(0);
}

__asm__(".globl _start\n_start:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall start\n");
