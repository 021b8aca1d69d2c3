/* SPDX-License-Identifier: MIT */
/*
 * The identity's keys; see services/vtpm/keys.h.
 */
#include "services/vtpm/keys.h"
#include "services/vtpm/marshal.h"
#include "services/vtpm/tpm_commands.h"

#define EK_ATTRIBUTES                                                                           \
	(TPMA_OBJECT_FIXED_TPM | TPMA_OBJECT_FIXED_PARENT | TPMA_OBJECT_SENSITIVE_DATA_ORIGIN | \
		TPMA_OBJECT_ADMIN_WITH_POLICY | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT)
/* Quoting goes on while the TPM is locked out, so the key has no part in that. */
#define AK_ATTRIBUTES                                                                           \
	(TPMA_OBJECT_FIXED_TPM | TPMA_OBJECT_FIXED_PARENT | TPMA_OBJECT_SENSITIVE_DATA_ORIGIN | \
		TPMA_OBJECT_USER_WITH_AUTH | TPMA_OBJECT_NO_DA | TPMA_OBJECT_RESTRICTED |       \
		TPMA_OBJECT_SIGN)

/* PolicySecret(TPM_RH_ENDORSEMENT): PolicyA of the profile, SHA-256. */
static const uint8_t policy_a_sha256[] = {
	0x83,
	0x71,
	0x97,
	0x67,
	0x44,
	0x84,
	0xb3,
	0xf8,
	0x1a,
	0x90,
	0xcc,
	0x8d,
	0x46,
	0xa5,
	0xd7,
	0x24,
	0xfd,
	0x52,
	0xd7,
	0x6e,
	0x06,
	0x52,
	0x0b,
	0x64,
	0xf2,
	0xa1,
	0xda,
	0x1b,
	0x33,
	0x14,
	0x69,
	0xaa,
};
/* That, or what NV index 0x01c07f02 authorises: PolicyB of the profile, SHA-384. */
static const uint8_t policy_b_sha384[] = {
	0xb2,
	0x6e,
	0x7d,
	0x28,
	0xd1,
	0x1a,
	0x50,
	0xbc,
	0x53,
	0xd8,
	0x82,
	0xbc,
	0xf5,
	0xfd,
	0x3a,
	0x1a,
	0x07,
	0x41,
	0x48,
	0xbb,
	0x35,
	0xd3,
	0xb4,
	0xe4,
	0xcb,
	0x1c,
	0x0a,
	0xd9,
	0xbd,
	0xe4,
	0x19,
	0xca,
	0xcb,
	0x47,
	0xba,
	0x09,
	0x69,
	0x96,
	0x46,
	0x15,
	0x0f,
	0x9f,
	0xc0,
	0x00,
	0xf3,
	0xf8,
	0x0e,
	0x12,
};

static const struct key_place places[KEY_COUNT] = {
	[KEY_EK_P256] = {.persistent = 0x81010002, .certificate = 0x01c0000a},
	[KEY_EK_P384] = {.persistent = 0x81010016, .certificate = 0x01c00016},
	[KEY_AK] = {.persistent = 0x81010020, .certificate = 0x01c10002, .signing = true},
	[KEY_EK_RSA2048] = {.persistent = 0x81010001, .certificate = 0x01c00002},
};

const struct key_place *key_place(enum key_name name)
{
	return &places[name];
}

/* AES in CFB mode and no scheme, as a storage key has them. */
static void write_storage(struct tpm_writer *writer, uint16_t aes_bits)
{
	tpm_write16(writer, TPM_ALG_AES);
	tpm_write16(writer, aes_bits);
	tpm_write16(writer, TPM_ALG_CFB);
	tpm_write16(writer, TPM_ALG_NULL);
}

static void write_p256_ek(struct tpm_writer *writer)
{
	tpm_write16(writer, TPM_ALG_ECC);
	tpm_write16(writer, TPM_ALG_SHA256);
	tpm_write32(writer, EK_ATTRIBUTES);
	tpm_write_sized(writer, policy_a_sha256, sizeof(policy_a_sha256));
	write_storage(writer, 128);
	tpm_write16(writer, TPM_ECC_NIST_P256);
	tpm_write16(writer, TPM_ALG_NULL);
	tpm_write16(writer, 32);
	tpm_write_zeros(writer, 32);
	tpm_write16(writer, 32);
	tpm_write_zeros(writer, 32);
}

