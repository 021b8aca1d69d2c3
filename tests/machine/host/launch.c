/* SPDX-License-Identifier: MIT */
/*
 * The host brings a guest up: gives the IGVM file to the secure processor,
 * starts the first vCPU, and judges nested faults that reach it.
 */
#include "host.h"
#include "hostile.h"
#include "insn.h"
#include "npt.h"
#include "psp.h"
#include "timeline.h"

#define PIC1_MASK 0x21
#define PIC2_MASK 0xa1

/* KVM's address for the first VMSA; those of the others stand below it. */
uint64_t host_vmsa_page(uint64_t index)
{
	return VMSA_LAUNCH_GPA - index * PAGE_SIZE;
}

/* QEMU's firmware has run: its timer must not tick into a guest that knows of none. */
static void mask_legacy_interrupts(void)
{
	outb(PIC1_MASK, 0xff);
	outb(PIC2_MASK, 0xff);
}

void host_launch(void)
{
	struct machine_file igvm;

	mask_legacy_interrupts();
	hostile_init();
	fw_cfg_init();
	host_guest_request_init();
	if (option_is("legacy", "covered"))
		memory_cover_legacy();
	if (machine_file_read("opt/org.nacre/igvm", &igvm)) {
		igvm_launch(&igvm);
	} else {
		linux_launch();
		timeline_without_paravisor();
	}
	vcpus[0].context[0].vmsa_gpa = host_vmsa_page(0);
	vcpus[0].state = VCPU_RUNNING;
}

static const char *verdict_name(enum access_verdict verdict)
{
	switch (verdict) {
	case ACCESS_NOT_ASSIGNED:
		return "private access to a page that is shared";
	case ACCESS_FOREIGN:
		return "private access to a frame of another guest page";
	case ACCESS_PERMISSION:
		return "access without the VMPL's permission";
	case ACCESS_ASSIGNED:
		return "shared access to a page that is private";
	default:
		return "access";
	}
}

/*
 * The host splits an entry whose size is in the way, lets a writer of a running
 * VMSA try again, and gives required memory at its first touch. Anything else
 * would be a lie of its own or a mistake of the guest's: the run ends there.
 * npf=convert: the host changes the page to what the access wants, as QEMU does
 * under KVM; a frame of another page it assigns to this one.
 */
void host_npf(struct vcpu *v, uint64_t gpa, uint64_t info, enum access_verdict verdict)
{
	const struct context *c = vcpu_context(v);
	uint64_t gpn = gpa >> PAGE_SHIFT;

	if (info & NPF_SIZEM) {
		rmp_psmash(host_map(gpn));
		return;
	}
	if (verdict == ACCESS_INUSE) {
		vcpu_flush_others();
		return;
	}
	if (verdict == ACCESS_NOT_ASSIGNED && host_keep_promise(gpn))
		return;
	if (option_is("npf", "convert") &&
		(verdict == ACCESS_NOT_ASSIGNED || verdict == ACCESS_ASSIGNED)) {
		host_change_page(gpn, verdict == ACCESS_NOT_ASSIGNED, RMP_SIZE_4K);
		return;
	}
	if (option_is("npf", "convert") && verdict == ACCESS_FOREIGN) {
		rmp_psmash(host_map(gpn));
		rmp_update(host_map(gpn), gpn, true, RMP_SIZE_4K);
		return;
	}
	run_end("guest-fault vcpu %u vmpl %u rip %lx gpa %lx info %lx: %s", v->index, v->current,
		c->vmcb->rip, gpa, info, verdict_name(verdict));
}
