/* SPDX-License-Identifier: MIT */
/*
 * Validation of the paravisor's own memory; see own_memory.h. Runs in stage 2
 * too, where there is no memory but what was imported.
 */
#include "kernel/own_memory.h"
#include "ghcb.h"
#include "kernel/panic.h"
#include "platform.h"

/* Bytes validated at @va: 2 MiB if @large is wished and the host has it in one piece. */
static uint64_t validate_one(struct va va, bool large)
{
	enum page_result result = PAGE_FAIL_SIZEMISMATCH;

	if (large)
		result = platform_page_validate(va, PAGE_2M);
	if (result == PAGE_OK)
		return PAGE_2M_SIZE;
	if (result == PAGE_FAIL_SIZEMISMATCH)
		result = platform_page_validate(va, PAGE_4K);
	if (result != PAGE_OK)
		give_up(TERM_NACRE_PVALIDATE, "own page at 0x%lx: result %u", va.value,
			(unsigned int)result);
	return PAGE_SIZE;
}

void own_memory_validate(struct va va, uint64_t physical, uint64_t bytes)
{
	for (uint64_t done = 0; done < bytes;) {
		bool large = IS_ALIGNED((va.value + done) | (physical + done), PAGE_2M_SIZE) &&
			     bytes - done >= PAGE_2M_SIZE;

		done += validate_one(va_add(va, done), large);
	}
}
