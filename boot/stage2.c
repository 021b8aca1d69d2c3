/* SPDX-License-Identifier: MIT */
/*
 * The parts of stage 2 that are in C, on the bootstrap page table: claim the
 * memory that was not imported; then build the kernel's page tables and change
 * to them, switch the processor's protections on, make the first CPU's area.
 * Called once each by boot/entry.S. This file is compiled without the stack
 * protector, whose canary it chooses when the generator has been seeded.
 */
#include "boot/stage2.h"
#include "ghcb.h"
#include "kernel/cpu.h"
#include "kernel/exceptions.h"
#include "kernel/frames.h"
#include "kernel/image.h"
#include "kernel/own_memory.h"
#include "kernel/paging.h"
#include "kernel/panic.h"
#include "kernel/x86_insn.h"
#include "lib/random.h"
#include "platform.h"
#include "platform/sev-snp/snp_platform.h"
#include "x86.h"

/* Imported, since functions that stage 2 calls before it has other memory look at it. */
uint64_t __stack_chk_guard SECTION(".data.once");

/* The lowest byte is zero, so that a string that runs over cannot carry the canary. */
void boot_choose_canary(void)
{
	uint64_t word;

	if (random_bytes(&word, sizeof(word)))
		give_up(TERM_NACRE_FEATURES, "no randomness for the stack protector");
	__stack_chk_guard = word & ~0xffULL;
}

void boot_claim_memory(void)
{
	uint64_t bytes = (uint64_t)(__region_end - __validate_start);
	struct page_span span = {spa_of(__validate_start).value, bytes};

	snp_claim_memory(&span);
	own_memory_validate(va_of(__validate_start), span.base, bytes);
}

uint64_t boot_main(uint64_t private_mask)
{
	struct cpu *cpu;

	write_cr3(paging_build(private_mask));
	paging_set_shared(va_of(&special_ghcb));
	write_cr0(snp_own_cr0());
	write_cr4(snp_own_cr4());
	if (snp_own_cr4() & CR4_OSXSAVE)
		write_xcr0(snp_own_xcr0());
	frames_add(va_of(__bss_end), (uint64_t)(__region_end - __bss_end));
	exceptions_init();
	cpu = cpu_create_first();
	descriptors_load(cpu);
	panic_can_report();
	return cpu->stack_top;
}
