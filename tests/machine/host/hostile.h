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
#include "hostile_ports.h"
#include "snp_guest.h"

void hostile_init(void);
bool hostile_on(void);

/* After an event was answered, before the answer is written. */
void hostile_reply(struct vcpu *v, uint64_t code, struct ghcb_reply *reply);
/* The answer of the MSR protocol to @request. */
uint64_t hostile_msr_reply(struct vcpu *v, uint64_t request, uint64_t answer);
/* A page state change list that the honest host has worked through. */
void hostile_psc(struct vcpu *v, struct psc_buffer *list);
/* Whether a page is to stay private that VMPL 0 wants shared. */
bool hostile_keeps_private(const struct vcpu *v);
/* Whether the creation of @target's @vmpl is to be forgotten. */
bool hostile_forgets_start(const struct vcpu *target, uint32_t vmpl);
/* Whether a request of VMPL 0 is to be answered as if it had been done. */
bool hostile_skips(struct vcpu *v, uint64_t code);
/* A message of VMPL 0's that the host gets to see, carried or not. */
void hostile_sees_message(struct vcpu *v, const struct snp_msg *message);
/*
 * The secure processor's @response, which VMPL 0 wants at @gpa: true if the host
 * has done there what it likes.
 */
bool hostile_response(struct vcpu *v, struct snp_msg *response, uint64_t gpa);
void hostile_responses_init(void);
void hostile_responses_before_entry(struct vcpu *v);
/* Before VMPL 0 is entered. */
void hostile_before_entry(struct vcpu *v);
/* After each of VMPL 0's instructions that was stepped for an injection. */
void hostile_stepped(struct vcpu *v);
/* A VMPL is left for another; true if it is not, since a trial was undone. */
bool hostile_leaving(struct vcpu *v);
/* An event of a lower VMPL: true if the host enters VMPL 0 instead of answering. */
bool hostile_spurious_entry(struct vcpu *v);
/* The guest halts: true if the host enters VMPL 0. */
bool hostile_spurious_halt(struct vcpu *v);
/* Whether the host does for the guest what only the paravisor may ask. */
bool hostile_obliging(void);

/* Whether a request's bits stay in its GHCB: what stands there is a request still. */
bool hostile_keeps_bitmap(void);
/* With that: ends the run when ring 3 of VMPL 0 has left with a request. */
void hostile_sees_request(struct vcpu *v, const struct ghcb_request *req);
/* Ports by which a test guest commands the host and asks it; false: not one of them. */
bool hostile_port_out(uint16_t port, uint32_t value);
bool hostile_port_in(uint16_t port, uint32_t *value);
/* fw_cfg data and sizes, as they leave the host: @nth read of the item; true if changed. */
bool hostile_fw_cfg(uint16_t selector, uint32_t nth, uint8_t *data, uint32_t size);
/* A finished transfer: may become an error; true if it is never told of. */
bool hostile_fw_cfg_dma(uint32_t *status, uint32_t error);
/* IGVM parameters, once made. */
void hostile_memory_map(void *map, uint32_t size);
/* @used: bytes of the honest table; how many to hand over. */
uint32_t hostile_madt(void *madt, uint32_t size, uint32_t used);
/* True if the host runs a guest on that has asked to be terminated. */
bool hostile_ignores_termination(struct vcpu *v, uint64_t set, uint64_t code);
/* Ends the run if VMPL 0 asks for anything else after that. */
void hostile_hold_to_termination(const struct vcpu *v, uint64_t request);

#endif
