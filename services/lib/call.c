/* SPDX-License-Identifier: MIT */
/*
 * The SYSCALL instruction; see services/lib/call.h. A unit test of the library links
 * calls of its own in place of this file.
 */
#include "services/lib/call.h"

long service_call(uint32_t number, long first, long second, long third)
{
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"((unsigned long)number), "D"(first), "S"(second), "d"(third)
			 : "rcx", "r11", "memory");
	return result;
}
