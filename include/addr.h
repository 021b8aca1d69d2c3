/* SPDX-License-Identifier: MIT */
/*
 * Typed addresses: a guest-physical address that has been checked, a physical
 * address of the paravisor's own memory, and a virtual address are three
 * types, so that mixing them does not compile. An address as a guest or the
 * host states it is a plain uint64_t until it has been checked.
 */
#ifndef NACRE_ADDR_H
#define NACRE_ADDR_H

#include "compiler.h"

/* Guest-physical, inside guest RAM: made by guest_range_check_near() alone, and gpa_add(). */
struct gpa {
	uint64_t value;
};

/* Physical, in memory that belongs to the paravisor. */
struct spa {
	uint64_t value;
};

/* Virtual, in the paravisor's address space. */
struct va {
	uint64_t value;
};

static inline struct gpa gpa_add(struct gpa address, uint64_t bytes)
{
	return (struct gpa){address.value + bytes};
}

static inline struct spa spa_add(struct spa address, uint64_t bytes)
{
	return (struct spa){address.value + bytes};
}

static inline struct va va_add(struct va address, uint64_t bytes)
{
	return (struct va){address.value + bytes};
}

static inline struct va va_of(const volatile void *pointer)
{
	return (struct va){(uint64_t)pointer};
}

static inline void *va_pointer(struct va address)
{
	return (void *)address.value;
}

#endif
