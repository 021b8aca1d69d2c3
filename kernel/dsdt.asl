/* SPDX-License-Identifier: MIT */
/*
 * What the DSDT of a directly booted guest says (QEMU's q35 machine). The
 * table itself is built by kernel/dsdt.c; tests/unit/test_acpi.c compiles this
 * text and compares the two byte by byte.
 */

/* The four pins of one slot: to PIRQ[E-H], rotated, or to PIRQ[A-D]. */
#define PIN(slot, pin, gsi) Package () { ((slot << 16) | 0xffff), pin, 0, gsi }
#define ROTATED(slot, a, b, c, d) \
	PIN (slot, 0, a), PIN (slot, 1, b), PIN (slot, 2, c), PIN (slot, 3, d)
#define E(slot) ROTATED (slot, 20, 21, 22, 23)
#define F(slot) ROTATED (slot, 21, 22, 23, 20)
#define G(slot) ROTATED (slot, 22, 23, 20, 21)
#define H(slot) ROTATED (slot, 23, 20, 21, 22)
#define A(slot) ROTATED (slot, 16, 17, 18, 19)

DefinitionBlock ("", "DSDT", 2, "NACRE ", "NACREVM ", 1)
{
	Name (\_S5, Package () { 0, 0, 0, 0 })

	Scope (\_SB)
	{
		Device (PCI0)
		{
			Name (_HID, EisaId ("PNP0A08"))
			Name (_CID, EisaId ("PNP0A03"))
			Name (_UID, 0)
			Name (_CRS, ResourceTemplate ()
			{
				WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode,
					0, 0, 0xff, 0, 0x100)
				IO (Decode16, 0xcf8, 0xcf8, 1, 8)
				WordIO (ResourceProducer, MinFixed, MaxFixed, PosDecode,
					EntireRange, 0, 0, 0xcf7, 0, 0xcf8)
				WordIO (ResourceProducer, MinFixed, MaxFixed, PosDecode,
					EntireRange, 0, 0xd00, 0xffff, 0, 0xf300)
				DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed,
					NonCacheable, ReadWrite,
					0, 0xc0000000, 0xfbffffff, 0, 0x3c000000)
			})
			Name (_PRT, Package ()
			{
				E (0), F (1), G (2), H (3), E (4), F (5), G (6), H (7),
				E (8), F (9), G (10), H (11), E (12), F (13), G (14), H (15),
				E (16), F (17), G (18), H (19), E (20), F (21), G (22), H (23),
				E (24), A (25), A (26), A (27), A (28), A (29), E (30), A (31)
			})
		}

		Device (PEVT)
		{
			Name (_HID, "QEMU0001")
			Name (_UID, 0)
			Name (_STA, 0xf)
			Name (_CRS, ResourceTemplate ()
			{
				IO (Decode16, 0x505, 0x505, 1, 1)
			})
		}
	}
}
