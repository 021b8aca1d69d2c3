/* SPDX-License-Identifier: MIT */
/*
 * Reference values as a CoRIM (draft-ietf-rats-corim) under AMD's profile for
 * SEV-SNP (draft-deeglaze-amd-sev-snp-corim-profile, of 2025): one CoMID for each
 * launch, whose reference triples hold for reports signed by a VCEK and by a
 * VLEK alike. What the profile has no place for, the launch's variant and the
 * build's inputs, is under a key of our own, -1.
 */
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>

#include "reference.h"
#include "tools/common/cose.h"
#include "tools/common/hash.h"
#include "tools/common/text.h"

#define PROFILE "tag:amd.com,2025:snp-corim-profile"

enum cbor_tag {
	TAG_URI = 32,
	TAG_OID = 111,
	TAG_CORIM = 501,
	TAG_COMID = 506,
	TAG_SVN = 552,
	TAG_BYTES = 560,
};

/* Keys of the maps, named as in the drafts. */
enum {
	CORIM_ID = 0,
	CORIM_TAGS = 1,
	CORIM_PROFILE = 3,
	COMID_TAG_IDENTITY = 1,
	COMID_TRIPLES = 4,
	COMID_NACRE = -1,
	TAG_IDENTITY_ID = 0,
	TRIPLES_REFERENCE = 0,
	ENVIRONMENT_CLASS = 0,
	CLASS_ID = 0,
	MEASUREMENT_MKEY = 0,
	MEASUREMENT_MVAL = 1,
	MVAL_SVN = 1,
	MVAL_DIGESTS = 2,
	MVAL_RAW_VALUE = 4,
	COSE_CORIM_META = 8,
	CORIM_META_SIGNER = 0,
	SIGNER_NAME = 0,
};

/* The profile's measurement keys, one for each field of a report. */
enum mkey {
	MKEY_GUEST_SVN = 1,
	MKEY_POLICY = 2,
	MKEY_FAMILY_ID = 3,
	MKEY_IMAGE_ID = 4,
	MKEY_MEASUREMENT = 641,
	MKEY_ID_KEY_DIGEST = 643,
	MKEY_AUTHOR_KEY_DIGEST = 644,
};

#define NAMED_INFORMATION_SHA_384 7
#define NAMED_INFORMATION_SHA_256 1

/* Of a map of ours: launch and inputs. */
enum {
	NACRE_PLATFORM = 0,
	NACRE_SEV_FEATURES = 1,
	NACRE_VMSA = 2,
	NACRE_VMSAS = 3,
	NACRE_ORDER = 4,
	NACRE_IMAGE = 5,
	NACRE_IMAGE_DIGEST = 6,
	NACRE_INPUTS = 7,
	NACRE_SERVICES = 8,
};

static void add_measurement(cbor_item_t *claims, enum mkey mkey, int kind, cbor_item_t *value)
{
	cbor_item_t *measurement = dcbor_map(), *values = dcbor_map();

	dcbor_put_int(values, kind, value);
	dcbor_put_int(measurement, MEASUREMENT_MKEY, dcbor_uint(mkey));
	dcbor_put_int(measurement, MEASUREMENT_MVAL, values);
	dcbor_add(claims, measurement);
}

static cbor_item_t *digest_item(int64_t algorithm, const uint8_t *bytes, size_t size)
{
	cbor_item_t *digest = dcbor_array();

	dcbor_add(digest, dcbor_int(algorithm));
	dcbor_add(digest, dcbor_bytes(bytes, size));
	return digest;
}

static void add_digest(cbor_item_t *claims, enum mkey mkey, const uint8_t digest[SNP_DIGEST_SIZE])
{
	cbor_item_t *digests = dcbor_array();

	dcbor_add(digests, digest_item(NAMED_INFORMATION_SHA_384, digest, SNP_DIGEST_SIZE));
	add_measurement(claims, mkey, MVAL_DIGESTS, digests);
}

static void add_raw(cbor_item_t *claims, enum mkey mkey, const void *bytes, size_t size)
{
	add_measurement(
		claims, mkey, MVAL_RAW_VALUE, dcbor_tag(TAG_BYTES, dcbor_bytes(bytes, size)));
}

static cbor_item_t *claims_item(const struct reference_value *value)
{
	const struct igvm_snp_id_block *header = &value->block.header;
	cbor_item_t *claims = dcbor_array();

	if (value->block.present)
		add_measurement(claims, MKEY_GUEST_SVN, MVAL_SVN,
			dcbor_tag(TAG_SVN, dcbor_uint(header->guest_svn)));
	add_raw(claims, MKEY_POLICY, &value->policy, sizeof(value->policy));
	if (value->block.present) {
		add_raw(claims, MKEY_FAMILY_ID, header->family_id, sizeof(header->family_id));
		add_raw(claims, MKEY_IMAGE_ID, header->image_id, sizeof(header->image_id));
	}
	add_digest(claims, MKEY_MEASUREMENT, value->digest.value);
	if (value->block.present)
		add_digest(claims, MKEY_ID_KEY_DIGEST, value->block.id_key_digest);
	if (value->block.present && value->block.has_author)
		add_digest(claims, MKEY_AUTHOR_KEY_DIGEST, value->block.author_key_digest);
	return claims;
}

