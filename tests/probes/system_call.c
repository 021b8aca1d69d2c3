/* SPDX-License-Identifier: MIT */
/* Ring 3 by system calls (system_call.h). */
#include "system_call.h"

#include <string.h>

#include "cpu.h"
#include "insn.h"
#include "memory.h"

#define SFMASK (RFLAGS_IF | RFLAGS_TF | RFLAGS_DF)
#define STAR ((uint64_t)SELECTOR_CODE << 32 | (SELECTOR_USER_DATA - 8UL) << 48)
#define STACK_TOP (PAGE_SIZE - 16)

void system_call_run(uint64_t rip, uint64_t rsp, uint64_t rflags, uint64_t arg);

uint8_t *system_call_data;
uint64_t system_call_code_va, system_call_data_va;
static uint8_t *code;
static uint64_t stack_va;

static uint64_t user_page(uint8_t **page)
{
	uint64_t va = paging_window();

	*page = page_alloc();
	paging_map(va, pte_user((uint64_t)*page));
	return va;
}

void system_call_prepare(void)
{
	uint8_t *stack;

	system_call_code_va = user_page(&code);
	system_call_data_va = user_page(&system_call_data);
	stack_va = user_page(&stack);
	wrmsr(MSR_STAR, STAR);
	wrmsr(MSR_LSTAR, (uint64_t)system_call_entry);
	wrmsr(MSR_SFMASK, SFMASK);
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SCE);
}

void system_call_user(const char *from, const char *end, uint64_t rflags)
{
	memcpy(code, from, (size_t)(end - from));
	system_calls = 0;
	wrmsr(MSR_KERNEL_GS_BASE, system_call_data_va);
	system_call_run(system_call_code_va, stack_va + STACK_TOP, rflags, system_call_data_va);
}
