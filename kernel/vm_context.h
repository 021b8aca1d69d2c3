/* SPDX-License-Identifier: MIT */
/*
 * What a service with class 3 may see of the guest: the registers of the vCPU
 * that a CPU serves, as long as that vCPU is in the paravisor and stands still.
 */
#ifndef NACRE_KERNEL_VM_CONTEXT_H
#define NACRE_KERNEL_VM_CONTEXT_H

#include "compiler.h"
#include "service.h"

/* False, and *@state undefined, unless that of CPU @context stands still; any CPU may ask. */
MUST_CHECK bool vm_context_read(unsigned int context, struct service_vm_state *state);

#endif