/*
 * 1.3.6.1.4.1.3704.3.1 by chip, .2 by cloud provider; with the OID's DER header,
 * as the profile has it (RFC 9090 would leave that out).
 */
static cbor_item_t *environment_item(uint8_t which)
{
	const uint8_t oid[] = {0x06, 0x09, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x9c, 0x78, 0x03, which};
	cbor_item_t *environment = dcbor_map(), *class = dcbor_map();

	dcbor_put_int(class, CLASS_ID, dcbor_tag(TAG_OID, dcbor_bytes(oid, sizeof(oid))));
	dcbor_put_int(environment, ENVIRONMENT_CLASS, class);
	return environment;
}

static cbor_item_t *triples_item(const struct reference_value *value)
{
	cbor_item_t *triples = dcbor_map(), *records = dcbor_array();

	for (uint8_t which = 1; which <= 2; which++) {
		cbor_item_t *record = dcbor_array();

		dcbor_add(record, environment_item(which));
		dcbor_add(record, claims_item(value));
		dcbor_add(records, record);
	}
	dcbor_put_int(triples, TRIPLES_REFERENCE, records);
	return triples;
}

static cbor_item_t *input_item(const struct input *input)
{
	cbor_item_t *item = dcbor_array();
	char text[65];
	uint8_t digest[32];

	snprintf(text, sizeof(text), "%.64s", input->sha256);
	dcbor_add(item, dcbor_text_of(input->name, (size_t)input->name_size));
	dcbor_add(item, dcbor_text_of(input->version, (size_t)input->version_size));
	if (hex_decode(text, digest, sizeof(digest))) /* always: inputs_check() saw to it */
		dcbor_add(item, digest_item(NAMED_INFORMATION_SHA_256, digest, sizeof(digest)));
	return item;
}

static cbor_item_t *inputs_item(const struct inputs *inputs)
{
	cbor_item_t *items = dcbor_array();
	struct inputs left = *inputs;
	struct input input;

	while (inputs_next(&left, &input))
		dcbor_add(items, input_item(&input));
	return items;
}

static cbor_item_t *service_item(const struct service_table_entry *entry)
{
	cbor_item_t *item = dcbor_array(), *classes = dcbor_array();

	for (unsigned int i = 0; i <= SERVICE_CLASS_INIT; i++) {
		if (entry->classes & SERVICE_CLASS_BIT(i))
			dcbor_add(classes, dcbor_uint(i));
	}
	dcbor_add(item, dcbor_text(entry->name));
	dcbor_add(item, dcbor_uint(entry->size));
	dcbor_add(
		item, digest_item(NAMED_INFORMATION_SHA_256, entry->sha256, sizeof(entry->sha256)));
	dcbor_add(item, classes);
	return item;
}

static cbor_item_t *services_item(const struct service_table *table)
{
	cbor_item_t *items = dcbor_array();

	for (uint32_t i = 0; i < table->count; i++)
		dcbor_add(items, service_item(&table->entries[i]));
	return items;
}

static cbor_item_t *nacre_item(const struct reference_value *value)
{
	const struct reference_image *image = value->image;
	cbor_item_t *item = dcbor_map();
	char vmsa[64];

	reference_vmsa_text(value, vmsa);
	dcbor_put_int(item, NACRE_PLATFORM, dcbor_text("sev-snp"));
	dcbor_put_int(item, NACRE_SEV_FEATURES, dcbor_uint(value->sev_features));
	dcbor_put_int(item, NACRE_VMSA, dcbor_text(vmsa));
	dcbor_put_int(item, NACRE_VMSAS, dcbor_uint(value->vmsas));
	dcbor_put_int(item, NACRE_ORDER, dcbor_text(launch_order_name(value->launch.order)));
	dcbor_put_int(item, NACRE_IMAGE, dcbor_text(image->name));
	dcbor_put_int(item, NACRE_IMAGE_DIGEST,
		digest_item(NAMED_INFORMATION_SHA_256, image->sha256, sizeof(image->sha256)));
	dcbor_put_int(item, NACRE_INPUTS, inputs_item(&image->inputs));
	if (image->services.count)
		dcbor_put_int(item, NACRE_SERVICES, services_item(&image->services));
	return item;
}

/* Unique and always the same: the image's hash and which launch of it this is. */
static cbor_item_t *tag_identity_item(const struct reference_value *value)
{
	cbor_item_t *identity = dcbor_map();
	char hash[65], text[160];

	hex_encode(value->image->sha256, sizeof(value->image->sha256), hash);
	snprintf(text, sizeof(text), "nacre-image:%s:%s:%u", hash,
		launch_order_name(value->launch.order), value->vmsas);
	dcbor_put_int(identity, TAG_IDENTITY_ID, dcbor_text(text));
	return identity;
}

