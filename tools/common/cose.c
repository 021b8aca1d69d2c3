/* SPDX-License-Identifier: MIT */
/*
 * Signing and verifying COSE_Sign1. What is signed is the Sig_structure of RFC
 * 9052, section 4.4, without external data.
 */
#include "tools/common/cose.h"

static int64_t algorithm_of(const EVP_PKEY *key)
{
	return key_size(key) == 32 ? COSE_ALG_ES256 : COSE_ALG_ES384;
}

static cbor_item_t *bytes_of(const struct blob *blob)
{
	return dcbor_bytes(blob->bytes, blob->size);
}

static struct blob blob_of(const struct buffer *buffer)
{
	return (struct blob){buffer->bytes, buffer->size};
}

static bool append_sig_structure(const struct blob *protected, const struct blob *payload,
	struct buffer *out, struct tool_error *error)
{
	cbor_item_t *structure = dcbor_array();
	bool ok;

	dcbor_add(structure, dcbor_text("Signature1"));
	dcbor_add(structure, bytes_of(protected));
	dcbor_add(structure, dcbor_bytes("", 0));
	dcbor_add(structure, bytes_of(payload));
	ok = dcbor_encode(structure, out, error);
	dcbor_free(structure);
	return ok;
}

static bool append_message(const struct blob *protected, const struct blob *payload,
	const struct blob *signature, struct buffer *out, struct tool_error *error)
{
	cbor_item_t *parts = dcbor_array(), *message;
	bool ok;

	dcbor_add(parts, bytes_of(protected));
	dcbor_add(parts, dcbor_map());
	dcbor_add(parts, bytes_of(payload));
	dcbor_add(parts, bytes_of(signature));
	message = dcbor_tag(COSE_TAG_SIGN1, parts);
	ok = dcbor_encode(message, out, error);
	dcbor_free(message);
	return ok;
}

static bool sign_with(const EVP_PKEY *key, const struct blob *protected, const struct blob *payload,
	struct buffer *out, struct tool_error *error)
{
	uint8_t bytes[ECDSA_SIZE_MAX];
	const struct blob signature = {bytes, 2 * key_size(key)};
	struct buffer signed_bytes = {0};
	bool ok;

	ok = append_sig_structure(protected, payload, &signed_bytes, error) &&
	     ecdsa_sign(key, signed_bytes.bytes, signed_bytes.size, bytes, error) &&
	     append_message(protected, payload, &signature, out, error);
	buffer_free(&signed_bytes);
	return ok;
}

bool cose_sign1(const EVP_PKEY *key, cbor_item_t *headers, const struct blob *payload,
	struct buffer *out, struct tool_error *error)
{
	struct buffer encoded = {0};
	struct blob protected;
	bool ok;

	if (!headers)
		headers = dcbor_map();
	dcbor_put_int(headers, COSE_HEADER_ALG, dcbor_int(algorithm_of(key)));
	ok = dcbor_encode(headers, &encoded, error);
	protected = blob_of(&encoded);
	ok = ok && sign_with(key, &protected, payload, out, error);
	dcbor_free(headers);
	buffer_free(&encoded);
	return ok;
}

/* Takes the four parts out of @message->root. */
static bool read_parts(struct cose_message *message, struct tool_error *error)
{
	cbor_item_t *parts;
	bool ok;

	if (!cbor_isa_tag(message->root) || cbor_tag_value(message->root) != COSE_TAG_SIGN1)
		return fail_at(error, 0, "expected a COSE_Sign1 with its tag 18");
	parts = cbor_tag_item(message->root);
	ok = cbor_isa_array(parts) && cbor_array_size(parts) == 4 &&
	     dcbor_get_bytes(dcbor_at(parts, 0), &message->protected) &&
	     cbor_isa_map(dcbor_at(parts, 1)) &&
	     dcbor_get_bytes(dcbor_at(parts, 2), &message->payload) &&
	     dcbor_get_bytes(dcbor_at(parts, 3), &message->signature);
	dcbor_free(parts);
	return ok || fail_at(error, 1,
			     "expected the array [protected, unprotected, payload, signature] of "
			     "COSE_Sign1, with its payload");
}

static bool read_headers(struct cose_message *message, struct tool_error *error)
{
	message->headers = dcbor_decode(message->protected.bytes, message->protected.size, error);
	if (!message->headers) {
		error->has_offset = false; /* it counts inside the byte string */
		return false;
	}
	if (!cbor_isa_map(message->headers))
		return fail_with(error, "expected a map as protected header of COSE_Sign1");
	if (dcbor_get_int(message->headers, COSE_HEADER_CRIT))
		return fail_with(error, "critical headers of COSE are not known here");
	return true;
}

bool cose_read(
	const uint8_t *bytes, size_t size, struct cose_message *message, struct tool_error *error)
{
	*message = (struct cose_message){.root = dcbor_decode(bytes, size, error)};
	if (!message->root)
		return false;
	if (read_parts(message, error) && read_headers(message, error))
		return true;
	cose_free(message);
	return false;
}

void cose_free(struct cose_message *message)
{
	dcbor_free(message->headers);
	dcbor_free(message->root);
	*message = (struct cose_message){0};
}

bool cose_verify(EVP_PKEY *key, const struct cose_message *message, struct tool_error *error)
{
	struct buffer signed_bytes = {0};
	bool good;

	if (!dcbor_is_int(dcbor_get_int(message->headers, COSE_HEADER_ALG), algorithm_of(key)))
		return fail_with(
			error, "COSE_Sign1 is not signed by the algorithm that fits the key");
	if (message->signature.size != 2 * key_size(key))
		return fail_with(error, "COSE signature has %zu bytes instead of %zu",
			message->signature.size, 2 * key_size(key));
	good = append_sig_structure(&message->protected, &message->payload, &signed_bytes, error);
	if (good &&
		!ecdsa_verify(key, signed_bytes.bytes, signed_bytes.size, message->signature.bytes))
		good = fail_with(error, "COSE signature is not the key's");
	buffer_free(&signed_bytes);
	return good;
}
