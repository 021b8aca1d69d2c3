/* SPDX-License-Identifier: MIT */
/*
 * What the little programs of the tests' Linux guest share. They are free of
 * libc, to keep the initramfs small: a program defines guest_main() and gets
 * its arguments; what it returns is its exit status.
 */
#ifndef NACRE_TESTS_LINUX_GUEST_H
#define NACRE_TESTS_LINUX_GUEST_H

#define SYS_write 1
#define SYS_open 2
#define SYS_mmap 9
#define SYS_pread64 17
#define SYS_exit 60
#define SYS_ioperm 173

int guest_main(int argc, char **argv);

static inline long guest_syscall(long number, const long args[6])
{
	long result;

	__asm__ volatile("mov %[r10], %%r10\n\t"
			 "mov %[r8], %%r8\n\t"
			 "mov %[r9], %%r9\n\t"
			 "syscall"
			 : "=a"(result)
			 : "a"(number), "D"(args[0]), "S"(args[1]),
			 "d"(args[2]), [r10] "m"(args[3]), [r8] "m"(args[4]), [r9] "m"(args[5])
			 : "rcx", "r8", "r9", "r10", "r11", "memory");
	return result;
}

/* guest_call(NUMBER, up to six arguments): negative is an error. */
#define guest_call(number, ...) guest_syscall((number), (const long[6]){__VA_ARGS__})

/* The decimal number that is @text, or -1 if it is none or over @max. */
static inline long guest_number(const char *text, long max)
{
	long value = 0;

	if (!text || !*text)
		return -1;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		value = value * 10 + (*text - '0');
		if (value > max)
			return -1;
	}
	return value;
}

/* The stack as the kernel hands it over: argc, then argv. */
_Noreturn __attribute__((used)) static void guest_start(long *stack)
{
	int status = guest_main((int)stack[0], (char **)(stack + 1));

	for (;;)
		guest_call(SYS_exit, status);
}

__asm__(".globl _start\n_start:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall guest_start\n");

#endif
