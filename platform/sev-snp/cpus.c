/* SPDX-License-Identifier: MIT */
/*
 * The paravisor's own CPUs: their GHCBs, the save areas from which the host
 * starts them, and where an idle one waits.
 */
#include <string.h>

#include "kernel/cpu.h"
#include "kernel/exceptions.h"
#include "kernel/frames.h"
#include "kernel/image.h"
#include "kernel/paging.h"
#include "kernel/panic.h"
#include "kernel/smp.h"
#include "kernel/x86_insn.h"
#include "platform.h"
#include "platform/sev-snp/cpuid.h"
#include "platform/sev-snp/ghcb_page.h"
#include "platform/sev-snp/ghcb_msr.h"
#include "platform/sev-snp/insn.h"
#include "platform/sev-snp/snp_platform.h"
#include "x86.h"

/*
 * The first CPU's GHCB has never been validated, so it need only be made shared
 * on the host's side. It is reached by the bootstrap page table's shared mapping.
 */
void snp_claim_memory(const struct page_span *span)
{
	struct spa page = spa_of(&special_ghcb);
	struct ghcb *ghcb = va_pointer(va_add(va_of(&special_ghcb), BOOT_SHARED_OFFSET));

	ghcb_msr_negotiate(cpuid_c_bit());
	ghcb_msr_change_page(page.value, PSC_OP_SHARED);
	memset(ghcb, 0, sizeof(*ghcb));
	ghcb_msr_register(page);
	if (special_parameters.environment & IGVM_ENVIRONMENT_MEMORY_IS_SHARED)
		ghcb_change_pages(ghcb, page, span, 1, PSC_OP_PRIVATE);
}

/* Stage 2 has opened it; the MSR protocol has been used since. */
void platform_prepare_first_cpu(struct cpu *cpu)
{
	cpu->ghcb = &special_ghcb;
	write_msr(MSR_GHCB, spa_of(cpu->ghcb).value);
}

/*
 * To shared: rescind, then ask the host, then map without the C-bit.
 * Neighbouring pages, so that the host gets them all in one list.
 */
void platform_prepare_cpus(struct cpu *const *cpus, unsigned int count)
{
	struct ghcb *pages = frames_need(count);
	struct page_span span = {spa_of(pages).value, count * PAGE_SIZE};

	for (unsigned int i = 0; i < count; i++) {
		cpus[i]->ghcb = &pages[i];
		if (platform_page_rescind(va_of(&pages[i]), PAGE_4K) != PAGE_OK)
			wipe_and_terminate(TERM_NACRE_PVALIDATE);
	}
	platform_make_shared(&span, 1);
	for (unsigned int i = 0; i < count; i++) {
		paging_set_shared(va_of(&pages[i]));
		memset(&pages[i], 0, PAGE_SIZE);
	}
}

void platform_cpu_init(struct cpu *cpu)
{
	ghcb_msr_register(spa_of(cpu->ghcb));
}

/* 64-bit mode, on the CPU's own stack, with all its tables: cpu_entry(cpu). */
static void fill_vmsa(struct vmsa *vmsa, struct cpu *cpu)
{
	struct descriptor_pointer idt = descriptors_idt();

	vmsa->cs = (struct vmsa_segment){GDT_CODE, VMSA_ATTR_CODE_64, 0xffffffff, 0};
	vmsa->ss = (struct vmsa_segment){GDT_DATA, VMSA_ATTR_DATA, 0xffffffff, 0};
	vmsa->ds = vmsa->es = vmsa->fs = vmsa->gs = vmsa->ss;
	vmsa->gs.base = (uint64_t)cpu;
	vmsa->gdtr = (struct vmsa_segment){0, 0, sizeof(cpu->gdt) - 1, (uint64_t)cpu->gdt};
	vmsa->idtr = (struct vmsa_segment){0, 0, idt.limit, idt.base};
	vmsa->tr = (struct vmsa_segment){
		GDT_TSS, VMSA_ATTR_TSS_BUSY, sizeof(cpu->tss) - 1, (uint64_t)&cpu->tss};
	vmsa->vmpl = SNP_OWN_VMPL;
	vmsa->efer = EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE | EFER_SVME;
	vmsa->cr4 = snp_own_cr4();
	vmsa->cr3 = paging_root();
	vmsa->cr0 = snp_own_cr0();
	vmsa->dr7 = DR7_RESET;
	vmsa->dr6 = DR6_RESET;
	vmsa->rflags = RFLAGS_FIXED;
	vmsa->rip = (uint64_t)cpu_entry;
	vmsa->rsp = cpu->stack_top - sizeof(uint64_t); /* as after a call */
	vmsa->rdi = (uint64_t)cpu;
	vmsa->g_pat = PAT_RESET;
	vmsa->sev_features = platform_facts()->guest_features;
	vmsa->xcr0 = snp_own_xcr0();
	vmsa->mxcsr = MXCSR_RESET;
	vmsa->x87_fcw = 0x37f;
}

static void create_vcpu(uint32_t apic_id, unsigned int vmpl, unsigned int when, uint64_t save_area)
{
	volatile struct ghcb *ghcb = ghcb_own();

	ghcb_begin(ghcb, GHCB_EVENT_AP_CREATION,
		(uint64_t)apic_id << AP_CREATION_APIC_ID_SHIFT |
			(uint64_t)vmpl << AP_CREATION_VMPL_SHIFT | when,
		save_area);
	ghcb_put_rax(ghcb, platform_facts()->guest_features);
	ghcb_exit_or_give_up(ghcb, "the creation of a vCPU");
}

void platform_cpu_start(struct cpu *cpu)
{
	struct vmsa *vmsa = frames_need_save_area();

	fill_vmsa(vmsa, cpu);
	if (platform_page_seal_own(va_of(vmsa)) != PAGE_OK)
		wipe_and_terminate(TERM_NACRE_PVALIDATE);
	create_vcpu(cpu->apic_id, SNP_OWN_VMPL, AP_CREATE, spa_of(vmsa).value);
}

void platform_vcpu_register(const struct cpu *cpu, uint64_t save_area)
{
	create_vcpu(cpu->apic_id, SNP_GUEST_VMPL, AP_CREATE_ON_INIT, save_area);
}

/*
 * AP reset hold: AP creation for this CPU, whatever its VMPL, ends it. The
 * answer is not looked at, since a host that starts VMPL2 at once leaves
 * VMPL0 in the middle of this call until the guest makes its first one.
 */
void platform_cpu_hold(void)
{
	volatile struct ghcb *ghcb = ghcb_own();

	ghcb_begin(ghcb, GHCB_EVENT_AP_RESET_HOLD, 0, 0);
	vmgexit();
}
