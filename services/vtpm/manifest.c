/* SPDX-License-Identifier: MIT */
/*
 * The vTPM's own manifest; see services/vtpm/manifest.h. Keys of maps stand in the
 * order of their encodings.
 */
#include "lib/cbor.h"
#include "services/vtpm/manifest.h"

/* Endorsement keys in the order of their NV indices. */
static const enum key_name endorsement[] = {KEY_EK_RSA2048, KEY_EK_P256, KEY_EK_P384};

size_t manifest_write(const struct identity_key *const keys[KEY_COUNT],
	const struct issuer_public *issuer, void *out, size_t room)
{
	struct cbor cbor;

	cbor_start(&cbor, out, room);
	cbor_map(&cbor, 3);
	cbor_text(&cbor, "ak");
	cbor_bytes(&cbor, keys[KEY_AK]->object_public, keys[KEY_AK]->size);
	cbor_text(&cbor, "ek");
	cbor_map(&cbor, ARRAY_SIZE(endorsement));
	for (size_t i = 0; i < ARRAY_SIZE(endorsement); i++) {
		const struct identity_key *key = keys[endorsement[i]];

		cbor_unsigned(&cbor, key_place(endorsement[i])->certificate);
		cbor_bytes(&cbor, key->object_public, key->size);
	}
	cbor_text(&cbor, "issuer");
	cbor_bytes(&cbor, issuer->der, issuer->size);
	return cbor.full ? 0 : (size_t)(cbor.at - (uint8_t *)out);
}
