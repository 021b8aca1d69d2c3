/* SPDX-License-Identifier: MIT */
/*
 * The DSDT of a directly booted guest, in AML. The text it stands for is
 * kernel/dsdt.asl; a unit test compiles that and compares. The interrupt
 * routing table, regular and long, is made by a loop.
 */
#include "kernel/acpi_writer.h"

#define SLOTS 32U
#define PINS 4U
#define GSI_PIRQ_A 16U
#define GSI_PIRQ_E 20U

/* Byte strings, without the NUL that C adds; the names stay legible. */
static const char before_routing[] =
	/* Name (\_S5, Package () { 0, 0, 0, 0 }) */
	"\x08"
	"_S5_"
	"\x12\x06\x04"
	"\x00\x00\x00\x00"
	/* Scope (\_SB) */
	"\x10\x4d\x6f"
	"_SB_"
	/* Device (PCI0) */
	"\x5b\x82\x4f\x6b"
	"PCI0"
	/* Name (_HID, EisaId ("PNP0A08")) */
	"\x08"
	"_HID"
	"\x0c\x41\xd0\x0a\x08"
	/* Name (_CID, EisaId ("PNP0A03")) */
	"\x08"
	"_CID"
	"\x0c\x41\xd0\x0a\x03"
	/* Name (_UID, 0) */
	"\x08"
	"_UID"
	"\x00"
	/* Name (_CRS, ResourceTemplate ()) */
	"\x08"
	"_CRS"
	"\x11\x48\x05\x0a\x54"
	/* WordBusNumber: 0 to ffh */
	"\x88\x0d\x00\x02\x0c\x00\x00\x00\x00\x00\xff\x00\x00\x00\x00\x01"
	/* IO (Decode16): cf8h, 8 ports, the bridge's own */
	"\x47\x01\xf8\x0c\xf8\x0c\x01\x08"
	/* WordIO: 0 to cf7h */
	"\x88\x0d\x00\x01\x0c\x03\x00\x00\x00\x00\xf7\x0c\x00\x00\xf8\x0c"
	/* WordIO: d00h to ffffh */
	"\x88\x0d\x00\x01\x0c\x03\x00\x00\x00\x0d\xff\xff\x00\x00\x00\xf3"
	/* DWordMemory: c0000000h (ACPI_PCI_WINDOW) to fbffffffh */
	"\x87\x17\x00\x00\x0c\x01\x00\x00\x00\x00\x00\x00\x00\xc0\xff\xff"
	"\xff\xfb\x00\x00\x00\x00\x00\x00\x00\x3c"
	/* end tag */
	"\x79\x00"
	/* Name (_PRT, Package ()), of 80h elements */
	"\x08"
	"_PRT"
	"\x12\x4b\x63\x80";

static const char after_routing[] =
	/* Device (PEVT): pvpanic */
	"\x5b\x82\x34"
	"PEVT"
	/* Name (_HID, "QEMU0001") */
	"\x08"
	"_HID"
	"\x0d"
	"QEMU0001"
	"\x00"
	/* Name (_UID, 0) */
	"\x08"
	"_UID"
	"\x00"
	/* Name (_STA, 0xf) */
	"\x08"
	"_STA"
	"\x0a\x0f"
	/* Name (_CRS, ResourceTemplate ()): IO (Decode16), 505h */
	"\x08"
	"_CRS"
	"\x11\x0d\x0a\x0a"
	"\x47\x01\x05\x05\x05\x05\x01\x01"
	"\x79\x00";

/*
 * Interrupt line of a slot's pin with the chipset's registers at their reset
 * values: devices of the chipset (25-29 and 31) use PIRQ[A-D], those behind the
 * PCI bridge (30) PIRQ[E-H], all others PIRQ[E-H] rotated by slot.
 */
static uint8_t routed_gsi(unsigned int slot, unsigned int pin)
{
	if (slot == 30)
		return (uint8_t)(GSI_PIRQ_E + pin);
	if (slot >= 25)
		return (uint8_t)(GSI_PIRQ_A + pin);
	return (uint8_t)(GSI_PIRQ_E + (slot + pin) % PINS);
}

/* An integer in AML's shortest encoding; returns its length. */
static uint8_t encode(uint8_t *out, uint32_t value)
{
	uint8_t bytes = value <= 1 ? 0 : value <= 0xff ? 1 : value <= 0xffff ? 2 : 4;

	/* ZeroOp and OneOp, or a prefix for byte, word, dword. */
	out[0] = bytes == 0 ? (uint8_t)value : bytes == 4 ? 0x0c : (uint8_t)(0x09 + bytes);
	for (unsigned int i = 0; i < bytes; i++)
		out[1 + i] = (uint8_t)(value >> (8 * i));
	return (uint8_t)(1 + bytes);
}

/* Package () { slot << 16 | 0xffff, pin, 0, gsi } */
static void put_route(struct acpi_writer *writer, unsigned int slot, unsigned int pin)
{
	uint8_t package[16] = {0x12, 0, 4};
	uint8_t length = 3;

	length += encode(&package[length], slot << 16 | 0xffff);
	length += encode(&package[length], pin);
	length += encode(&package[length], 0);
	length += encode(&package[length], routed_gsi(slot, pin));
	package[1] = (uint8_t)(length - 1);
	acpi_put(writer, package, length);
}

size_t acpi_put_dsdt(struct acpi_writer *writer)
{
	size_t start = acpi_begin(writer, "DSDT", 2);

	acpi_put(writer, before_routing, sizeof(before_routing) - 1);
	for (unsigned int slot = 0; slot < SLOTS; slot++) {
		for (unsigned int pin = 0; pin < PINS; pin++)
			put_route(writer, slot, pin);
	}
	acpi_put(writer, after_routing, sizeof(after_routing) - 1);
	acpi_end(writer, start);
	return start;
}
