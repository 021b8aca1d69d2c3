/* SPDX-License-Identifier: MIT */
/*
 * For test services without a libc: the system call, the way to serve, and the
 * number in the program's own name, by which one file can be many services.
 */
#ifndef TESTS_RING3_H
#define TESTS_RING3_H

#include "service.h"
#include "tests/services/protocols.h"

#define LINUX_WRITE 1U
#define LINUX_MMAP 9U
#define LINUX_MPROTECT 10U
#define LINUX_MUNMAP 11U
#define LINUX_BRK 12U
#define LINUX_WRITEV 20U
#define LINUX_GETPID 39U
#define LINUX_ARCH_PRCTL 158U
#define LINUX_TIME 201U
#define LINUX_CLOCK_GETTIME 228U
#define LINUX_EXIT_GROUP 231U
#define LINUX_GETRANDOM 318U

static inline long ring3_call(uint32_t number, long a, long b, long c, long d)
{
	register long r10 asm("r10") = d;
	register long r8 asm("r8") = 0;
	register long r9 asm("r9") = 0;
	long result;

	asm volatile("syscall"
		     : "=a"(result)
		     : "0"((long)number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
		     : "rcx", "r11", "memory");
	return result;
}

NORETURN static inline void ring3_exit(int status)
{
	for (;;)
		ring3_call(LINUX_EXIT_GROUP, status, 0, 0, 0);
}

/* Called by the entry, which each program gets from RING3_START, with argv[0]. */
NORETURN void ring3_main(const char *name);

#define RING3_START                  \
	asm(".globl _start\n"        \
	    "_start:\n\t"            \
	    "xorl %ebp, %ebp\n\t"    \
	    "movq 8(%rsp), %rdi\n\t" \
	    "andq $-16, %rsp\n\t"    \
	    "call ring3_main")

/* Serves @protocol by @handle, whose result is the answer's RAX, for ever. */
NORETURN static inline void ring3_serve(
	uint32_t protocol, uint32_t (*handle)(struct service_request *request, uint8_t *payload))
{
	const struct service_announcement announcement = {
		.protocol = protocol, .first_version = 1, .last_version = 1};
	static uint8_t payload[SERVICE_PAYLOAD_MAX];
	struct service_request request;

	if (ring3_call(SERVICE_ANNOUNCE, (long)&announcement, 0, 0, 0))
		ring3_exit(1);
	for (;;) {
		uint32_t result;

		if (ring3_call(SERVICE_WAIT, (long)&request, (long)payload, sizeof(payload), 0))
			ring3_exit(2);
		result = handle(&request, payload);
		if (ring3_call(SERVICE_REPLY, result, (long)payload, request.size, 0))
			ring3_exit(3);
	}
}

#endif
