/* SPDX-License-Identifier: MIT */
/*
 * Access to guest memory in a window, which the host may take away at any
 * time. False when that happened; a part may have been done then.
 */
#ifndef NACRE_KERNEL_FAULT_ACCESS_H
#define NACRE_KERNEL_FAULT_ACCESS_H

#include "compiler.h"

MUST_CHECK bool fault_copy(void *dest, const void *src, size_t size);

/* @size is a multiple of 8. */
MUST_CHECK bool fault_clear(void *memory, size_t size);

/* Atomically exchanges one byte. */
MUST_CHECK bool fault_exchange(uint8_t *memory, uint8_t value, uint8_t *previous);

#endif
