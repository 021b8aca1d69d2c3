/* SPDX-License-Identifier: MIT */
/*
 * The second half of stage 2, in C on the bootstrap page table: build the
 * kernel's page tables and change to them, switch the processor's protections
 * on, choose the stack protector's canary, make the first CPU's area. Called
 * once by boot/entry.S; returns the stack on which kernel_main() runs. This
 * file is compiled without the stack protector, whose canary it sets.
 */
#include "boot/stage2.h"
#include "ghcb.h"
#include "kernel/cpu.h"
#include "kernel/exceptions.h"
#include "kernel/frames.h"
#include "kernel/image.h"
#include "kernel/paging.h"
#include "kernel/x86_insn.h"
#include "platform.h"
#include "platform/sev-snp/cpuid.h"
#include "platform/sev-snp/snp_platform.h"

#define RANDOM_TRIES 32U

uint64_t __stack_chk_guard SECTION(".bss.once");

static bool random_word(bool (*source)(uint64_t *), uint64_t *word)
{
	for (unsigned int i = 0; i < RANDOM_TRIES; i++)
		if (source(word))
			return true;
	return false;
}

/* The lowest byte is zero, so that a string that runs over cannot carry the canary. */
static void choose_canary(void)
{
	uint64_t word;

	if (!(cpuid_has_rdseed() && random_word(rdseed64, &word)) &&
		!(cpuid_has_rdrand() && random_word(rdrand64, &word)))
		platform_terminate(TERM_NACRE_FEATURES);
	__stack_chk_guard = word & ~0xffULL;
}

uint64_t boot_main(uint64_t private_mask)
{
	struct cpu *cpu;

	write_cr3(paging_build(private_mask));
	write_cr0(snp_own_cr0());
	write_cr4(snp_own_cr4());
	choose_canary();
	frames_add(va_of(__bss_end), (uint64_t)(__region_end - __bss_end));
	exceptions_init();
	cpu = cpu_create_first();
	descriptors_load(cpu);
	return cpu->stack_top;
}
