/* SPDX-License-Identifier: MIT */
/*
 * CPUID of the guest's machine: QEMU's processor less what cannot work under
 * the machine (nested SVM, five-level paging), plus the SEV leaf and XSAVEC, which
 * the machine adds to QEMU's processor.
 */
#include "cpuid_page.h"
#include "core.h"
#include "npt.h"
#include "vcpu.h"
#include "x86.h"
#include "xsave.h"

#define MAX_STANDARD_LEAF 0xbU /* without XSAVE */
#define MAX_EXTENDED_LEAF 0x8000001fU

/* MONITOR, PDCM, PCID, TSC deadline; OSXSAVE is each guest's own CR4 to tell. */
#define LEAF1_ECX_HIDDEN (BIT(3) | BIT(15) | BIT(17) | BIT(24) | BIT(27))
#define LEAF1_ECX_XSAVE (BIT(12) | BIT(26) | BIT(28) | BIT(29)) /* FMA, XSAVE, AVX, F16C */
#define LEAF7_EBX_XSAVE BIT(5)                                  /* AVX2 */
#define LEAF7_ECX_XSAVE (BIT(9) | BIT(10))                      /* VAES, VPCLMULQDQ */
#define LEAF1_ECX_HYPERVISOR BIT(31)
#define LEAF1_ECX_AES (BIT(1) | BIT(25)) /* PCLMULQDQ, AES */
#define LEAF7_EBX_SHA BIT(29)
#define LEAF1_EDX_HIDDEN (BIT(7) | BIT(14)) /* MCE, MCA */
/* INVPCID, MPX, AVX-512; in ECX AVX-512, PKU, OSPKE, LA57. */
#define LEAF7_EBX_HIDDEN \
	(BIT(10) | BIT(14) | BIT(16) | BIT(17) | BIT(21) | BIT(28) | BIT(30) | BIT(31))
#define LEAF7_ECX_HIDDEN (BIT(1) | BIT(3) | BIT(4) | BIT(16))
#define XSAVE_KINDS (BIT(0) | BIT(2)) /* XSAVEOPT, XGETBV with ECX 1 */
#define XSAVE_KIND_XSAVEC BIT(1)
#define EXT1_ECX_HIDDEN (BIT(2) | BIT(12) | BIT(22)) /* SVM, SKINIT, topology extensions */
/*
 * Power management, EDX: as every processor with SNP has it, and as QEMU's TSC is, one
 * clock for all CPUs. Without it a Linux of several CPUs asks the HPET for the time.
 */
#define INVARIANT_TSC BIT(8)
/* The host is KVM, with a clock (host/kvm_clock.c) and no need to wait after port accesses. */
#define KVM_LEAF 0x40000000U
#define KVM_FEATURES 0x40000001U
#define KVM_FEATURE_NOP_IO_DELAY BIT(1)
#define KVM_FEATURE_CLOCKSOURCE2 BIT(3)
#define KVM_FEATURE_CLOCKSOURCE_STABLE BIT(24)
#define SEV_EAX (BIT(1) | BIT(3) | BIT(4) | BIT(5) | BIT(6) | BIT(10) | BIT(12) | BIT(14))
#define SEV_EBX_COHERENT BIT(31)
#define EXT8_EBX_INVLPGB BIT(3)
#define EXT8_EBX_IBPB BIT(12)

static uint32_t max_standard_leaf(void)
{
	return xsave_offered ? CPUID_XSAVE_LEAF : MAX_STANDARD_LEAF;
}

static struct cpuid_regs sev_leaf(void)
{
	struct cpuid_regs r = {.eax = (uint32_t)SEV_EAX};

	r.ebx = npt_c_bit() | 1U << 6 | (uint32_t)SEV_EBX_COHERENT;
	return r;
}

static void filter_leaf1(struct cpuid_regs *r, uint32_t apic_id)
{
	r->ebx = (r->ebx & 0x0000ffff) | cpu_count << 16 | apic_id << 24;
	r->ecx &= ~(uint32_t)(LEAF1_ECX_HIDDEN | (xsave_offered ? 0 : LEAF1_ECX_XSAVE));
	if (option_is("aes", "off"))
		r->ecx &= ~(uint32_t)LEAF1_ECX_AES;
	r->ecx |= (uint32_t)LEAF1_ECX_HYPERVISOR;
	r->edx &= ~(uint32_t)LEAF1_EDX_HIDDEN;
}

