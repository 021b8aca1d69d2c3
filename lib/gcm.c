/* SPDX-License-Identifier: MIT */
/*
 * AES-256-GCM (lib/gcm.h) over mbedtls.
 */
#include <mbedtls/gcm.h>
#include <mbedtls/platform_util.h>

#include "lib/fpu.h"
#include "lib/gcm.h"

#define KEY_BITS (8 * GCM_KEY_SIZE)

static mbedtls_gcm_context context;

static bool set_key(const uint8_t *key)
{
	mbedtls_gcm_init(&context);
	return mbedtls_gcm_setkey(&context, MBEDTLS_CIPHER_ID_AES, key, KEY_BITS) == 0;
}

bool gcm_seal(const struct gcm_frame *frame, const void *plain, void *sealed, size_t size,
	uint8_t tag[GCM_TAG_SIZE])
{
	bool done;

	fpu_begin();
	done = set_key(frame->key) &&
	       mbedtls_gcm_crypt_and_tag(&context, MBEDTLS_GCM_ENCRYPT, size, frame->iv,
		       GCM_IV_SIZE, frame->associated, frame->associated_size, plain, sealed,
		       GCM_TAG_SIZE, tag) == 0;
	fpu_end();
	gcm_wipe();
	return done;
}

bool gcm_open(const struct gcm_frame *frame, const void *sealed, void *plain, size_t size,
	const uint8_t tag[GCM_TAG_SIZE])
{
	bool done;

	fpu_begin();
	done = set_key(frame->key) &&
	       mbedtls_gcm_auth_decrypt(&context, size, frame->iv, GCM_IV_SIZE, frame->associated,
		       frame->associated_size, tag, GCM_TAG_SIZE, sealed, plain) == 0;
	fpu_end();
	gcm_wipe();
	if (!done)
		mbedtls_platform_zeroize(plain, size);
	return done;
}

void gcm_wipe(void)
{
	mbedtls_platform_zeroize(&context, sizeof(context));
}
