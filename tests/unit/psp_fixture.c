/* SPDX-License-Identifier: MIT */
/* What the unit tests of the secure processor share (psp_fixture.h). */
#include "tests/unit/unit_test.h"

#include "tests/unit/psp_fixture.h"

#include <mbedtls/memory_buffer_alloc.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "message_crypto.h"

#define NUMBERS_BYTES 65536

struct secure_processor *fixture_processor(void)
{
	static struct secure_processor p;
	static uint8_t numbers[NUMBERS_BYTES] ALIGNED(16);
	static bool has_numbers;

	if (!has_numbers)
		mbedtls_memory_buffer_alloc_init(numbers, sizeof(numbers));
	has_numbers = true;
	memset(&p, 0, sizeof(p));
	p.random = fixture_random;
	p.report_version = 5;
	for (size_t i = 0; i < sizeof(p.channels.key); i++)
		((uint8_t *)p.channels.key)[i] = (uint8_t)i;
	memset(p.chip.vcek, 0x5a, sizeof(p.chip.vcek));
	memset(p.chip.vlek, 0x3c, sizeof(p.chip.vlek));
	memset(p.chip.chip_id, 0xc1, sizeof(p.chip.chip_id));
	p.chip.tcb = 0x4815000000000309;
	p.chip.cpuid_family = 0x19;
	p.chip.cpuid_model = 0x11;
	p.chip.cpuid_stepping = 2;
	return &p;
}

int fixture_random(void *context, unsigned char *out, size_t size)
{
	static uint64_t state = 1;

	(void)context;
	while (size--) {
		state = state * 6364136223846793005ULL + 1442695040888963407ULL;
		*out++ = (unsigned char)(state >> 56);
	}
	return 0;
}

enum snp_firmware_error fixture_ask(struct secure_processor *p, uint8_t type, uint8_t vmpck,
	const void *payload, uint16_t size, void *answer, uint16_t answer_size)
{
	static struct snp_msg request, response;
	static uint8_t plain[SNP_MSG_PAYLOAD_MAX];
	uint64_t count = p->channels.count[vmpck];
	enum snp_firmware_error error;

	message_header(&request.header, type, vmpck, count + 1, size);
	assert_true(message_seal(&request, p->channels.key[vmpck], payload));
	error = secure_processor_answer(p, &request, &response);
	if (error)
		return error;
	assert_int_equal(response.header.sequence, count + 2);
	assert_int_equal(response.header.type, type + 1);
	assert_int_equal(response.header.vmpck, vmpck);
	assert_int_equal(response.header.payload_size, answer_size);
	assert_int_equal(p->channels.count[vmpck], count + 2);
	assert_true(message_unseal(&response, p->channels.key[vmpck], plain));
	memcpy(answer, plain, answer_size);
	return SNP_FW_SUCCESS;
}

static void reversed(uint8_t *out, const uint8_t *little, size_t size)
{
	for (size_t i = 0; i < size; i++)
		out[i] = little[size - 1 - i];
}

static EVP_PKEY *load(const struct snp_public_key *key)
{
	uint8_t point[1 + 2 * CHIP_KEY_SIZE] = {4};
	OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char[]){"P-384"}, 0),
		OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point)),
		OSSL_PARAM_END,
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *pkey = NULL;

	reversed(point + 1, key->qx, CHIP_KEY_SIZE);
	reversed(point + 1 + CHIP_KEY_SIZE, key->qy, CHIP_KEY_SIZE);
	assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
	assert_int_equal(EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params), 1);
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

/* R and S as OpenSSL wants them, in DER; returns the length. */
static int encode(const struct snp_signature *signature, uint8_t **der)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	int size;

	ECDSA_SIG_set0(sig, BN_lebin2bn(signature->r, sizeof(signature->r), NULL),
		BN_lebin2bn(signature->s, sizeof(signature->s), NULL));
	size = i2d_ECDSA_SIG(sig, der);
	ECDSA_SIG_free(sig);
	return size;
}

bool fixture_verify(const struct snp_public_key *key, const void *data, size_t size,
	const struct snp_signature *signature)
{
	EVP_PKEY *pkey = load(key);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t *der = NULL;
	int der_size = encode(signature, &der);
	bool good;

	assert_int_equal(EVP_DigestVerifyInit(ctx, NULL, EVP_sha384(), NULL, pkey), 1);
	good = EVP_DigestVerify(ctx, der, (size_t)der_size, data, size) == 1;
	OPENSSL_free(der);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	return good;
}

void fixture_sha256(const void *data, size_t size, char text[65])
{
	uint8_t digest[32];

	EVP_Digest(data, size, digest, NULL, EVP_sha256(), NULL);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
}

void fixture_sha384(const void *data, size_t size, uint8_t out[SNP_DIGEST_SIZE])
{
	EVP_Digest(data, size, out, NULL, EVP_sha384(), NULL);
}
