/* SPDX-License-Identifier: MIT */
/*
 * In place of the machine's instructions (tests/machine/core/insn.h, whose guard this
 * takes): a test that is compiled with it says what they do.
 */
#ifndef MACHINE_INSN_H
#define MACHINE_INSN_H

#include <stdint.h>

uint64_t rdtsc(void);
uint32_t inl(uint16_t port);
uint8_t inb(uint16_t port);
void outb(uint16_t port, uint8_t value);

#endif
