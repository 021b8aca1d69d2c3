/* SPDX-License-Identifier: MIT */
/*
 * QEMU's HPET: the guest's, but for one hidden timer a vCPU, by which the host
 * leaves the guest at a certain time (upper_apic.c). It counts QEMU's virtual time:
 * under icount, instructions.
 */
#ifndef MACHINE_HPET_H
#define MACHINE_HPET_H

#include "vcpu.h"

#define HPET_BASE 0xfed00000UL
#define HPET_TICK_NS 10U

/* What a guest reads and writes there. */
uint64_t hpet_guest_read(uint64_t offset, uint64_t value);
/* The value to be written in place of the guest's. */
uint64_t hpet_guest_write(uint64_t offset, uint64_t value);

/* Nanoseconds on the clock that alarms go by; starts it with the first call. */
uint64_t hpet_now(void);
/* A kick (NMI) for @v at that time, or at once if it is past; replaces the last. */
void hpet_alarm(const struct vcpu *v, uint64_t ns);
void hpet_no_alarm(const struct vcpu *v);

#endif
