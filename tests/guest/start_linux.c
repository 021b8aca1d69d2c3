/* SPDX-License-Identifier: MIT */
/*
 * The start of a guest booted as Linux is: boot_params lead to memory map,
 * command line, ACPI and, in setup_data, to the secrets and CPUID pages. All
 * RAM is validated; a paravisor has told of itself in the secrets page.
 */
#include <string.h>

#include "acpi_abi.h"
#include "linux_abi.h"
#include "start.h"

static void *at(uint64_t gpa)
{
	return (void *)gpa;
}

static void read_cc_blob(uint64_t setup_data)
{
	while (setup_data) {
		const struct linux_cc_setup_data *d = at(setup_data);
		const struct cc_blob *blob = at(d->cc_blob_address);

		if (d->head.type == LINUX_SETUP_CC_BLOB) {
			guest.secrets = at(blob->secrets_phys);
			guest.cpuid = at(blob->cpuid_phys);
		}
		setup_data = d->head.next;
	}
}

static void read_acpi(uint64_t rsdp_address)
{
	const struct acpi_rsdp *rsdp = at(rsdp_address);
	const struct acpi_header *xsdt = at(rsdp->xsdt_address);
	const uint8_t *entry = (const uint8_t *)(xsdt + 1);

	for (; entry < (const uint8_t *)xsdt + xsdt->length; entry += 8) {
		uint64_t address;

		memcpy(&address, entry, sizeof(address));
		if (!memcmp(at(address), "APIC", 4))
			guest_read_madt(at(address));
	}
}

static void read_e820(const struct linux_boot_params *params)
{
	for (uint32_t i = 0; i < params->e820_entries; i++)
		if (params->e820_table[i].type == LINUX_E820_RAM)
			guest_add_ram(params->e820_table[i].base, params->e820_table[i].size);
}

static void read_cmdline(const struct linux_boot_params *params)
{
	const char *text = at(params->header.cmd_line_ptr);

	for (uint32_t i = 0; params->header.cmd_line_ptr && text[i]; i++)
		if (i < GUEST_CMDLINE_BYTES - 1)
			guest.cmdline[i] = text[i];
}

void guest_start_linux(const void *boot_params)
{
	const struct linux_boot_params *params = boot_params;

	guest.linux_boot = true;
	guest.boot_params = (uint64_t)boot_params;
	read_cc_blob(params->header.setup_data);
	guest.svsm = guest.secrets->svsm_size != 0;
	read_e820(params);
	read_acpi(params->acpi_rsdp_addr);
	read_cmdline(params);
	guest_start_common(true);
}
