/* SPDX-License-Identifier: MIT */
/* CPUID, MSR and MMIO events: what the host answers out of its own machine. */
#include "host.h"
#include "counters.h"
#include "cpuid_page.h"
#include "hpet.h"
#include "insn.h"
#include "iommu.h"
#include "x86.h"
#include "xsave.h"

#define MSR_MTRR_CAP 0xfe
#define MSR_MISC_ENABLE 0x1a0
#define MSR_MTRR_DEF_TYPE 0x2ff
#define MSR_MTRR_PHYS_FIRST 0x200
#define MSR_MTRR_PHYS_LAST 0x20f
#define MSR_MTRR_FIX_FIRST 0x250
#define MSR_MTRR_FIX_LAST 0x26f
#define MSR_MCG_CAP 0x179
#define MSR_MCG_STATUS 0x17a
#define MSR_MC_FIRST 0x400
#define MSR_MC_LAST 0x47f
#define MSR_PATCH_LEVEL 0x8b
#define MSR_SYSCFG 0xc0010010
#define MSR_HWCR 0xc0010015
#define MSR_DE_CFG 0xc0011029
#define MSR_LS_CFG 0xc0011020
#define DEVICES_FIRST 0xb0000000UL
#define MTRR_DEF_ENABLED_WB (BIT(11) | 6)

void host_cpuid(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply)
{
	struct cpuid_regs r;

	if (!GHCB_HAS(req, rax) || !GHCB_HAS(req, rcx) ||
		((uint32_t)req->rax == CPUID_XSAVE_LEAF && !GHCB_HAS(req, xcr0))) {
		ghcb_malformed(reply, GHCB_ERR_MISSING_INPUT);
		return;
	}
	r = guest_cpuid((uint32_t)req->rax, (uint32_t)req->rcx, v->apic_id);
	if (xsave_offered && (uint32_t)req->rax == CPUID_XSAVE_LEAF && (uint32_t)req->rcx < 2)
		r.ebx = guest_xsave_size(req->xcr0);
	reply->rax = r.eax;
	reply->rbx = r.ebx;
	reply->rcx = r.ecx;
	reply->rdx = r.edx;
	reply->has_rax = reply->has_rbx = reply->has_rcx = reply->has_rdx = true;
}

static bool in_range(uint32_t msr, uint32_t first, uint32_t last)
{
	return msr >= first && msr <= last;
}

/* MSRs that a guest reads to learn of a machine without the feature: zero. */
static bool reads_zero(uint32_t msr)
{
	return in_range(msr, MSR_MTRR_PHYS_FIRST, MSR_MTRR_PHYS_LAST) ||
	       in_range(msr, MSR_MTRR_FIX_FIRST, MSR_MTRR_FIX_LAST) ||
	       in_range(msr, MSR_MC_FIRST, MSR_MC_LAST) || msr == MSR_MCG_CAP ||
	       msr == MSR_MCG_STATUS || msr == MSR_MTRR_CAP || msr == MSR_PATCH_LEVEL ||
	       msr == MSR_SYSCFG || msr == MSR_HWCR || msr == MSR_DE_CFG || msr == MSR_LS_CFG ||
	       msr == MSR_MISC_ENABLE;
}

static bool msr_read(struct vcpu *v, uint32_t msr, uint64_t *value)
{
	if (apic_msr_read(v, msr, value))
		return true;
	*value = msr == MSR_MTRR_DEF_TYPE ? MTRR_DEF_ENABLED_WB : 0;
	return msr == MSR_MTRR_DEF_TYPE || reads_zero(msr);
}

static bool msr_write(struct vcpu *v, uint32_t msr, uint64_t value)
{
	return apic_msr_write(v, msr, value) || kvm_clock_msr_write(msr, value) ||
	       msr == MSR_MTRR_DEF_TYPE || reads_zero(msr);
}

void host_msr(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply)
{
	uint32_t msr = (uint32_t)req->rcx;
	uint64_t value;

	COUNT(msr);
	if (!GHCB_HAS(req, rcx) || req->info1 > 1 ||
		(req->info1 && (!GHCB_HAS(req, rax) || !GHCB_HAS(req, rdx)))) {
		ghcb_malformed(reply, GHCB_ERR_MISSING_INPUT);
		return;
	}
	if (req->info1) {
		value = (uint32_t)req->rax | req->rdx << 32;
		if (!msr_write(v, msr, value))
			ghcb_exception(reply, VEC_GP);
		return;
	}
	if (!msr_read(v, msr, &value)) {
		ghcb_exception(reply, VEC_GP);
		return;
	}
	reply->rax = (uint32_t)value;
	reply->rdx = value >> 32;
	reply->has_rax = reply->has_rdx = true;
}

