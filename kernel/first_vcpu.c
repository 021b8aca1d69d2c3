/* SPDX-License-Identifier: MIT */
/*
 * The guest's first vCPU; see first_vcpu.h.
 */
#include "kernel/first_vcpu.h"
#include "ghcb.h"
#include "kernel/cpu.h"
#include "kernel/frames.h"
#include "kernel/layout.h"
#include "kernel/page_state.h"
#include "kernel/panic.h"

struct guest_svsm_info first_vcpu_svsm(const struct page_span *carve_out, uint64_t calling_area)
{
	struct guest_svsm_info svsm = {
		.base = REGION_GPA,
		.size = REGION_SIZE,
		.calling_area = calling_area,
		.vmpl = platform_facts()->guest_level,
	};

	if (carve_out->base == svsm.base + svsm.size)
		svsm.size += carve_out->size;
	return svsm;
}

struct vmsa *first_vcpu_save_area(void)
{
	return frames_need_save_area();
}

static void mark_calling_area(uint64_t address)
{
	struct gpa checked;
	uint8_t *entry;

	if (!guest_range_check(address, PAGE_SIZE, &checked, &entry))
		panic("the first calling area 0x%lx is no guest RAM", address);
	*entry = PAGE_STATE_GUEST | PAGE_STATE_CALLING_AREA;
}

void first_vcpu_create(struct vmsa *vmsa, uint64_t calling_area)
{
	struct cpu *cpu = this_cpu();
	struct vcpu *vcpu = vcpu_claim(&cpu->registry);

	if (platform_page_seal_own(va_of(vmsa)) != PAGE_OK)
		give_up(TERM_NACRE_PVALIDATE, "the guest's save area cannot be made");
	vcpu->save_area = spa_of(vmsa).value;
	vcpu->calling_area = calling_area;
	mark_calling_area(calling_area);
	platform_vcpu_register(cpu, vcpu->save_area);
	vcpu_open(vcpu);
	__atomic_store_n(&cpu->registry.offered, vcpu, __ATOMIC_RELEASE);
}
