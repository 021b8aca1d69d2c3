/* SPDX-License-Identifier: MIT */
/* Guest messages sealed and opened by mbedtls's GCM (message_crypto.h). */
#include "message_crypto.h"
#include <mbedtls/gcm.h>
#include <string.h>

#define AES_256_BITS 256U

static void message_iv(uint8_t iv[SNP_MSG_IV_SIZE], uint64_t sequence)
{
	memset(iv, 0, SNP_MSG_IV_SIZE);
	memcpy(iv, &sequence, sizeof(sequence));
}

static const uint8_t *message_aad(const struct snp_msg *page)
{
	return (const uint8_t *)page + SNP_MSG_AAD_OFFSET;
}

void message_header(struct snp_msg_header *header, uint8_t type, uint8_t vmpck, uint64_t sequence,
	uint16_t payload_size)
{
	memset(header, 0, sizeof(*header));
	header->sequence = sequence;
	header->algorithm = SNP_MSG_AES_256_GCM;
	header->header_version = SNP_MSG_HEADER_VERSION;
	header->header_size = sizeof(*header);
	header->type = type;
	header->version = SNP_MSG_VERSION;
	header->payload_size = payload_size;
	header->vmpck = vmpck;
}

/* A cipher with the key, and the message's IV; the caller frees it, whatever comes of it. */
static bool start(mbedtls_gcm_context *gcm, uint8_t iv[SNP_MSG_IV_SIZE], const struct snp_msg *page,
	const uint8_t key[VMPCK_SIZE])
{
	message_iv(iv, page->header.sequence);
	mbedtls_gcm_init(gcm);
	return page->header.payload_size <= SNP_MSG_PAYLOAD_MAX &&
	       !mbedtls_gcm_setkey(gcm, MBEDTLS_CIPHER_ID_AES, key, AES_256_BITS);
}

bool message_seal(struct snp_msg *page, const uint8_t key[VMPCK_SIZE], const void *payload)
{
	mbedtls_gcm_context gcm;
	uint8_t iv[SNP_MSG_IV_SIZE];
	bool done = start(&gcm, iv, page, key) &&
		    !mbedtls_gcm_crypt_and_tag(&gcm, MBEDTLS_GCM_ENCRYPT, page->header.payload_size,
			    iv, sizeof(iv), message_aad(page), SNP_MSG_AAD_SIZE, payload,
			    page->payload, SNP_MSG_TAG_SIZE, page->header.auth_tag);

	mbedtls_gcm_free(&gcm);
	return done;
}

bool message_unseal(const struct snp_msg *page, const uint8_t key[VMPCK_SIZE], void *payload)
{
	mbedtls_gcm_context gcm;
	uint8_t iv[SNP_MSG_IV_SIZE];
	bool done = start(&gcm, iv, page, key) &&
		    !mbedtls_gcm_auth_decrypt(&gcm, page->header.payload_size, iv, sizeof(iv),
			    message_aad(page), SNP_MSG_AAD_SIZE, page->header.auth_tag,
			    SNP_MSG_TAG_SIZE, page->payload, payload);

	mbedtls_gcm_free(&gcm);
	return done;
}
