/* SPDX-License-Identifier: MIT */
/*
 * What boot/entry.S calls, in this order, and what the kernel has stage 2 do later.
 */
#ifndef NACRE_BOOT_STAGE2_H
#define NACRE_BOOT_STAGE2_H

#include "compiler.h"

/*
 * Makes the region's memory that was not imported private and validates it, with
 * nothing but imported memory to work with.
 */
void boot_claim_memory(void);

/* @private_mask is the C-bit's mask; returns the top of the first CPU's stack. */
uint64_t boot_main(uint64_t private_mask);

/* The kernel proper; kernel/main.c. */
NORETURN void kernel_main(void);

/*
 * Called by kernel_main(), which never returns: a function that does must not
 * span it, unless it is compiled without the stack protector.
 */
void boot_choose_canary(void);

/* The stack protector's canary, by the name that the compiler gives it. */
extern uint64_t __stack_chk_guard;

#endif
