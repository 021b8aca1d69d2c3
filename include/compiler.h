/* SPDX-License-Identifier: MIT */
/*
 * What every part of the project assumes of the compiler: the attributes and
 * the small macros that are the same in the paravisor, the machine, the tools
 * and the tests.
 */
#ifndef NACRE_COMPILER_H
#define NACRE_COMPILER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACKED __attribute__((packed))
#define ALIGNED(n) __attribute__((aligned(n)))
#define NORETURN __attribute__((noreturn))
#define NOINLINE __attribute__((noinline))
#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define UNUSED __attribute__((unused))
#define SECTION(name) __attribute__((section(name)))

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define BIT(n) (1UL << (n))

/* Alignment helpers; @a must be a power of two. */
#define ALIGN_DOWN(x, a) ((x) & ~((uint64_t)(a)-1))
#define ALIGN_UP(x, a) ALIGN_DOWN((x) + ((uint64_t)(a)-1), a)
#define IS_ALIGNED(x, a) (((x) & ((uint64_t)(a)-1)) == 0)

#define PAGE_SHIFT 12
#define PAGE_SIZE 4096UL
#define PAGE_2M_SHIFT 21
#define PAGE_2M_SIZE 0x200000UL
#define PAGES_PER_2M 512U
#define KIB 1024UL
#define MIB (1024UL * KIB)
#define GIB (1024UL * MIB)

/* A wire format states its layout where it is declared. */
#define ASSERT_OFFSET(type, field, off) \
	static_assert(offsetof(type, field) == (off), #type "." #field)
#define ASSERT_SIZE(type, size) static_assert(sizeof(type) == (size), #type)

#ifndef static_assert
#define static_assert _Static_assert
#endif

#endif
