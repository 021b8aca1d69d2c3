/* SPDX-License-Identifier: MIT */
/*
 * The host's side of the emulated machine: what a hypervisor and its device
 * model do for an SNP guest. The guest trusts none of it. The processor calls
 * in through the functions below; the host reaches guest memory only through
 * host_memory(), which refuses private pages.
 */
#ifndef MACHINE_HOST_H
#define MACHINE_HOST_H

#include "ghcb.h"
#include "rmp.h"
#include "vcpu.h"

/* --- From the processor: exits --- */

void host_vmgexit(struct vcpu *v);
/* A nested fault that is the host's to judge. @info: EXITINFO1 with RMP bits. */
void host_npf(struct vcpu *v, uint64_t gpa, uint64_t info, enum access_verdict verdict);
void host_halt(struct vcpu *v);
/* An automatic exit: the guest has written CR0, CR4 or EFER. */
void host_write_trap(struct vcpu *v, uint32_t exit_code, uint64_t value);
void host_shutdown(struct vcpu *v);
/* mmio=direct: the guest reaches this device page, or its x2APIC, without the host. */
bool host_maps_device(uint64_t gpa);
bool host_maps_x2apic(const struct vcpu *v);
/* VMRUN refused the VMSA of @vmpl. */
void host_vmrun_failed(struct vcpu *v, uint32_t vmpl, const char *why);
/* The VMPL that device interrupts and the local APIC belong to. */
uint32_t host_interrupt_vmpl(void);
/* The local APIC of @v's processor is that VMPL's now, if it was not; before each entry. */
void host_settle_apic(struct vcpu *v);
/* The vector that the VMPL running on @v gets when it has IF set (V_IRQ); 0: none. */
uint32_t host_virtual_interrupt(const struct vcpu *v);
/* The processor has delivered it. */
void host_interrupt_taken(const struct vcpu *v, uint32_t vector);

/* --- Launch --- */
void host_launch(void);
/* --snp-linux: a bzImage at VMPL 0, no SVSM (linux.c). */
void linux_launch(void);
/* Where the VMSA of launch number @index is kept. */
uint64_t host_vmsa_page(uint64_t index);

/* --- Guest memory: shared pages only, within one page; NULL if private or no RAM --- */
void *host_memory(uint64_t gpa, uint64_t size);
/* The same across pages, copying. */
bool host_memory_read(uint64_t gpa, void *buffer, uint64_t size);
bool host_memory_write(uint64_t gpa, const void *buffer, uint64_t size);

/* --- The request that a VMGEXIT carries (ghcb.c) --- */

/* The GHCB's fields, copied once; `valid` as the guest marked them. */
struct ghcb_request {
	uint64_t code, info1, info2, scratch;
	uint64_t rax, rbx, rcx, rdx, xcr0, xss;
	uint8_t cpl;
	uint64_t valid[2];
};

struct ghcb_reply {
	uint64_t info1, info2;
	uint64_t rax, rbx, rcx, rdx;
	bool has_rax, has_rbx, has_rcx, has_rdx;
	bool no_bitmap; /* a hostile host's: nothing is marked valid */
	bool silent;    /* answered later, or the context was switched: write nothing */
};

static inline bool ghcb_is_valid(const uint64_t bitmap[2], uint32_t bit)
{
	return bitmap[bit / 64] >> (bit % 64) & 1;
}
#define GHCB_HAS(req, field) ghcb_is_valid((req)->valid, GHCB_VALID_BIT(field))

struct ghcb *ghcb_of(struct vcpu *v);
void ghcb_malformed(struct ghcb_reply *reply, uint64_t reason);
/* SW_EXITINFO2 as EVENTINJ: the guest is to take this exception. */
void ghcb_exception(struct ghcb_reply *reply, uint8_t vector);
/* Whether the scratch area has @size bytes of shared memory, up to 16 pages; else a reply. */
bool ghcb_scratch_area(
	struct vcpu *v, const struct ghcb_request *req, uint64_t size, struct ghcb_reply *reply);
/* A scratch area that lies within a page; NULL and a reply if it is bad. */
void *ghcb_scratch(
	struct vcpu *v, const struct ghcb_request *req, uint64_t size, struct ghcb_reply *reply);

/* --- Events, one file each --- */
void host_msr_protocol(struct vcpu *v, uint64_t request);
/* SEV information: what the GHCB MSR holds before the guest writes it. */
uint64_t host_sev_info(void);
void host_psc(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply);
/* Moves one page (4 KiB or 2 MiB) to @private; 0, or the RMPUPDATE result. */
uint32_t host_change_page(uint64_t gpn, bool private, uint32_t size);
/* Required memory: private when the guest first touches it, unless it asks before (required.c). */
void host_promise_private(uint64_t gpn);
/* True if it was promised; from now on it is a page like any other. */
bool host_forget_promise(uint64_t gpn);
/* A private access to a shared page: true if that was promised and is done now. */
bool host_keep_promise(uint64_t gpn);
void host_cpuid(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply);
void host_ioio(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply);
void host_msr(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply);
void host_mmio(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply);
void host_ap_creation(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply);
void host_ap_reset_hold(struct vcpu *v, bool msr_protocol);
void host_apic_id_list(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply);
/* Switches @v to @vmpl; false if there is nothing to run. */
bool host_run_vmpl(struct vcpu *v, uint32_t vmpl);
void host_doorbell(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply);
void host_hv_ipi(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply);
uint64_t host_features(void);
void host_guest_request_init(void);
void host_guest_request(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply);
void host_extended_guest_request(
	struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply);
/* Ends the run, unless a hostile host plays deaf. */
void host_terminate(struct vcpu *v, uint64_t set, uint64_t code);

/* INIT: @v takes up the VMSA that AP creation recorded for that. */
void host_init(struct vcpu *v);
/* Wakes @v from reset hold, as a start-up IPI or AP creation does. */
void host_wake_reset_hold(struct vcpu *v);

/* --- Local APIC (apic.c) --- */
bool apic_msr_read(struct vcpu *v, uint32_t msr, uint64_t *value);
bool apic_msr_write(struct vcpu *v, uint32_t msr, uint64_t value);
uint32_t apic_mmio_read(struct vcpu *v, uint32_t offset);
void apic_mmio_write(struct vcpu *v, uint32_t offset, uint32_t value);
/* The machine's own kick: an NMI to a processor. */
void apic_send_nmi(uint32_t apic_id);

/* --- The clock of KVM's guests (kvm_clock.c) --- */
void kvm_clock_init(void);
/* True if it is one of its MSRs. */
bool kvm_clock_msr_write(uint32_t msr, uint64_t value);

/* --- fw_cfg for the guest (fw_cfg.c) --- */
void fw_cfg_init(void);
void fw_cfg_select(uint16_t selector);
uint8_t fw_cfg_read_byte(void);
void fw_cfg_dma_high(uint32_t value);
void fw_cfg_dma_low(uint32_t value);
uint32_t fw_cfg_dma_signature(bool low);
/* Adds a named file; @data must stay. */
void fw_cfg_add_file(const char *name, const void *data, uint32_t size);

/* --- Parameters and tables the host describes its machine with --- */
uint32_t host_memory_map(void *buffer, uint32_t size); /* IGVM memory map; bytes used */
uint32_t host_madt(void *buffer, uint32_t size);
uint32_t host_device_tree(void *buffer, uint32_t size);

#endif
