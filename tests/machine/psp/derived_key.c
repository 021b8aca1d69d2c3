/* SPDX-License-Identifier: MIT */
/*
 * MSG_KEY: a key for the guest out of one that only the chip knows. The real
 * function is AMD's secret; this one is HMAC-SHA-384 over what was selected,
 * under a key made of the VCEK's.
 */
#include "secure_processor.h"
#include <mbedtls/md.h>
#include <string.h>

#define FIELDS_KNOWN                                                               \
	(SNP_KEY_FIELD_POLICY | SNP_KEY_FIELD_IMAGE_ID | SNP_KEY_FIELD_FAMILY_ID | \
		SNP_KEY_FIELD_MEASUREMENT | SNP_KEY_FIELD_GUEST_SVN | SNP_KEY_FIELD_TCB)

/* What goes into the key; a field that was not selected is zero. */
struct key_context {
	uint64_t fields;
	uint64_t vmpl;
	uint64_t policy;
	uint8_t image_id[16], family_id[16];
	uint8_t measurement[SNP_DIGEST_SIZE];
	uint64_t guest_svn;
	uint64_t tcb;
};

/* No part of @tcb may be above the chip's: each byte is a version of its own. */
static bool tcb_is_reached(uint64_t tcb, uint64_t chip)
{
	for (uint32_t shift = 0; shift < 64; shift += 8)
		if ((uint8_t)(tcb >> shift) > (uint8_t)(chip >> shift))
			return false;
	return true;
}

/* The root VMRK is a migration agent's, and there is none. */
static bool request_is_good(
	const struct secure_processor *p, uint32_t vmpck, const struct snp_key_req *req)
{
	return req->root_key_select == SNP_KEY_ROOT_VCEK && !req->reserved_4 &&
	       !(req->guest_field_select & ~FIELDS_KNOWN) && req->vmpl >= vmpck &&
	       req->vmpl < VMPL_COUNT && req->guest_svn <= p->launch.guest_svn &&
	       tcb_is_reached(req->tcb_version, p->chip.tcb);
}

static void fill_context(
	struct key_context *c, const struct launch_facts *launch, const struct snp_key_req *req)
{
	uint64_t fields = req->guest_field_select;

	memset(c, 0, sizeof(*c));
	c->fields = fields;
	c->vmpl = req->vmpl;
	if (fields & SNP_KEY_FIELD_POLICY)
		c->policy = launch->policy;
	if (fields & SNP_KEY_FIELD_IMAGE_ID)
		memcpy(c->image_id, launch->image_id, sizeof(c->image_id));
	if (fields & SNP_KEY_FIELD_FAMILY_ID)
		memcpy(c->family_id, launch->family_id, sizeof(c->family_id));
	if (fields & SNP_KEY_FIELD_MEASUREMENT)
		memcpy(c->measurement, launch->digest, sizeof(c->measurement));
	if (fields & SNP_KEY_FIELD_GUEST_SVN)
		c->guest_svn = req->guest_svn;
	if (fields & SNP_KEY_FIELD_TCB)
		c->tcb = req->tcb_version;
}

static int hmac(const uint8_t key[SNP_DIGEST_SIZE], const void *data, size_t size,
	uint8_t out[SNP_DIGEST_SIZE])
{
	return mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA384), key, SNP_DIGEST_SIZE,
		data, size, out);
}

void derived_key_answer(const struct secure_processor *p, uint32_t vmpck,
	const struct snp_key_req *req, struct snp_key_rsp *rsp)
{
	static const char label[] = "TEST chip: root of derived keys";
	uint8_t root[SNP_DIGEST_SIZE], key[SNP_DIGEST_SIZE];
	struct key_context context;

	rsp->status = SNP_MSG_INVALID_PARAMETERS;
	if (!request_is_good(p, vmpck, req))
		return;
	fill_context(&context, &p->launch, req);
	if (hmac(p->chip.vcek, label, sizeof(label), root) ||
		hmac(root, &context, sizeof(context), key))
		return;
	rsp->status = SNP_MSG_SUCCESS;
	memcpy(rsp->key, key, sizeof(rsp->key));
}
