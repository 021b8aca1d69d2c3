/* SPDX-License-Identifier: MIT */
/*
 * Copying between the kernel and the service whose address space is loaded. An
 * address of a service's is never followed in any other way. False when a part
 * of the range is not its own, is not mapped or not writable; what was copied
 * until then stays.
 */
#ifndef NACRE_KERNEL_USER_MEMORY_H
#define NACRE_KERNEL_USER_MEMORY_H

#include "compiler.h"

/* Services live between these: page 0 never, nor the page before the hole of addresses. */
#define USER_START 0x10000UL
#define USER_END 0x7ffffffff000UL

MUST_CHECK bool user_range_ok(uint64_t address, uint64_t size);
MUST_CHECK bool user_read(void *dest, uint64_t address, size_t size);
MUST_CHECK bool user_write(uint64_t address, const void *src, size_t size);

/* @size bytes of the generator's, by way of a buffer of the kernel's. */
MUST_CHECK bool user_write_random(uint64_t address, size_t size);

#endif