static void write_p384_ek(struct tpm_writer *writer)
{
	tpm_write16(writer, TPM_ALG_ECC);
	tpm_write16(writer, TPM_ALG_SHA384);
	tpm_write32(writer, EK_ATTRIBUTES | TPMA_OBJECT_USER_WITH_AUTH);
	tpm_write_sized(writer, policy_b_sha384, sizeof(policy_b_sha384));
	write_storage(writer, 256);
	tpm_write16(writer, TPM_ECC_NIST_P384);
	tpm_write16(writer, TPM_ALG_NULL);
	tpm_write16(writer, 0);
	tpm_write16(writer, 0);
}

static void write_rsa2048_ek(struct tpm_writer *writer)
{
	tpm_write16(writer, TPM_ALG_RSA);
	tpm_write16(writer, TPM_ALG_SHA256);
	tpm_write32(writer, EK_ATTRIBUTES);
	tpm_write_sized(writer, policy_a_sha256, sizeof(policy_a_sha256));
	write_storage(writer, 128);
	tpm_write16(writer, 2048);
	tpm_write32(writer, 0);
	tpm_write16(writer, 256);
	tpm_write_zeros(writer, 256);
}

static void write_ak(struct tpm_writer *writer)
{
	tpm_write16(writer, TPM_ALG_ECC);
	tpm_write16(writer, TPM_ALG_SHA256);
	tpm_write32(writer, AK_ATTRIBUTES);
	tpm_write16(writer, 0);
	tpm_write16(writer, TPM_ALG_NULL);
	tpm_write16(writer, TPM_ALG_ECDSA);
	tpm_write16(writer, TPM_ALG_SHA256);
	tpm_write16(writer, TPM_ECC_NIST_P256);
	tpm_write16(writer, TPM_ALG_NULL);
	tpm_write16(writer, 0);
	tpm_write16(writer, 0);
}

size_t key_template(enum key_name name, uint8_t out[KEY_PUBLIC_MAX])
{
	static void (*const write[KEY_COUNT])(struct tpm_writer *) = {
		[KEY_EK_P256] = write_p256_ek,
		[KEY_EK_P384] = write_p384_ek,
		[KEY_AK] = write_ak,
		[KEY_EK_RSA2048] = write_rsa2048_ek,
	};
	struct tpm_writer writer;

	tpm_write_start(&writer, out, KEY_PUBLIC_MAX);
	write[name](&writer);
	return tpm_written(&writer);
}

static const uint8_t *read_sized(struct tpm_reader *reader, size_t *size)
{
	*size = tpm_read16(reader);
	return tpm_read_bytes(reader, *size);
}

/* Passes what an absent algorithm does not have: @words words behind its name. */
static void pass_algorithm(struct tpm_reader *reader, unsigned int words)
{
	if (tpm_read16(reader) != TPM_ALG_NULL)
		tpm_read_bytes(reader, words * sizeof(uint16_t));
}

bool key_read(const uint8_t *object_public, size_t size, struct key_numbers *numbers)
{
	struct tpm_reader reader;

	*numbers = (struct key_numbers){0};
	tpm_read_start(&reader, object_public, size);
	numbers->type = tpm_read16(&reader);
	tpm_read16(&reader);
	tpm_read32(&reader);
	tpm_read_bytes(&reader, tpm_read16(&reader));
	pass_algorithm(&reader, 2);
	pass_algorithm(&reader, 1);
	if (numbers->type == TPM_ALG_ECC) {
		numbers->curve = tpm_read16(&reader);
		pass_algorithm(&reader, 1);
		numbers->first = read_sized(&reader, &numbers->first_size);
		numbers->second = read_sized(&reader, &numbers->second_size);
	} else if (numbers->type == TPM_ALG_RSA) {
		tpm_read16(&reader);
		tpm_read32(&reader);
		numbers->first = read_sized(&reader, &numbers->first_size);
	} else {
		return false;
	}
	return !reader.bad && reader.at == reader.end;
}
