/* SPDX-License-Identifier: MIT */
/* The way to guest_main() that every guest takes (start.h). */
#include "start.h"

#include <string.h>

#include "acpi_abi.h"
#include "check.h"
#include "console.h"
#include "cpu.h"
#include "insn.h"
#include "memory.h"
#include "nae.h"

struct guest guest;

static struct cpu first_cpu;
static uint8_t first_stacks[1 + IST_COUNT][PAGE_SIZE] ALIGNED(4096);

#define PORT_STATUS 0xf4
#define PORT_PM1A_CNT 0x604
#define PM1_SLP_EN 0x2000
#define PORT_FW_CFG 0x510
#define PORT_FW_CFG_DATA 0x511
#define FW_CFG_CMDLINE_SIZE 0x14
#define FW_CFG_CMDLINE_DATA 0x15

void guest_add_ram(uint64_t base, uint64_t size)
{
	if (size && guest.ram_count < GUEST_MAX_RANGES)
		guest.ram[guest.ram_count++] = (struct guest_ram){base, size};
}

const struct snp_cpuid_entry *guest_cpuid_entry(uint32_t leaf, uint32_t subleaf)
{
	const struct snp_cpuid_page *page = guest.cpuid;

	for (uint32_t i = 0; i < page->count && i < SNP_CPUID_MAX; i++)
		if (page->entries[i].eax_in == leaf && page->entries[i].ecx_in == subleaf)
			return &page->entries[i];
	return NULL;
}

void guest_read_cpuid_page(void)
{
	const struct snp_cpuid_entry *sev = guest_cpuid_entry(CPUID_SEV_LEAF, 0);

	if (!sev)
		guest_terminate(TERM_SET_GHCB, TERM_NO_SNP);
	guest.c_bit = sev->ebx & CPUID_SEV_EBX_CBIT_MASK;
	guest.c_mask = BIT(guest.c_bit);
}

static void add_apic_id(uint32_t id, uint32_t flags)
{
	if (flags & ACPI_MADT_ENABLED && guest.cpu_count < GUEST_MAX_CPUS)
		guest.apic_id[guest.cpu_count++] = id;
}

void guest_read_madt(const void *madt)
{
	const struct acpi_madt *m = madt;
	const uint8_t *p = (const uint8_t *)(m + 1),
		      *end = (const uint8_t *)madt + m->header.length;

	for (; p + 2 <= end && p[1]; p += p[1]) {
		const struct acpi_madt_lapic *lapic = (const void *)p;
		const struct acpi_madt_x2apic *x2apic = (const void *)p;

		if (p[0] == ACPI_MADT_LAPIC)
			add_apic_id(lapic->apic_id, lapic->flags);
		else if (p[0] == ACPI_MADT_X2APIC)
			add_apic_id(x2apic->apic_id, x2apic->flags);
	}
}

static void start_first_cpu(void)
{
	first_cpu.trap_stack_top = (uint64_t)first_stacks[0] + PAGE_SIZE;
	for (uint32_t i = 0; i < IST_COUNT; i++)
		first_cpu.tss.ist[i] = (uint64_t)first_stacks[1 + i] + PAGE_SIZE;
	cpu_init(&first_cpu, 0, guest.vmpl);
	cpu_load(&first_cpu);
}

/* Without a paravisor the command line is the host's to give, unmeasured. */
static void read_cmdline(void)
{
	uint32_t size = 0;

	nae_port_out(PORT_FW_CFG, 2, FW_CFG_CMDLINE_SIZE);
	for (uint32_t i = 0; i < 4; i++)
		size |= nae_port_in(PORT_FW_CFG_DATA, 1) << 8 * i;
	nae_port_out(PORT_FW_CFG, 2, FW_CFG_CMDLINE_DATA);
	for (uint32_t i = 0; i < size && i < GUEST_CMDLINE_BYTES - 1; i++)
		guest.cmdline[i] = (char)nae_port_in(PORT_FW_CFG_DATA, 1);
}

void guest_start_common(bool load_tables)
{
	guest.ghcb_msr = rdmsr(MSR_GHCB);
	guest_read_cpuid_page();
	trap_init();
	start_first_cpu();
	if (guest.svsm) {
		guest.vmpl = first_cpu.vmpl = guest.secrets->svsm_guest_vmpl;
		first_cpu.ca = (struct svsm_ca *)guest.secrets->svsm_caa;
	}
	paging_init(load_tables);
	memory_init();
	if (!ghcb_setup())
		guest_terminate(TERM_SET_GHCB, TERM_GENERAL);
	if (!guest.linux_boot)
		read_cmdline();
	guest_main();
	guest_exit(0);
}

bool guest_has_word(const char *word)
{
	size_t n = strlen(word);

	for (const char *p = guest.cmdline; *p;) {
		size_t len = 0;

		while (p[len] && p[len] != ' ')
			len++;
		if (len == n && !memcmp(p, word, n))
			return true;
		p += len;
		while (*p == ' ')
			p++;
	}
	return false;
}

void guest_exit(uint8_t status)
{
	nae_port_out(PORT_STATUS, 1, status);
	nae_port_out(PORT_PM1A_CNT, 2, PM1_SLP_EN);
	guest_terminate(TERM_SET_GHCB, TERM_GENERAL);
}

void guest_terminate(uint32_t set, uint32_t code)
{
	for (;;) {
		wrmsr(MSR_GHCB,
			(uint64_t)code << 16 | (uint64_t)set << 12 | GHCB_MSR_TERMINATE_REQ);
		vmgexit();
	}
}