static void filter_leaf7(struct cpuid_regs *r, uint32_t subleaf)
{
	if (subleaf) {
		*r = (struct cpuid_regs){0};
		return;
	}
	r->eax = 0;
	r->ebx &= ~(uint32_t)(LEAF7_EBX_HIDDEN | (xsave_offered ? 0 : LEAF7_EBX_XSAVE));
	if (option_is("sha", "off"))
		r->ebx &= ~(uint32_t)LEAF7_EBX_SHA;
	r->ecx &= ~(uint32_t)(LEAF7_ECX_HIDDEN | (xsave_offered ? 0 : LEAF7_ECX_XSAVE));
	r->edx = 0;
}

static void filter_address_sizes(struct cpuid_regs *r)
{
	r->eax = (r->eax & ~0xffffU) | 48U << 8 | npt_c_bit();
	r->ebx = invlpgb.told ? (uint32_t)EXT8_EBX_INVLPGB : 0;
	if (barrier_offered())
		r->ebx |= (uint32_t)EXT8_EBX_IBPB;
	r->ecx = (r->ecx & ~0xffU) | (cpu_count - 1);
	r->edx = invlpgb.extra_pages;
}

/* Logical processors below package: threads 1, cores all. */
static struct cpuid_regs topology_leaf(uint32_t subleaf, uint32_t apic_id)
{
	uint32_t shift = cpu_count > 4 ? 3 : cpu_count > 2 ? 2 : cpu_count > 1 ? 1 : 0;

	switch (subleaf) {
	case 0:
		return (struct cpuid_regs){0, 1, 1 << 8, apic_id};
	case 1:
		return (struct cpuid_regs){shift, cpu_count, 2 << 8 | 1, apic_id};
	default:
		return (struct cpuid_regs){0, 0, subleaf, apic_id};
	}
}

uint32_t guest_xsave_size(uint64_t xfeatures)
{
	return (uint32_t)(XSAVE_AVX_OFFSET + (xfeatures & XFEATURE_AVX ? XSAVE_AVX_SIZE : 0));
}

/* As the page has it: sizes for XCR0 1 and XSS 0. One extended feature lies alike in both forms. */
static struct cpuid_regs xsave_leaf(uint32_t subleaf)
{
	uint32_t kinds = cpuid(CPUID_XSAVE_LEAF, 1).eax & (uint32_t)XSAVE_KINDS;

	switch (subleaf) {
	case 0:
		return (struct cpuid_regs){XFEATURES_OFFERED, guest_xsave_size(XFEATURE_X87),
			guest_xsave_size(XFEATURES_OFFERED), 0};
	case 1:
		return (struct cpuid_regs){
			kinds | (uint32_t)XSAVE_KIND_XSAVEC, guest_xsave_size(XFEATURE_X87), 0, 0};
	case 2:
		return (struct cpuid_regs){XSAVE_AVX_SIZE, XSAVE_AVX_OFFSET, 0, 0};
	default:
		return (struct cpuid_regs){0};
	}
}

/* QEMU answers a leaf beyond its last as Intel does: with the last basic one. */
static struct cpuid_regs own_cpuid(uint32_t leaf, uint32_t subleaf)
{
	if (leaf > cpuid(leaf & 0x80000000, 0).eax)
		return (struct cpuid_regs){0};
	return cpuid(leaf, subleaf);
}

static struct cpuid_regs basic_leaf(uint32_t leaf, uint32_t subleaf, uint32_t apic_id)
{
	struct cpuid_regs r = {0};

