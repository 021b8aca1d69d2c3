/* SPDX-License-Identifier: MIT */
/*
 * exit-status N: hands the status N of the guest's command to the machine, by
 * one byte on the debug-exit port. Called last by tests/linux/init. It asks for
 * the port by ioperm(), not iopl(), since Linux as an SNP guest lets user space
 * reach a port only by that bitmap.
 */
#include "guest.h"

#define DEBUG_EXIT_PORT 0xf4

int guest_main(int argc, char **argv)
{
	long status = argc == 2 ? guest_number(argv[1], 255) : -1;

	if (status < 0)
		return 2;
	if (guest_call(SYS_ioperm, DEBUG_EXIT_PORT, 1, 1) != 0)
		return 3;
	__asm__ volatile("outb %0, %1" : : "a"((unsigned char)status), "Nd"(DEBUG_EXIT_PORT));
	return 0;
}
