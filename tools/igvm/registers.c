/* SPDX-License-Identifier: MIT */
/*
 * The main registers of a VP context, for the platforms whose contexts are a
 * fixed structure: the VMSA (SEV-SNP, SEV-ES) and the native one (native, SEV).
 */
#include "report.h"

#define VMSA_REG(label, field)                                                         \
	{                                                                              \
		label, offsetof(struct vmsa, field), sizeof(((struct vmsa *)0)->field) \
	}
#define NATIVE_REG(field)                                                   \
	{                                                                   \
#field, offsetof(struct igvm_native_vp_context, field),     \
			sizeof(((struct igvm_native_vp_context *)0)->field) \
	}
#define VMSA_SEGMENT(name)                                                              \
	VMSA_REG(#name, name.selector), VMSA_REG(#name ".attributes", name.attributes), \
		VMSA_REG(#name ".limit", name.limit), VMSA_REG(#name ".base", name.base)

static const struct report_register vmsa_registers[] = {
	VMSA_REG("rip", rip),
	VMSA_REG("rsp", rsp),
	VMSA_REG("rflags", rflags),
	VMSA_REG("efer", efer),
	VMSA_REG("cr0", cr0),
	VMSA_REG("cr3", cr3),
	VMSA_REG("cr4", cr4),
	VMSA_REG("xcr0", xcr0),
	VMSA_REG("dr6", dr6),
	VMSA_REG("dr7", dr7),
	VMSA_REG("g_pat", g_pat),
	VMSA_REG("mxcsr", mxcsr),
	VMSA_REG("x87_fcw", x87_fcw),
	VMSA_REG("vmpl", vmpl),
	VMSA_REG("sev_features", sev_features),
	VMSA_REG("virtual_tom", virtual_tom),
	VMSA_REG("rax", rax),
	VMSA_REG("rbx", rbx),
	VMSA_REG("rcx", rcx),
	VMSA_REG("rdx", rdx),
	VMSA_REG("rsi", rsi),
	VMSA_REG("rdi", rdi),
	VMSA_REG("rbp", rbp),
	VMSA_REG("cpl", cpl),
	VMSA_SEGMENT(cs),
	VMSA_SEGMENT(ds),
	VMSA_SEGMENT(es),
	VMSA_SEGMENT(ss),
	VMSA_SEGMENT(fs),
	VMSA_SEGMENT(gs),
	VMSA_SEGMENT(gdtr),
	VMSA_SEGMENT(idtr),
	VMSA_SEGMENT(ldtr),
	VMSA_SEGMENT(tr),
};

static const struct report_register native_registers[] = {
	NATIVE_REG(rip),
	NATIVE_REG(rsp),
	NATIVE_REG(rflags),
	NATIVE_REG(efer),
	NATIVE_REG(cr0),
	NATIVE_REG(cr3),
	NATIVE_REG(cr4),
	NATIVE_REG(gs_base),
	NATIVE_REG(rax),
	NATIVE_REG(rbx),
	NATIVE_REG(rcx),
	NATIVE_REG(rdx),
	NATIVE_REG(rsi),
	NATIVE_REG(rdi),
	NATIVE_REG(rbp),
	NATIVE_REG(r8),
	NATIVE_REG(idtr_base),
	NATIVE_REG(idtr_limit),
	NATIVE_REG(gdtr_base),
	NATIVE_REG(gdtr_limit),
	NATIVE_REG(code_selector),
	NATIVE_REG(code_attributes),
	NATIVE_REG(code_base),
	NATIVE_REG(code_limit),
	NATIVE_REG(data_selector),
	NATIVE_REG(data_attributes),
	NATIVE_REG(data_base),
	NATIVE_REG(data_limit),
};

size_t platform_registers(uint8_t platform, const struct report_register **registers)
{
	switch (platform) {
	case IGVM_PLATFORM_SEV_SNP:
	case IGVM_PLATFORM_SEV_ES:
		*registers = vmsa_registers;
		return ARRAY_SIZE(vmsa_registers);
	case IGVM_PLATFORM_NATIVE:
	case IGVM_PLATFORM_SEV:
		*registers = native_registers;
		return ARRAY_SIZE(native_registers);
	default:
		*registers = NULL;
		return 0;
	}
}

uint64_t register_value(const struct report_context *context, const struct report_register *reg)
{
	uint64_t value = 0;

	memcpy(&value, context->bytes + reg->offset, reg->size);
	return value;
}
