/* SPDX-License-Identifier: MIT */
/*
 * What a service may see of a guest vCPU's save area (class 3 of the system
 * calls): general registers and what they run in, by this list alone. Vector
 * registers, where guests have their keys, are not on it.
 */
#include "kernel/fault_access.h"
#include "platform.h"
#include "service.h"
#include "snp.h"
#include "x86.h"

#define FIELD(from, to)                                                            \
	{                                                                          \
		offsetof(struct vmsa, from), offsetof(struct service_vm_state, to) \
	}

static const struct {
	uint16_t from, to;
} fields[] = {
	FIELD(guest_exit_code, exit_code),
	FIELD(rip, rip),
	FIELD(rflags, rflags),
	FIELD(cr0, cr0),
	FIELD(cr3, cr3),
	FIELD(cr4, cr4),
	FIELD(efer, efer),
	FIELD(rax, rax),
	FIELD(rbx, rbx),
	FIELD(rcx, rcx),
	FIELD(rdx, rdx),
	FIELD(rsi, rsi),
	FIELD(rdi, rdi),
	FIELD(rbp, rbp),
	FIELD(rsp, rsp),
	FIELD(r8, r8),
	FIELD(r9, r9),
	FIELD(r10, r10),
	FIELD(r11, r11),
	FIELD(r12, r12),
	FIELD(r13, r13),
	FIELD(r14, r14),
	FIELD(r15, r15),
};
static_assert(sizeof(struct service_vm_state) == ARRAY_SIZE(fields) * sizeof(uint64_t),
	"nothing is left as it was");

/* Without EFER.SVME the host cannot run it (platform/sev-snp/vcpu.c). */
static bool stands_still(const struct vmsa *vmsa)
{
	uint64_t efer;

	return fault_copy(&efer, &vmsa->efer, sizeof(efer)) && !(efer & EFER_SVME);
}

bool platform_vcpu_registers(struct va state, struct service_vm_state *registers)
{
	const struct vmsa *vmsa = va_pointer(state);

	if (!stands_still(vmsa))
		return false;
	for (unsigned int i = 0; i < ARRAY_SIZE(fields); i++)
		if (!fault_copy((uint8_t *)registers + fields[i].to,
			    (const uint8_t *)vmsa + fields[i].from, sizeof(uint64_t)))
			return false;
	registers->efer |= EFER_SVME; /* as it is while it runs */
	return stands_still(vmsa);
}
