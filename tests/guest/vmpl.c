/* SPDX-License-Identifier: MIT */
/* Save areas and contexts of other VMPLs (vmpl.h). */
#include "vmpl.h"

#include <string.h>

#include "check.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "nae.h"

#define CODE64_ATTRIBUTES 0xa9b
#define DATA_ATTRIBUTES 0xc93
#define BUSY_TSS_ATTRIBUTES 0x8b
#define LDT_ATTRIBUTES 0x82
#define FCW_RESET 0x37f

uint64_t vmsa_features(void)
{
	return rdmsr(MSR_SEV_STATUS) >> SEV_STATUS_FEATURES_SHIFT;
}

/* First instruction of every context that we make. */
static _Noreturn void context_entry(struct cpu *cpu)
{
	cpu->entry(cpu->arg);
	__atomic_store_n(&cpu->finished, true, __ATOMIC_SEQ_CST);
	for (;;) {
		if (guest.vmpl == 0 && cpu->vmpl != 0)
			ghcb_msr_run_vmpl(0);
		else
			halt();
	}
}

static void fill_segments(struct vmsa *vmsa, struct cpu *cpu)
{
	const struct vmsa_segment data = {SELECTOR_DATA, DATA_ATTRIBUTES, 0xffffffff, 0};

	vmsa->cs = (struct vmsa_segment){SELECTOR_CODE, CODE64_ATTRIBUTES, 0xffffffff, 0};
	vmsa->ds = vmsa->es = vmsa->ss = data;
	vmsa->fs.attributes = vmsa->gs.attributes = DATA_ATTRIBUTES;
	vmsa->gs.base = (uint64_t)cpu;
	vmsa->gdtr = (struct vmsa_segment){
		.limit = sizeof(cpu->gdt) - 1, .base = (uint64_t)cpu->gdt};
	vmsa->idtr = (struct vmsa_segment){.limit = trap_idt_limit(), .base = trap_idt_base()};
	vmsa->ldtr.attributes = LDT_ATTRIBUTES;
	vmsa->tr = (struct vmsa_segment){
		SELECTOR_TSS, BUSY_TSS_ATTRIBUTES, sizeof(cpu->tss) - 1, (uint64_t)&cpu->tss};
}

void vmsa_fill(struct vmsa *vmsa, struct cpu *cpu, void (*fn)(void *arg), void *arg)
{
	memset(vmsa, 0, sizeof(*vmsa));
	cpu->entry = fn;
	cpu->arg = arg;
	fill_segments(vmsa, cpu);
	vmsa->vmpl = (uint8_t)cpu->vmpl;
	vmsa->sev_features = vmsa_features();
	vmsa->efer = EFER_SVME | EFER_LME | EFER_LMA | EFER_NXE;
	vmsa->cr0 = read_cr0();
	vmsa->cr3 = read_cr3();
	vmsa->cr4 = read_cr4();
	vmsa->dr6 = DR6_RESET;
	vmsa->dr7 = DR7_RESET;
	vmsa->rflags = RFLAGS_FIXED;
	vmsa->rip = (uint64_t)context_entry;
	vmsa->rsp = cpu->stack_top - 8;
	vmsa->rdi = (uint64_t)cpu;
	vmsa->g_pat = PAT_RESET;
	vmsa->xcr0 = 1;
	vmsa->mxcsr = MXCSR_RESET;
	vmsa->x87_fcw = FCW_RESET;
	vmsa->x87_ftw = 0xffff;
}

uint64_t vmsa_mark(struct vmsa *vmsa, bool on)
{
	return rmpadjust(vmsa, RMP_SIZE_4K, rmp_attributes(1, 0) | (on ? RMPADJUST_VMSA : 0));
}

void vmpl_register(uint32_t vmpl, struct vmsa *vmsa)
{
	struct nae n;

	nae_ap_creation(
		&n, AP_CREATE_ON_INIT, vmpl, cpu_self()->apic_id, (uint64_t)vmsa, vmsa_features());
	if ((uint32_t)n.info1 != GHCB_RESULT_OK)
		check_abort("AP creation for VMPL %u: %lx %lx", vmpl, n.info1, n.info2);
}

struct vmsa *vmpl_create(uint32_t vmpl, void (*fn)(void *arg), void *arg)
{
	struct vmsa *vmsa = page_alloc_vmsa();
	uint64_t code;

	vmsa_fill(vmsa, cpu_new(cpu_self()->index, vmpl), fn, arg);
	code = vmsa_mark(vmsa, true);
	if (code != RMP_SUCCESS)
		check_abort("RMPADJUST of a VMSA: %lu", code);
	vmpl_register(vmpl, vmsa);
	return vmsa;
}

bool vmpl_enter(uint32_t vmpl)
{
	return ghcb_msr_run_vmpl(vmpl) == 0;
}
