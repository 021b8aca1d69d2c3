/* SPDX-License-Identifier: MIT */
/*
 * The hostile host: the honest one with lies. Which, the run's options say
 * (docs/machine.md lists them), or the guest itself orders them through ports,
 * so that an attack is written down in one place: the test guest. Without
 * host=hostile none of this acts.
 */
#ifndef MACHINE_HOSTILE_H
#define MACHINE_HOSTILE_H

#include "host.h"

void hostile_init(void);
bool hostile_on(void);

/* After an event was answered, before the answer is written. */
void hostile_reply(struct vcpu *v, uint64_t code, struct ghcb_reply *reply);
/* The answer of the MSR protocol to @request. */
uint64_t hostile_msr_reply(struct vcpu *v, uint64_t request, uint64_t answer);
/* A page state change list that the honest host has worked through. */
void hostile_psc(struct vcpu *v, struct psc_buffer *list);
/* Whether a start of @target is to be forgotten. */
bool hostile_forgets_start(const struct vcpu *target);
/* Before VMPL 0 is entered. */
void hostile_before_entry(struct vcpu *v);
/* After each of VMPL 0's instructions that was stepped for an injection. */
void hostile_stepped(struct vcpu *v);
/* An event of a lower VMPL: true if the host enters VMPL 0 instead of answering. */
bool hostile_spurious_entry(struct vcpu *v);
/* Ports by which a test guest commands the host; false: not one of them. */
bool hostile_port_out(uint16_t port, uint32_t value);
/* fw_cfg data and sizes, as they leave the host: @nth read of the item. */
void hostile_fw_cfg(uint16_t selector, uint32_t nth, uint8_t *data, uint32_t size);
/* IGVM parameters, once made. */
void hostile_memory_map(void *map, uint32_t size);
void hostile_madt(void *madt, uint32_t size);
/* True if the host runs a guest on that has asked to be terminated. */
bool hostile_ignores_termination(void);

/* Ports (32-bit writes): two arguments, then a command. */
#define HOSTILE_PORT_ARG0_LOW 0xe0
#define HOSTILE_PORT_ARG0_HIGH 0xe4
#define HOSTILE_PORT_ARG1 0xec
#define HOSTILE_PORT_COMMAND 0xf0

enum hostile_command {
	HOSTILE_SHARE = 1,       /* make page ARG0 shared now */
	HOSTILE_PRIVATE = 2,     /* take page ARG0 away and assign it anew, unvalidated */
	HOSTILE_REMAP = 3,       /* put the frame of page ARG1 (page number) at page ARG0 */
	HOSTILE_AT_ENTRY = 0x10, /* + a command: do it when VMPL 0 is entered next */
	HOSTILE_INJECT = 0x20,   /* event ARG0 (EVENTINJ), ARG1 instructions into VMPL 0 */
	HOSTILE_SPURIOUS = 0x21, /* enter VMPL 0 instead of answering the next event */
};

#endif
