/* SPDX-License-Identifier: MIT */
/*
 * What a bare-metal guest finds when guest_main() is called: the same whether
 * it was launched by an IGVM file at VMPL 0 without a paravisor (a probe), or
 * booted as if it were a Linux kernel, by a paravisor at its VMPL or by the
 * machine at VMPL 0. The library's parts: check.h, console.h, cpu.h, ghcb.h,
 * insn.h, memory.h, svsm.h, trap.h, user.h, vmpl.h.
 */
#ifndef GUEST_GUEST_H
#define GUEST_GUEST_H

#include "snp.h"

#define GUEST_MAX_CPUS 8U
#define GUEST_MAX_RANGES 32U
#define GUEST_CMDLINE_BYTES 1024U

struct guest_ram {
	uint64_t base, size;
};

/* Facts of the launch, filled before guest_main(). */
struct guest {
	uint32_t c_bit;  /* position */
	uint64_t c_mask; /* the bit in a page-table entry */
	uint32_t vmpl;
	uint64_t ghcb_msr; /* as the GHCB MSR was at the first instruction */
	bool linux_boot;   /* all RAM is validated already */
	bool svsm;         /* a paravisor serves us (secrets.svsm_size is not 0) */
	const struct snp_secrets *secrets;
	const struct snp_cpuid_page *cpuid;
	uint64_t boot_params;                   /* Linux boot: the page RSI pointed to, copied */
	struct guest_ram ram[GUEST_MAX_RANGES]; /* RAM by the map we were given */
	uint32_t ram_count;
	uint32_t cpu_count;
	uint32_t apic_id[GUEST_MAX_CPUS];
	char cmdline[GUEST_CMDLINE_BYTES];
};
extern struct guest guest;

/* Each guest's own program; returning from it ends the run as check_end() does. */
void guest_main(void);

/* True if the command line has @word among its words. */
bool guest_has_word(const char *word);

/* An entry of the CPUID page, NULL if it has none for this leaf. */
const struct snp_cpuid_entry *guest_cpuid_entry(uint32_t leaf, uint32_t subleaf);

/* Ends the run: a status byte for the host, then power off. */
_Noreturn void guest_exit(uint8_t status);
/* Ends the run by the GHCB protocol. */
_Noreturn void guest_terminate(uint32_t set, uint32_t code);

#endif