/* A host learns of the guest's paging mode; this one has no use for it. */
void host_write_trap(struct vcpu *v, uint32_t exit_code, uint64_t value)
{
	TRACE(TRACE_HOST, "host: vcpu %u vmpl %u write trap %x value %lx\n", v->index, v->current,
		exit_code, value);
}

static bool is_apic(uint64_t gpa)
{
	return gpa >> PAGE_SHIFT == APIC_DEFAULT_BASE >> PAGE_SHIFT;
}

static uint64_t device_read(uint64_t pa, uint64_t size)
{
	switch (size) {
	case 1:
		return *(volatile uint8_t *)phys(pa);
	case 2:
		return *(volatile uint16_t *)phys(pa);
	case 4:
		return *(volatile uint32_t *)phys(pa);
	default:
		return *(volatile uint64_t *)phys(pa);
	}
}

static void device_write(uint64_t pa, uint64_t size, uint64_t value)
{
	switch (size) {
	case 1:
		*(volatile uint8_t *)phys(pa) = (uint8_t)value;
		break;
	case 2:
		*(volatile uint16_t *)phys(pa) = (uint16_t)value;
		break;
	case 4:
		*(volatile uint32_t *)phys(pa) = (uint32_t)value;
		break;
	default:
		*(volatile uint64_t *)phys(pa) = value;
	}
}

/* Device memory: outside RAM, and none of what the machine keeps for itself. */
static bool mmio_allowed(uint64_t gpa)
{
	return !gpn_is_ram(gpa >> PAGE_SHIFT) && gpa < machine_mmio_limit() &&
	       !(gpa >= IOMMU_BASE && gpa < IOMMU_BASE + PAGE_SIZE) &&
	       (gpa < machine_memory_base() || gpa >= machine_memory_end());
}

static bool is_hpet(uint64_t gpa)
{
	return gpa >> PAGE_SHIFT == HPET_BASE >> PAGE_SHIFT;
}

/* What q35 has around the region's window and below the firmware's: configuration space, PCI, I/O
 * APIC. */
bool host_maps_device(uint64_t gpa)
{
	return gpa >= DEVICES_FIRST && gpa < FIRMWARE_BASE && !is_apic(gpa) && !is_hpet(gpa) &&
	       mmio_allowed(gpa) && option_is("mmio", "direct");
}

static void mmio_read(struct vcpu *v, uint64_t gpa, uint64_t size, void *buffer)
{
	uint64_t value = ~0ULL;

	if (is_apic(gpa))
		value = apic_mmio_read(v, gpa & (PAGE_SIZE - 1));
	else if (mmio_allowed(gpa))
		value = device_read(gpa, size);
	if (is_hpet(gpa))
		value = hpet_guest_read(gpa - HPET_BASE, value);
	memcpy(buffer, &value, size);
}

static void mmio_write(struct vcpu *v, uint64_t gpa, uint64_t size, const void *buffer)
{
	uint64_t value = 0;

	memcpy(&value, buffer, size);
	if (is_hpet(gpa))
		value = hpet_guest_write(gpa - HPET_BASE, value);
	if (is_apic(gpa))
		apic_mmio_write(v, gpa & (PAGE_SIZE - 1), (uint32_t)value);
	else if (mmio_allowed(gpa))
		device_write(gpa, size, value);
}

void host_mmio(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply)
{
	uint64_t size = req->info2;
	void *buffer;

	COUNT(mmio);
	if (!size || size > 8 || (size & (size - 1)) || gpn_is_ram(req->info1 >> PAGE_SHIFT)) {
		ghcb_malformed(reply, GHCB_ERR_INVALID_INPUT);
		return;
	}
	buffer = ghcb_scratch(v, req, size, reply);
	if (!buffer)
		return;
	if (req->code == GHCB_EVENT_MMIO_READ)
		mmio_read(v, req->info1, size, buffer);
	else
		mmio_write(v, req->info1, size, buffer);
	iommu_check();
}
