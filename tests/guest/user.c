/* SPDX-License-Identifier: MIT */
/* Ring 3 (user.h): one page of code, one of stack, mapped on first use. */
#include "user.h"

#include <string.h>

#include "memory.h"

static uint8_t *code_page;
static uint64_t code_va, stack_va;

static void map_pages(void)
{
	code_page = page_alloc();
	code_va = paging_window();
	stack_va = paging_window();
	paging_map(code_va, pte_user((uint64_t)code_page));
	paging_map(stack_va, pte_user((uint64_t)page_alloc()));
}

struct trap user_run_flags(const void *code, uint32_t size, uint64_t arg, uint64_t rflags)
{
	if (!code_page)
		map_pages();
	memcpy(code_page, code, size);
	return trap_guard_user_flags(code_va, stack_va + PAGE_SIZE - 16, arg, rflags);
}

struct trap user_run(const void *code, uint32_t size, uint64_t arg)
{
	return user_run_flags(code, size, arg, RFLAGS_FIXED);
}
