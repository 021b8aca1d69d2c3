/* SPDX-License-Identifier: MIT */
/*
 * Reading the vTPM's manifest; see manifest_vtpm.h.
 */
#include "manifest_vtpm.h"

#include <inttypes.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "tools/common/key.h"

#define FIELDS 3
#define P256_SIZE 32

bool manifest_vtpm_is_bare(const struct blob *content)
{
	struct tpm_public public;
	struct tool_error error;

	return content->size && tpm_public_read(content, &public, &error) &&
	       public.bytes.size == content->size;
}

/* The key in @item, which must be a public area without a size in front of it. */
static bool take_public(const cbor_item_t *item, const char *name, struct tpm_public *public,
	struct tool_error *error)
{
	struct tool_error inner;
	struct blob bytes;

	if (!dcbor_get_bytes(item, &bytes))
		return fail_at(error, 0, "\"%s\" is no byte string", name);
	if (!tpm_public_read(&bytes, public, &inner))
		return fail_at(error, 0, "\"%s\": byte %u of the public area: %.200s", name,
			(unsigned int)inner.offset, inner.text);
	return public->bytes.size == bytes.size ||
	       fail_at(error, 0, "\"%s\" has a size in front of its public area", name);
}

/* Endorsement keys stand under the NV indices of their certificates (TCG's EK profile). */
static const struct {
	uint32_t index;
	uint16_t type, curve; /* TPM_ALG_RSA, or TPM_ALG_ECC on that curve */
} endorsement_keys[] = {
	{0x01c00002, TPM_ALG_RSA, 0},
	{0x01c0000a, TPM_ALG_ECC, TPM_ECC_NIST_P256},
	{0x01c00016, TPM_ALG_ECC, TPM_ECC_NIST_P384},
};
static_assert(ARRAY_SIZE(endorsement_keys) <= VTPM_EKS_MAX, "each has a place");

static bool take_ek(
	const cbor_item_t *map, size_t i, struct vtpm_identity *identity, struct tool_error *error)
{
	struct tpm_public *ek = &identity->eks[identity->ek_count];
	struct tool_error inner;

	if (!take_public(dcbor_get_int(map, endorsement_keys[i].index), "ek", ek, error))
		return false;
	if (ek->type != endorsement_keys[i].type || ek->curve != endorsement_keys[i].curve)
		return fail_at(error, 0, "\"ek\", 0x%08" PRIx32 ": a key of another kind, %s",
			endorsement_keys[i].index, tpm_public_kind(ek));
	if (!tpm_public_is_ek(ek, &inner))
		return fail_at(error, 0, "\"ek\", 0x%08" PRIx32 ": no endorsement key: %.200s",
			endorsement_keys[i].index, inner.text);
	identity->ek_count++;
	return true;
}

static bool take_eks(
	const cbor_item_t *map, struct vtpm_identity *identity, struct tool_error *error)
{
	if (!map || !cbor_isa_map(map) || cbor_map_size(map) != ARRAY_SIZE(endorsement_keys))
		return fail_at(
			error, 0, "\"ek\" is no map of %zu keys", ARRAY_SIZE(endorsement_keys));
	for (size_t i = 0; i < ARRAY_SIZE(endorsement_keys); i++) {
		if (!take_ek(map, i, identity, error))
			return false;
	}
	return true;
}

static bool take_ak(
	const cbor_item_t *item, struct vtpm_identity *identity, struct tool_error *error)
{
	struct tool_error inner;

	if (!take_public(item, "ak", &identity->ak, error))
		return false;
	if (!tpm_public_is_ak(&identity->ak, &inner))
		return fail_at(error, 0, "\"ak\" is no attestation key: %.200s", inner.text);
	identity->has_ak = true;
	return true;
}

/* SubjectPublicKeyInfo of a key on P-256, as libcrypto would write it again. */
static bool take_issuer(
	const cbor_item_t *item, struct vtpm_identity *identity, struct tool_error *error)
{
	struct blob bytes = {NULL, 0};
	const uint8_t *at;
	uint8_t *again = NULL;
	int size = -1;
	bool same;

	if (dcbor_get_bytes(item, &bytes)) {
		at = bytes.bytes;
		identity->issuer = d2i_PUBKEY(NULL, &at, (long)bytes.size);
	}
	if (identity->issuer && key_size(identity->issuer) == P256_SIZE)
		size = i2d_PUBKEY(identity->issuer, &again);
	same = size > 0 && (size_t)size == bytes.size && !memcmp(again, bytes.bytes, bytes.size);
	OPENSSL_free(again);
	ERR_clear_error();
	return same || fail_at(error, 0, "\"issuer\" is no SubjectPublicKeyInfo of a key on P-256");
}

static bool take_map(struct vtpm_identity *identity, struct tool_error *error)
{
	const cbor_item_t *map = identity->map;

	if (!cbor_isa_map(map) || cbor_map_size(map) != FIELDS)
		return fail_at(error, 0, "a CBOR map of %d fields was expected", FIELDS);
	return take_eks(dcbor_get_text(map, "ek"), identity, error) &&
	       take_ak(dcbor_get_text(map, "ak"), identity, error) &&
	       take_issuer(dcbor_get_text(map, "issuer"), identity, error);
}

static bool take_bare(
	const struct blob *body, struct vtpm_identity *identity, struct tool_error *error)
{
	struct tool_error inner;

	if (!tpm_public_read(body, &identity->eks[0], error))
		return false;
	if (!tpm_public_is_ek(&identity->eks[0], &inner))
		return fail_at(error, 4, "no endorsement key: %.200s", inner.text);
	identity->ek_count = 1;
	return true;
}

bool vtpm_identity_read(
	const struct blob *body, struct vtpm_identity *identity, struct tool_error *error)
{
	*identity = (struct vtpm_identity){.ek_count = 0};
	if (manifest_vtpm_is_bare(body))
		return take_bare(body, identity, error);
	identity->map = dcbor_decode(body->bytes, body->size, error);
	return identity->map && take_map(identity, error);
}

void vtpm_identity_free(struct vtpm_identity *identity)
{
	dcbor_free(identity->map);
	EVP_PKEY_free(identity->issuer);
	*identity = (struct vtpm_identity){.ek_count = 0};
}

bool manifest_vtpm_check(const struct blob *body, struct tool_error *error)
{
	struct vtpm_identity identity;
	bool ok = vtpm_identity_read(body, &identity, error);

	vtpm_identity_free(&identity);
	return ok;
}

static void append(struct buffer *text, const char *words)
{
	buffer_append(text, words, strlen(words));
}

void manifest_vtpm_describe(const struct blob *body, struct buffer *text)
{
	struct vtpm_identity identity;
	struct tool_error error;

	if (vtpm_identity_read(body, &identity, &error)) {
		append(text, "endorsement keys: ");
		for (size_t i = 0; i < identity.ek_count; i++) {
			append(text, i ? "; " : "");
			append(text, tpm_public_kind(&identity.eks[i]));
		}
		append(text, identity.has_ak ? "; attestation key: " : "");
		append(text, identity.has_ak ? tpm_public_kind(&identity.ak) : "");
	}
	vtpm_identity_free(&identity);
}

const struct tpm_public *vtpm_identity_ek(
	const struct vtpm_identity *identity, const struct blob *bytes)
{
	for (size_t i = 0; i < identity->ek_count; i++) {
		const struct blob *own = &identity->eks[i].bytes;

		if (own->size == bytes->size && !memcmp(own->bytes, bytes->bytes, bytes->size))
			return &identity->eks[i];
	}
	return NULL;
}
