/* SPDX-License-Identifier: MIT */
/*
 * Power-management ports of q35's ICH9 bridge (drivers/q35.h), by PCI
 * configuration mechanism 1. After reset the ports are not decoded at all.
 */
#include "drivers/port_io.h"
#include "drivers/q35.h"

#define PCI_ADDRESS 0xcf8U
#define PCI_DATA 0xcfcU
#define PCI_ENABLE BIT(31)

/* 00:1f.0 and its registers (Intel ICH9 datasheet, 13.1). */
#define LPC_DEVFN 0xf8U
#define LPC_ID 0x00U
#define LPC_PMBASE 0x40U
#define LPC_ACPI_CNTL 0x44U

#define ICH9_ID 0x29188086U
#define PMBASE_IO BIT(0)
#define ACPI_CNTL_ENABLE BIT(7) /* and SCI on IRQ 9 */

static void select_register(unsigned int reg)
{
	platform_io_write32(PCI_ADDRESS, (uint32_t)(PCI_ENABLE | LPC_DEVFN << 8 | reg));
}

bool q35_enable_power_management(void)
{
	select_register(LPC_ID);
	if (platform_io_read32(PCI_DATA) != ICH9_ID)
		return false;
	select_register(LPC_PMBASE);
	platform_io_write32(PCI_DATA, Q35_PM_BASE | PMBASE_IO);
	select_register(LPC_ACPI_CNTL);
	platform_io_write8(PCI_DATA, ACPI_CNTL_ENABLE);
	return true;
}