static cbor_item_t *comid_item(const struct reference_value *value)
{
	cbor_item_t *comid = dcbor_map();

	dcbor_put_int(comid, COMID_TAG_IDENTITY, tag_identity_item(value));
	dcbor_put_int(comid, COMID_TRIPLES, triples_item(value));
	dcbor_put_int(comid, COMID_NACRE, nacre_item(value));
	return comid;
}

/* What of ours cannot be written has been refused before: this is for memory. */
static cbor_item_t *tags_item(const struct references *references, struct tool_error *error)
{
	cbor_item_t *tags = dcbor_array();

	for (size_t i = 0; i < references->value_count; i++) {
		cbor_item_t *comid = comid_item(&references->values[i]);
		struct buffer bytes = {0};
		bool ok = dcbor_encode(comid, &bytes, error);

		if (ok)
			dcbor_add(tags, dcbor_tag(TAG_COMID, dcbor_bytes(bytes.bytes, bytes.size)));
		buffer_free(&bytes);
		dcbor_free(comid);
		if (!ok) {
			dcbor_free(tags);
			return NULL;
		}
	}
	return tags;
}

/* "nacre-reference-values:" and the SHA-256 of the tags. */
static bool corim_id(const cbor_item_t *tags, char text[96], struct tool_error *error)
{
	struct buffer bytes = {0};
	uint8_t digest[32];
	char hash[65];

	if (!dcbor_encode(tags, &bytes, error)) {
		buffer_free(&bytes);
		return false;
	}
	sha256(bytes.bytes, bytes.size, digest);
	buffer_free(&bytes);
	hex_encode(digest, sizeof(digest), hash);
	snprintf(text, 96, "nacre-reference-values:%s", hash);
	return true;
}

static bool write_unsigned(
	const struct references *references, struct buffer *out, struct tool_error *error)
{
	cbor_item_t *tags = tags_item(references, error), *map, *corim;
	char id[96];
	bool ok;

	if (!tags)
		return false;
	if (!corim_id(tags, id, error)) {
		dcbor_free(tags);
		return false;
	}
	map = dcbor_map();
	dcbor_put_int(map, CORIM_ID, dcbor_text(id));
	dcbor_put_int(map, CORIM_TAGS, tags);
	dcbor_put_int(map, CORIM_PROFILE, dcbor_tag(TAG_URI, dcbor_text(PROFILE)));
	corim = dcbor_tag(TAG_CORIM, map);
	ok = dcbor_encode(corim, out, error);
	dcbor_free(corim);
	return ok;
}

/* {signer: {name}} as the byte string that corim-meta is. */
static cbor_item_t *meta_item(const char *signer, struct tool_error *error)
{
	cbor_item_t *meta = dcbor_map(), *map = dcbor_map(), *item = NULL;
	struct buffer bytes = {0};

	dcbor_put_int(map, SIGNER_NAME, dcbor_text(signer));
	dcbor_put_int(meta, CORIM_META_SIGNER, map);
	if (dcbor_encode(meta, &bytes, error))
		item = dcbor_bytes(bytes.bytes, bytes.size);
	buffer_free(&bytes);
	dcbor_free(meta);
	return item;
}

/* SHA-256 of the public key's SubjectPublicKeyInfo. */
static bool key_id(const EVP_PKEY *key, uint8_t id[32], struct tool_error *error)
{
	uint8_t *der = NULL;
	int size = i2d_PUBKEY(key, &der);

	if (size <= 0)
		return fail_with(error, "libcrypto cannot write the public key");
	sha256(der, (size_t)size, id);
	OPENSSL_free(der);
	return true;
}

static bool write_signed(const struct blob *payload, const EVP_PKEY *key, const char *signer,
	struct buffer *out, struct tool_error *error)
{
	cbor_item_t *headers, *meta;
	uint8_t id[32];

	if (!key_id(key, id, error))
		return false;
	meta = meta_item(signer, error);
	if (!meta)
		return false;
	headers = dcbor_map();
	dcbor_put_int(headers, COSE_HEADER_CONTENT_TYPE, dcbor_text("application/rim+cbor"));
	dcbor_put_int(headers, COSE_HEADER_KID, dcbor_bytes(id, sizeof(id)));
	dcbor_put_int(headers, COSE_CORIM_META, meta);
	return cose_sign1(key, headers, payload, out, error);
}

bool references_write_corim(const struct references *references, const EVP_PKEY *key,
	const char *signer, struct buffer *out, struct tool_error *error)
{
	struct buffer corim = {0};
	bool ok;

	if (!key)
		return write_unsigned(references, out, error);
	ok = write_unsigned(references, &corim, error) &&
	     write_signed(&(struct blob){corim.bytes, corim.size}, key, signer, out, error);
	buffer_free(&corim);
	return ok;
}
