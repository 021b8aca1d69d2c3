/* SPDX-License-Identifier: MIT */
/*
 * The ACPI tables that QEMU offers to firmware over fw_cfg, handed on to a guest
 * whose firmware asks for them (OVMF): the guest's devices are QEMU's own. But
 * the IOMMU is the machine's, so that the table of it becomes one that nobody
 * knows. Checksums are the loader script's affair.
 */
#include "host.h"

#define HEADER_SIZE 36U
#define OEM_ID_OFFSET 10U

static bool is_table(const uint8_t *p, const char *signature)
{
	return !memcmp(p, signature, 4) && !memcmp(p + OEM_ID_OFFSET, "BOCHS ", 6);
}

static void hide_iommu(uint8_t *tables, uint64_t size)
{
	for (uint64_t i = 0; i + HEADER_SIZE <= size; i++)
		if (is_table(tables + i, "DMAR"))
			memcpy(tables + i, "OEM0", 4);
}

void firmware_tables_init(void)
{
	static const char *const names[] = {
		"etc/acpi/tables",
		"etc/acpi/rsdp",
		"etc/table-loader",
	};
	struct machine_file f;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!machine_file_read(names[i], &f))
			continue;
		hide_iommu((uint8_t *)virt_to_phys(f.data), f.size);
		fw_cfg_add_file(names[i], f.data, (uint32_t)f.size);
	}
}
