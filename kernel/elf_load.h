/* SPDX-License-Identifier: MIT */
/*
 * A service's program into its address space: image, heap's place and stack at
 * addresses of chance, what Linux puts on the stack of a fresh program.
 */
#ifndef NACRE_KERNEL_ELF_LOAD_H
#define NACRE_KERNEL_ELF_LOAD_H

#include "kernel/address_space.h"
#include "kernel/elf_image.h"

#define USER_STACK_SIZE (128 * KIB)

/* Where a program begins, and where it may have memory. */
struct elf_start {
	uint64_t rip, rsp;
	uint64_t heap;  /* the first program break */
	uint64_t arena; /* where mmap() begins */
	uint64_t stack; /* the lowest address of the stack */
};

/*
 * Maps @plan of the page-aligned @file, whose read-only parts are used where they
 * lie, and a stack with @name as argv[0]. False if the space has no memory left.
 */
MUST_CHECK bool elf_load(struct address_space *space, const uint8_t *file,
	const struct elf_plan *plan, const char *name, struct elf_start *start);

#endif
