/* SPDX-License-Identifier: MIT */
/*
 * A guest message's header and sequence number as the SNP firmware checks them,
 * before and after the encryption (message_crypto.h).
 */
#include "message_crypto.h"
#include "secure_processor.h"
#include <string.h>

#define COUNT_MAX (UINT64_MAX - 2) /* a request and its response still fit */

static bool is_zero(const uint8_t *bytes, size_t size)
{
	uint8_t any = 0;

	while (size--)
		any |= *bytes++;
	return !any;
}

static bool reserved_is_zero(const struct snp_msg_header *h)
{
	return is_zero(h->auth_tag + SNP_MSG_TAG_SIZE, sizeof(h->auth_tag) - SNP_MSG_TAG_SIZE) &&
	       is_zero(h->reserved_28, sizeof(h->reserved_28)) && !h->reserved_38 &&
	       is_zero(h->reserved_3d, sizeof(h->reserved_3d));
}

static bool header_is_good(const struct snp_msg_header *h)
{
	return h->vmpck < VMPL_COUNT && h->algorithm == SNP_MSG_AES_256_GCM &&
	       h->header_version == SNP_MSG_HEADER_VERSION && h->header_size == sizeof(*h) &&
	       h->payload_size <= SNP_MSG_PAYLOAD_MAX && reserved_is_zero(h);
}

enum snp_firmware_error guest_message_open(const struct guest_channels *channels,
	const struct snp_msg *page, uint8_t payload[SNP_MSG_PAYLOAD_MAX])
{
	const struct snp_msg_header *h = &page->header;

	if (!header_is_good(h))
		return SNP_FW_INVALID_PARAM;
	if (channels->count[h->vmpck] > COUNT_MAX)
		return SNP_FW_AEAD_OFLOW;
	if (h->sequence != channels->count[h->vmpck] + 1)
		return SNP_FW_INVALID_PARAM;
	if (!message_unseal(page, channels->key[h->vmpck], payload))
		return SNP_FW_BAD_MEASUREMENT;
	return SNP_FW_SUCCESS;
}

enum snp_firmware_error guest_message_respond(struct guest_channels *channels,
	const struct snp_msg_header *request, const void *payload, uint16_t size,
	struct snp_msg *page)
{
	memset(page, 0, sizeof(*page));
	message_header(&page->header, (uint8_t)(request->type + 1), request->vmpck,
		request->sequence + 1, size);
	page->header.version = request->version;
	if (!message_seal(page, channels->key[request->vmpck], payload))
		return SNP_FW_HARDWARE;
	channels->count[request->vmpck] += 2;
	return SNP_FW_SUCCESS;
}
