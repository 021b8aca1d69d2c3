/* SPDX-License-Identifier: MIT */
/*
 * The guest's secrets and CPUID pages (kernel/guest_pages.h). Both start from
 * zero and take over what is named here, so that a field which a newer firmware
 * adds does not reach the guest by accident.
 */
#include <string.h>

#include "kernel/guest_pages.h"
#include "x86.h"

#define SVSM_MAX_VERSION 1U

static bool svsm_info_sound(const struct guest_svsm_info *svsm)
{
	return svsm->size != 0 && IS_ALIGNED(svsm->base, PAGE_SIZE) &&
	       IS_ALIGNED(svsm->size, PAGE_SIZE) && IS_ALIGNED(svsm->calling_area, PAGE_SIZE);
}

enum guest_pages_error guest_secrets_fill(
	struct snp_secrets *out, const struct snp_secrets *own, const struct guest_svsm_info *svsm)
{
	if (svsm->vmpl == 0 || svsm->vmpl >= VMPL_COUNT)
		return GUEST_PAGES_VMPL;
	if (!svsm_info_sound(svsm))
		return GUEST_PAGES_ADDRESS;

	memset(out, 0, sizeof(*out));
	out->version = own->version;
	out->flags = own->flags;
	out->fms = own->fms;
	memcpy(out->gosvw, own->gosvw, sizeof(out->gosvw));
	for (unsigned int vmpl = svsm->vmpl; vmpl < VMPL_COUNT; vmpl++)
		memcpy(out->vmpck[vmpl], own->vmpck[vmpl], VMPCK_SIZE);
	memcpy(out->vmsa_tweak_bitmap, own->vmsa_tweak_bitmap, sizeof(out->vmsa_tweak_bitmap));
	out->svsm_base = svsm->base;
	out->svsm_size = svsm->size;
	out->svsm_caa = svsm->calling_area;
	out->svsm_max_version = SVSM_MAX_VERSION;
	out->svsm_guest_vmpl = (uint8_t)svsm->vmpl;
	out->tsc_factor = own->tsc_factor;
	return GUEST_PAGES_OK;
}

static void copy_entry(struct snp_cpuid_entry *out, const struct snp_cpuid_entry *own)
{
	*out = *own;
	out->reserved = 0;
	if (out->eax_in == CPUID_SEV_LEAF)
		out->eax |= CPUID_SEV_EAX_SVSM_CAA;
}

enum guest_pages_error guest_cpuid_fill(
	struct snp_cpuid_page *out, const struct snp_cpuid_page *own)
{
	bool has_sev_leaf = false;

	if (own->count == 0 || own->count > SNP_CPUID_MAX)
		return GUEST_PAGES_COUNT;

	memset(out, 0, sizeof(*out));
	out->count = own->count;
	for (uint32_t i = 0; i < out->count; i++) {
		copy_entry(&out->entries[i], &own->entries[i]);
		has_sev_leaf |= own->entries[i].eax_in == CPUID_SEV_LEAF;
	}
	return has_sev_leaf ? GUEST_PAGES_OK : GUEST_PAGES_NO_SEV;
}