	if (leaf > max_standard_leaf())
		return r;
	r = own_cpuid(leaf, subleaf);
	if (leaf == 0)
		r.eax = max_standard_leaf();
	else if (leaf == 1)
		filter_leaf1(&r, apic_id);
	else if (leaf == 7)
		filter_leaf7(&r, subleaf);
	else if (leaf == 0xb)
		r = topology_leaf(subleaf, apic_id);
	else if (leaf == CPUID_XSAVE_LEAF)
		r = xsave_leaf(subleaf);
	else if (leaf == 5 || leaf == 6 || leaf == 0xa || leaf == 0xc)
		r = (struct cpuid_regs){0};
	return r;
}

static struct cpuid_regs extended_leaf(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid_regs r = {0};

	if (leaf > MAX_EXTENDED_LEAF)
		return r;
	if (leaf == CPUID_SEV_LEAF)
		return sev_leaf();
	if (leaf > 0x80000008 && leaf != 0x80000019)
		return r;
	r = own_cpuid(leaf, subleaf);
	if (leaf == 0x80000000)
		r.eax = MAX_EXTENDED_LEAF;
	else if (leaf == 0x80000001)
		r.ecx &= ~(uint32_t)EXT1_ECX_HIDDEN;
	else if (leaf == 0x80000008)
		filter_address_sizes(&r);
	else if (leaf == 0x80000007)
		r.edx |= INVARIANT_TSC;
	return r;
}

static struct cpuid_regs kvm_leaf(uint32_t leaf)
{
	struct cpuid_regs r = {0};

	if (leaf == KVM_LEAF)
		r = (struct cpuid_regs){KVM_FEATURES, 0x4b4d564b, 0x564b4d56, 0x4d}; /* KVMKVMKVM */
	else if (leaf == KVM_FEATURES)
		r.eax = (uint32_t)(KVM_FEATURE_NOP_IO_DELAY | KVM_FEATURE_CLOCKSOURCE2 |
				   KVM_FEATURE_CLOCKSOURCE_STABLE);
	return r;
}

struct cpuid_regs guest_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t apic_id)
{
	struct cpuid_regs r = {0};

	if (leaf == 0x8000001e)
		r.eax = apic_id, r.ebx = apic_id;
	else if (leaf >= 0x80000000)
		r = extended_leaf(leaf, subleaf);
	else if (leaf >= KVM_LEAF)
		r = kvm_leaf(leaf);
	else
		r = basic_leaf(leaf, subleaf, apic_id);
	return r;
}

static void add(struct snp_cpuid_page *page, uint32_t leaf, uint32_t subleaf)
{
	struct cpuid_regs r = guest_cpuid(leaf, subleaf, 0);
	struct snp_cpuid_entry *e = &page->entries[page->count++];

	e->eax_in = leaf;
	e->ecx_in = subleaf;
	e->xcr0_in = leaf == CPUID_XSAVE_LEAF && subleaf < 2 ? XFEATURE_X87 : 0;
	e->eax = r.eax;
	e->ebx = r.ebx;
	e->ecx = r.ecx;
	e->edx = r.edx;
}

void cpuid_page_fill(struct snp_cpuid_page *page)
{
	static const uint32_t with_subleaves[][2] = {
		{4, 4}, {7, 1}, {0xb, 2}, {0x8000001d, 4},
		{CPUID_XSAVE_LEAF, 3}, /* the last, since it may be left out */
	};
	size_t count = ARRAY_SIZE(with_subleaves) - !xsave_offered;

	memset(page, 0, sizeof(*page));
	for (uint32_t leaf = 0; leaf <= max_standard_leaf(); leaf++)
		if (leaf != 4 && leaf != 7 && leaf != 0xb && leaf != CPUID_XSAVE_LEAF)
			add(page, leaf, 0);
	add(page, KVM_LEAF, 0);
	add(page, KVM_FEATURES, 0);
	for (uint32_t leaf = 0x80000000; leaf <= 0x80000008; leaf++)
		add(page, leaf, 0);
	for (uint32_t leaf = 0x80000019; leaf <= MAX_EXTENDED_LEAF; leaf++)
		if (leaf != 0x8000001d)
			add(page, leaf, 0);
	for (size_t i = 0; i < count; i++)
		for (uint32_t sub = 0; sub < with_subleaves[i][1]; sub++)
			add(page, with_subleaves[i][0], sub);
}
