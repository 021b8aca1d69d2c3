/* SPDX-License-Identifier: MIT */
/*
 * The program that every system must run, with Debian's libc.
 */
#include <stdio.h>

int main(int argc, char **argv)
{
	printf("hello from %s, %d argument\n", argv[0], argc);
	return 42;
}
