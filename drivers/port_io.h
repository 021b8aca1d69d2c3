/* SPDX-License-Identifier: MIT */
/*
 * Port I/O as drivers use it; each platform implements it (under SEV-SNP by the
 * GHCB's IOIO event, one exit a call). A value read is the host's word and
 * is to be treated as hostile. A host that refuses the access ends the
 * paravisor, so these calls report no error.
 */
#ifndef NACRE_DRIVERS_PORT_IO_H
#define NACRE_DRIVERS_PORT_IO_H

#include "compiler.h"

void platform_io_write8(uint16_t port, uint8_t value);
void platform_io_write16(uint16_t port, uint16_t value);
void platform_io_write32(uint16_t port, uint32_t value);
uint8_t platform_io_read8(uint16_t port);
uint16_t platform_io_read16(uint16_t port);
uint32_t platform_io_read32(uint16_t port);

#endif
