/* SPDX-License-Identifier: MIT */
/*
 * Encoding and decoding of guest messages; see guest_message.h. Used by
 * guest_request.c.
 */
#include <string.h>

#include "lib/gcm.h"
#include "platform/sev-snp/guest_message.h"

static_assert(SNP_MSG_TAG_SIZE == GCM_TAG_SIZE && SNP_MSG_IV_SIZE == GCM_IV_SIZE &&
		      VMPCK_SIZE == GCM_KEY_SIZE,
	"messages are AES-256-GCM");

struct snp_msg_header guest_message_header(
	enum snp_msg_type type, uint8_t vmpck, uint64_t sequence, uint16_t payload_size)
{
	return (struct snp_msg_header){
		.sequence = sequence,
		.algorithm = SNP_MSG_AES_256_GCM,
		.header_version = SNP_MSG_HEADER_VERSION,
		.header_size = sizeof(struct snp_msg_header),
		.type = (uint8_t)type,
		.version = SNP_MSG_VERSION,
		.payload_size = payload_size,
		.vmpck = vmpck,
	};
}

/* @iv is where the frame's initialization vector is to stand. */
static struct gcm_frame frame_of(
	const struct snp_msg_header *header, const uint8_t *key, uint8_t iv[SNP_MSG_IV_SIZE])
{
	memset(iv, 0, SNP_MSG_IV_SIZE);
	memcpy(iv, &header->sequence, sizeof(header->sequence));
	return (struct gcm_frame){
		.key = key,
		.iv = iv,
		.associated = (const uint8_t *)header + SNP_MSG_AAD_OFFSET,
		.associated_size = SNP_MSG_AAD_SIZE,
	};
}

bool guest_message_seal(struct snp_msg_header *header, const uint8_t key[VMPCK_SIZE],
	const void *plain, void *sealed)
{
	uint8_t iv[SNP_MSG_IV_SIZE];
	struct gcm_frame frame = frame_of(header, key, iv);

	return gcm_seal(&frame, plain, sealed, header->payload_size, header->auth_tag);
}

/* Reserved bytes outside the authenticated ones say nothing and are not looked at. */
static bool answers(const struct snp_msg_header *answer, const struct snp_msg_header *request)
{
	return answer->sequence == request->sequence + 1 &&
	       answer->algorithm == SNP_MSG_AES_256_GCM &&
	       answer->header_version == SNP_MSG_HEADER_VERSION &&
	       answer->header_size == sizeof(*answer) && answer->type == request->type + 1 &&
	       answer->version == request->version && answer->vmpck == request->vmpck;
}

bool guest_message_open(const struct snp_msg_header *answer, const struct snp_msg_header *request,
	const uint8_t key[VMPCK_SIZE], const void *sealed, void *plain, size_t room)
{
	uint8_t iv[SNP_MSG_IV_SIZE];
	struct gcm_frame frame = frame_of(answer, key, iv);

	if (!answers(answer, request) || answer->payload_size > room)
		return false;
	return gcm_open(&frame, sealed, plain, answer->payload_size, answer->auth_tag);
}

size_t guest_message_certificates(const uint8_t *table, size_t room)
{
	static const struct snp_cert_entry last;
	struct snp_cert_entry entry;
	size_t size = 0;

	for (size_t at = 0; at + sizeof(entry) <= room; at += sizeof(entry)) {
		memcpy(&entry, table + at, sizeof(entry));
		if (!memcmp(entry.guid, last.guid, sizeof(entry.guid)))
			return size;
		if (entry.offset > room || entry.length > room - entry.offset)
			return 0;
		if (size < entry.offset + entry.length)
			size = entry.offset + entry.length;
	}
	return 0;
}
