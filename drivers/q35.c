/* SPDX-License-Identifier: MIT */
/*
 * Registers of q35's host bridge and of its ICH9 (drivers/q35.h), by PCI
 * configuration mechanism 1. After reset the ICH9's power-management ports are
 * not decoded at all.
 */
#include "drivers/port_io.h"
#include "drivers/q35.h"

#define PCI_ADDRESS 0xcf8U
#define PCI_DATA 0xcfcU
#define PCI_ENABLE BIT(31)

/* 00:1f.0 and its registers (Intel ICH9 datasheet, 13.1). */
#define LPC_DEVFN 0xf8U
#define LPC_PMBASE 0x40U
#define LPC_ACPI_CNTL 0x44U

/* 00:00.0 and its registers PAM0 to PAM6 (Intel Q35 datasheet, 5.1). */
#define MCH_DEVFN 0x00U
#define MCH_PAM0 0x90U
#define MCH_PAM4 0x94U
#define PAM0_RAM 0x30U /* F0000h; the other half is reserved */
#define PAM_RAM 0x33U  /* 16 KiB each half: reads and writes go to RAM */

#define REGISTER_ID 0x00U
#define MCH_ID 0x29c08086U
#define ICH9_ID 0x29188086U
#define PMBASE_IO BIT(0)
#define ACPI_CNTL_ENABLE BIT(7) /* and SCI on IRQ 9 */

static void select_register(unsigned int devfn, unsigned int reg)
{
	platform_io_write32(PCI_ADDRESS, (uint32_t)(PCI_ENABLE | devfn << 8 | reg));
}

static bool is_device(unsigned int devfn, uint32_t id)
{
	select_register(devfn, REGISTER_ID);
	return platform_io_read32(PCI_DATA) == id;
}

bool q35_enable_power_management(void)
{
	if (!is_device(LPC_DEVFN, ICH9_ID))
		return false;
	select_register(LPC_DEVFN, LPC_PMBASE);
	platform_io_write32(PCI_DATA, Q35_PM_BASE | PMBASE_IO);
	select_register(LPC_DEVFN, LPC_ACPI_CNTL);
	platform_io_write8(PCI_DATA, ACPI_CNTL_ENABLE);
	return true;
}

bool q35_uncover_low_ram(void)
{
	if (!is_device(MCH_DEVFN, MCH_ID))
		return false;
	select_register(MCH_DEVFN, MCH_PAM0);
	platform_io_write32(PCI_DATA, PAM_RAM << 24 | PAM_RAM << 16 | PAM_RAM << 8 | PAM0_RAM);
	select_register(MCH_DEVFN, MCH_PAM4);
	platform_io_write16(PCI_DATA, PAM_RAM << 8 | PAM_RAM);
	platform_io_write8(PCI_DATA + 2, PAM_RAM); /* what follows is another register */
	return true;
}
