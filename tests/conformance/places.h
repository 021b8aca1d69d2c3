/* SPDX-License-Identifier: MIT */
/* Pages that a call must refuse, for the tests of every call that takes an address. */
#ifndef CONFORMANCE_PLACES_H
#define CONFORMANCE_PLACES_H

#include "pages.h"
#include "vmpl.h"

struct place {
	const char *what;
	uint64_t gpa; /* of a page */
};
#define MAX_PLACES 16U

/* Never the guest's memory: the paravisor's, devices, beyond RAM and beyond addresses. */
uint32_t foreign_places(struct place places[static MAX_PLACES]);
/*
 * The guest's addresses, but not its plain memory at this time: not validated,
 * shared, a registered VMSA.
 */
uint32_t unusable_places(struct place places[static MAX_PLACES]);

/* A VMSA page as vCPU @index could be started with; nothing knows of it yet. */
struct vmsa *vmsa_new(uint32_t index);
/* The same in a page of the caller's. */
void vmsa_make(struct vmsa *vmsa, uint32_t index);
/* A VMSA registered for the running vCPU beside its own, never to run, and its calling area. */
struct vmsa *vmsa_registered(uint64_t *calling_area);

#endif
