/* SPDX-License-Identifier: MIT */
/*
 * Keys and certificates of the vTPM; see services/vtpm/identity.h.
 */
#include <stdio.h>
#include <string.h>

#include "services/vtpm/commands.h"
#include "services/vtpm/identity.h"
#include "services/vtpm/nv.h"
#include "services/vtpm/tpm.h"
#include "services/vtpm/tpm_commands.h"

/* Readable by anybody; written by the platform's firmware, which is us, until locked. */
#define CERTIFICATE_ATTRIBUTES                                                        \
	(TPMA_NV_PPWRITE | TPMA_NV_WRITEDEFINE | TPMA_NV_PPREAD | TPMA_NV_OWNERREAD | \
		TPMA_NV_AUTHREAD | TPMA_NV_NO_DA | TPMA_NV_PLATFORMCREATE)

static struct identity_key keys[KEY_COUNT];
static struct issuer_public issuer;
static struct tpm_facts facts;
static bool given_up, released;

const struct identity_key *identity_key(enum key_name name)
{
	return &keys[name];
}

const struct issuer_public *identity_issuer(void)
{
	return &issuer;
}

static bool run(const struct tpm_command *command, const uint8_t **answer, size_t *size)
{
	*size = tpm_command(command->bytes, command->size, answer);
	return response_code(*answer, *size) == TPM_RC_SUCCESS;
}

/* For commands whose answer says nothing more. */
static bool succeeds(const struct tpm_command *command)
{
	const uint8_t *answer;
	size_t size;

	return run(command, &answer, &size);
}

static bool get_property(uint32_t property, uint32_t *value)
{
	struct tpm_command command;
	const uint8_t *answer;
	size_t size;

	command_get_property(&command, property);
	return run(&command, &answer, &size) && response_property(answer, size, value);
}

/* Into an index made for it, in parts, and locked. */
static bool store_certificate(uint32_t index, const struct certificate *certificate)
{
	struct tpm_command command;

	command_nv_define(&command, index, CERTIFICATE_ATTRIBUTES, (uint16_t)certificate->size);
	if (!succeeds(&command))
		return false;
	for (size_t done = 0; done < certificate->size; done += TPM_NV_CHUNK) {
		size_t left = certificate->size - done;

		command_nv_write(&command, index, certificate->der + done,
			(uint16_t)(left < TPM_NV_CHUNK ? left : TPM_NV_CHUNK), (uint16_t)done);
		if (!succeeds(&command))
			return false;
	}
	command_nv_lock(&command, index);
	return succeeds(&command);
}

static bool certify(enum key_name name)
{
	const struct identity_key *key = &keys[name];
	const struct key_place *place = key_place(name);
	struct key_numbers numbers;
	struct certificate certificate;

	return key_read(key->object_public, key->size, &numbers) &&
	       issuer_certify(&numbers, place->signing, &facts, &certificate) &&
	       store_certificate(place->certificate, &certificate);
}

/* The transient object becomes a persistent one; it is gone in any case. */
static bool keep_object(uint32_t object, uint32_t persistent)
{
	struct tpm_command command;
	bool kept;

	command_evict(&command, object, persistent);
	kept = succeeds(&command);
	command_flush(&command, object);
	return succeeds(&command) && kept;
}

/* Leaves a transient object and its public part in @key. */
static bool create(enum key_name name, uint32_t *object, struct identity_key *key)
{
	uint8_t template[KEY_PUBLIC_MAX];
	struct tpm_command command;
	const uint8_t *answer, *object_public;
	size_t size, public_size;

	command_create_primary(&command, template, key_template(name, template));
	if (!run(&command, &answer, &size) ||
		!response_primary(answer, size, object, &object_public, &public_size) ||
		public_size > sizeof(key->object_public))
		return false;
	memcpy(key->object_public, object_public, public_size);
	key->size = public_size;
	return true;
}

static bool make_key(enum key_name name)
{
	uint32_t object;

	return create(name, &object, &keys[name]) &&
	       keep_object(object, key_place(name)->persistent) && certify(name);
}

/*
 * Clear sets resetCount back to zero, so that the guest's first Startup counts as the
 * first. The banks take effect with it. Before the keys, as it would take them.
 */
static bool prepare(void)
{
	struct tpm_command startup, clear, allocate;

	command_startup(&startup);
	command_clear(&clear);
	command_pcr_allocate(&allocate);
	return succeeds(&startup) && succeeds(&clear) && succeeds(&allocate) &&
	       get_property(TPM_PT_MANUFACTURER, &facts.manufacturer) &&
	       get_property(TPM_PT_FIRMWARE_VERSION_1, &facts.firmware_version);
}

bool identity_start(void)
{
	struct certificate own;
	const char *failed = NULL;

	if (!prepare())
		failed = "the TPM refuses what is done at manufacture";
	else if (!issuer_start(&own, &issuer) || !store_certificate(KEY_ISSUER_INDEX, &own))
		failed = "cannot make an issuing key with its certificate";
	for (enum key_name name = 0; name < KEY_EK_RSA2048 && !failed; name++) {
		if (!make_key(name))
			failed = "cannot make a key with its certificate";
	}
	if (failed)
		fprintf(stderr, "vtpm: no identity: %s\n", failed);
	return !failed;
}

/* A key that was made but has no certificate is not tried a second time. */
static void give_up(struct identity_key *key)
{
	given_up = true;
	key->size = 0;
	issuer_wipe();
	fprintf(stderr, "vtpm: no RSA endorsement key: its handle or NV index is taken\n");
}

bool identity_complete(void)
{
	struct identity_key *key = &keys[KEY_EK_RSA2048];
	const struct key_place *place = key_place(KEY_EK_RSA2048);
	struct identity_key made;
	uint32_t object;

	if (key->size || given_up)
		return key->size;
	if (!create(KEY_EK_RSA2048, &object, &made))
		return false;
	*key = made;
	if (keep_object(object, place->persistent) && certify(KEY_EK_RSA2048))
		issuer_wipe();
	else
		give_up(key);
	return key->size;
}

bool identity_release(void)
{
	struct tpm_command shutdown;
	bool done;

	if (released)
		return true;
	released = true;
	command_shutdown(&shutdown);
	done = succeeds(&shutdown) && tpm_reset();
	nv_retire();
	return done;
}
