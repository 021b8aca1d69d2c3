/* SPDX-License-Identifier: MIT */
/*
 * MSG_REPORT: the attestation report in versions 2, 3 and 5, signed by the
 * chip's VCEK or VLEK.
 */
#include "secure_processor.h"
#include <string.h>

#define VERSION_WITH_CPUID 3U
#define VERSION_WITH_MIT_VECTORS 5U
#define PLATFORM_ECC BIT(2)
#define PLATFORM_ALIAS_CHECK BIT(5) /* told by the firmware that has version 3 and later */
#define MIT_VECTOR 1U               /* one mitigation, there since the launch */

static bool has_vlek(const struct secure_processor *p)
{
	uint8_t any = 0;

	for (size_t i = 0; i < CHIP_KEY_SIZE; i++)
		any |= p->chip.vlek[i];
	return any;
}

static enum snp_msg_status check(
	const struct secure_processor *p, uint32_t vmpck, const struct snp_report_req *req)
{
	if (req->vmpl < vmpck || req->vmpl >= VMPL_COUNT || req->key_select > SNP_KEY_SELECT_VLEK)
		return SNP_MSG_INVALID_PARAMETERS;
	for (size_t i = 0; i < sizeof(req->reserved_48); i++)
		if (req->reserved_48[i])
			return SNP_MSG_INVALID_PARAMETERS;
	if (req->key_select == SNP_KEY_SELECT_VLEK && !has_vlek(p))
		return SNP_MSG_INVALID_KEY_SELECTION;
	return SNP_MSG_SUCCESS;
}

static enum snp_report_signer signer(const struct secure_processor *p, uint32_t key_select)
{
	return key_select != SNP_KEY_SELECT_VCEK && has_vlek(p) ? SNP_SIGNER_VLEK : SNP_SIGNER_VCEK;
}

static void fill_launch(struct snp_report *r, const struct launch_facts *launch)
{
	r->guest_svn = launch->guest_svn;
	r->policy = launch->policy;
	memcpy(r->family_id, launch->family_id, sizeof(r->family_id));
	memcpy(r->image_id, launch->image_id, sizeof(r->image_id));
	memcpy(r->measurement, launch->digest, sizeof(r->measurement));
	memcpy(r->host_data, launch->host_data, sizeof(r->host_data));
	memcpy(r->id_key_digest, launch->id_key_digest, sizeof(r->id_key_digest));
	memcpy(r->author_key_digest, launch->author_key_digest, sizeof(r->author_key_digest));
	memcpy(r->report_id, launch->report_id, sizeof(r->report_id));
	memset(r->report_id_ma, 0xff, sizeof(r->report_id_ma));
	r->key_info = launch->author_key_enabled ? (uint32_t)SNP_REPORT_KEY_AUTHOR_EN : 0;
}

static void fill_chip(struct snp_report *r, const struct chip_identity *chip)
{
	static const struct snp_firmware_version firmware = {
		.build = PSP_ABI_BUILD, .minor = PSP_ABI_MINOR, .major = PSP_ABI_MAJOR};

	r->current_tcb = r->reported_tcb = r->committed_tcb = r->launch_tcb = chip->tcb;
	r->platform_info = PLATFORM_ECC;
	memcpy(r->chip_id, chip->chip_id, sizeof(r->chip_id));
	r->current = r->committed = firmware;
	if (r->version >= VERSION_WITH_CPUID) {
		r->platform_info |= PLATFORM_ALIAS_CHECK;
		r->cpuid_family = chip->cpuid_family;
		r->cpuid_model = chip->cpuid_model;
		r->cpuid_stepping = chip->cpuid_stepping;
	}
	if (r->version >= VERSION_WITH_MIT_VECTORS)
		r->launch_mit_vector = r->current_mit_vector = MIT_VECTOR;
}

void report_answer(const struct secure_processor *p, uint32_t vmpck,
	const struct snp_report_req *req, struct snp_report_rsp *rsp)
{
	struct snp_report *r = &rsp->report;
	enum snp_report_signer who = signer(p, req->key_select);

	rsp->status = check(p, vmpck, req);
	if (rsp->status)
		return;
	r->version = p->report_version;
	r->vmpl = req->vmpl;
	r->signature_algorithm = SNP_REPORT_ECDSA_P384_SHA384;
	memcpy(r->report_data, req->report_data, sizeof(r->report_data));
	fill_launch(r, &p->launch);
	fill_chip(r, &p->chip);
	r->key_info |= (uint32_t)who << SNP_REPORT_KEY_SIGNER_SHIFT;
	rsp->report_size = sizeof(*r);
	if (!p384_sign(who == SNP_SIGNER_VLEK ? p->chip.vlek : p->chip.vcek, r,
		    offsetof(struct snp_report, signature), &r->signature, p->random)) {
		memset(rsp, 0, sizeof(*rsp));
		rsp->status = SNP_MSG_INVALID_KEY_SELECTION; /* the identity's key is none */
	}
}
