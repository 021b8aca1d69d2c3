/* SPDX-License-Identifier: MIT */
/*
 * Reading and verifying a TPM's signatures.
 */
#include "tpm_signature.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "tools/common/ecdsa_der.h"
#include "tpm_reader.h"

bool tpm_signature_read(
	const struct blob *blob, struct tpm_signature *signature, struct tool_error *error)
{
	struct tpm_reader reader = {.blob = *blob};

	*signature = (struct tpm_signature){.scheme = tpm_u16(&reader)};
	if (!reader.failed && !tpm_scheme_name(signature->scheme))
		return fail_at(error, 0,
			"scheme 0x%04x; a TPMT_SIGNATURE by ECDSA, RSASSA or RSA-PSS is expected "
			"(tpm2-tools write it by default)",
			signature->scheme);
	signature->hash = tpm_hash_find(tpm_u16(&reader));
	if (!reader.failed && !signature->hash)
		return fail_at(error, 2, "hash algorithm is none of SHA-256, SHA-384 and SHA-512");
	signature->r = tpm_sized(&reader);
	if (signature->scheme == TPM_ALG_ECDSA)
		signature->s = tpm_sized(&reader);
	return tpm_finish(&reader, "the signature", error);
}

const char *tpm_scheme_name(uint16_t scheme)
{
	switch (scheme) {
	case TPM_ALG_ECDSA:
		return "ECDSA";
	case TPM_ALG_RSASSA:
		return "RSASSA";
	case TPM_ALG_RSAPSS:
		return "RSA-PSS";
	default:
		return NULL;
	}
}

/*
 * TPMs make the salt as long as the hash or as the key has room for; libcrypto
 * finds out.
 */
static bool set_padding(EVP_PKEY_CTX *context, uint16_t scheme)
{
	if (scheme == TPM_ALG_RSASSA)
		return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
	return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_AUTO) == 1;
}

static BIGNUM *number(const struct blob *bytes)
{
	return BN_bin2bn(bytes->bytes, (int)bytes->size, NULL);
}

static bool is_made_by(
	EVP_PKEY *key, const struct tpm_signature *signature, const struct blob *message)
{
	const bool ecdsa = signature->scheme == TPM_ALG_ECDSA;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *key_context;
	struct blob bytes = signature->r;
	uint8_t *der = NULL;
	bool ok;

	if (ecdsa) {
		der = ecdsa_der(number(&signature->r), number(&signature->s), &bytes.size);
		bytes.bytes = der;
	}
	ok = context && bytes.size &&
	     EVP_DigestVerifyInit(context, &key_context, signature->hash->md(), NULL, key) == 1 &&
	     (ecdsa || set_padding(key_context, signature->scheme)) &&
	     EVP_DigestVerify(context, bytes.bytes, bytes.size, message->bytes, message->size) == 1;
	OPENSSL_free(der);
	EVP_MD_CTX_free(context);
	ERR_clear_error();
	return ok;
}

/* ECDSA's numbers may be shorter than the curve's: not all TPMs keep leading zeros. */
static bool check_sizes(const struct tpm_signature *signature, const struct tpm_public *public,
	struct tool_error *error)
{
	const bool rsa = public->type == TPM_ALG_RSA;
	const size_t size = rsa ? public->x.size : tpm_public_point_size(public);

	if (rsa ? signature->r.size == size
		: signature->r.size <= size && signature->s.size <= size)
		return true;
	return fail_with(error, "numbers of %zu and %zu bytes; the key's have %zu",
		signature->r.size, signature->s.size, size);
}

bool tpm_signature_verify(const struct tpm_signature *signature, const struct tpm_public *public,
	const struct blob *message, struct tool_error *error)
{
	EVP_PKEY *key;
	bool ok;

	if ((signature->scheme == TPM_ALG_ECDSA) != (public->type == TPM_ALG_ECC))
		return fail_with(error, "%s, and the key is %s", tpm_scheme_name(signature->scheme),
			tpm_public_kind(public));
	if (public->scheme != TPM_ALG_NULL && (public->scheme != signature->scheme ||
						      public->scheme_hash != signature->hash->alg))
		return fail_with(error, "another scheme or hash than the key is fixed to");
	if (!check_sizes(signature, public, error))
		return false;
	key = tpm_public_key(public);
	if (!key)
		return fail_with(error, "the key's numbers are no key");
	ok = is_made_by(key, signature, message);
	EVP_PKEY_free(key);
	return ok || fail_with(error, "NOT made by the attestation key");
}
