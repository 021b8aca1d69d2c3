/* SPDX-License-Identifier: MIT */
/*
 * MakeCredential, without a TPM.
 */
#include "tpm_credential.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <string.h>

#include "tools/common/key.h"

/* Of the file that tpm2_makecredential writes and tpm2_activatecredential reads. */
#define FILE_MAGIC 0xbadcc0deU
#define FILE_VERSION 1U

#define LABEL_IDENTITY "IDENTITY"
#define LABEL_STORAGE "STORAGE"
#define LABEL_INTEGRITY "INTEGRITY"
#define ENCRYPTED_SECRET_MAX (TPM_RSA_BITS_MAX / 8)

static void put_u32(struct buffer *out, uint32_t value)
{
	const uint8_t bytes[] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16),
		(uint8_t)(value >> 8), (uint8_t)value};

	buffer_append(out, bytes, sizeof(bytes));
}

/* TPM2B */
static void put_sized(struct buffer *out, const void *bytes, size_t size)
{
	const uint8_t head[] = {(uint8_t)(size >> 8), (uint8_t)size};

	buffer_append(out, head, sizeof(head));
	buffer_append(out, bytes, size);
}

static struct blob number_blob(uint8_t bytes[4], uint32_t value)
{
	for (int i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(value >> (24 - 8 * i));
	return (struct blob){bytes, 4};
}

/* Labels count with their NUL. */
static struct blob label_blob(const char *label)
{
	return (struct blob){(const uint8_t *)label, strlen(label) + 1};
}

void tpm_kdfa(const struct tpm_hash *hash, const uint8_t *key, const char *label,
	const struct blob *context, unsigned int bits, uint8_t out[TPM_DIGEST_MAX])
{
	uint8_t counter[4], size[4];
	const struct blob pieces[] = {
		number_blob(counter, 1), label_blob(label), *context, number_blob(size, bits)};

	tpm_hmac(hash, key, pieces, ARRAY_SIZE(pieces), out);
}

void tpm_kdfe(const struct tpm_hash *hash, const struct blob *z, const char *label,
	const struct blob *u, const struct blob *v, uint8_t out[TPM_DIGEST_MAX])
{
	uint8_t counter[4];
	const struct blob pieces[] = {number_blob(counter, 1), *z, label_blob(label), *u, *v};

	tpm_hash_pieces(hash, pieces, ARRAY_SIZE(pieces), out);
}

/* A seed, and what tells the TPM of it: the content of TPM2B_ENCRYPTED_SECRET. */
struct seed {
	uint8_t bytes[TPM_DIGEST_MAX];
	struct buffer encrypted;
};

static bool encrypt_oaep(EVP_PKEY_CTX *context, const struct tpm_hash *hash, struct seed *seed)
{
	uint8_t out[ENCRYPTED_SECRET_MAX];
	size_t size = sizeof(out);
	char *label = OPENSSL_strdup(LABEL_IDENTITY);

	if (!label || EVP_PKEY_encrypt_init(context) != 1 ||
		EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) != 1 ||
		EVP_PKEY_CTX_set_rsa_oaep_md(context, hash->md()) != 1 ||
		EVP_PKEY_CTX_set_rsa_mgf1_md(context, hash->md()) != 1 ||
		EVP_PKEY_CTX_set0_rsa_oaep_label(context, label, sizeof(LABEL_IDENTITY)) != 1) {
		OPENSSL_free(label);
		return false;
	}
	if (EVP_PKEY_encrypt(context, out, &size, seed->bytes, hash->size) != 1)
		return false;
	buffer_append(&seed->encrypted, out, size);
	return true;
}

static bool seed_rsa(EVP_PKEY *key, const struct tpm_hash *hash, struct seed *seed)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
	bool ok = context && RAND_bytes(seed->bytes, (int)hash->size) == 1 &&
		  encrypt_oaep(context, hash, seed);

	EVP_PKEY_CTX_free(context);
	return ok;
}

static bool derive(EVP_PKEY *own, EVP_PKEY *peer, uint8_t *z, size_t size)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(own, NULL);
	bool ok = context && EVP_PKEY_derive_init(context) == 1 &&
		  EVP_PKEY_derive_set_peer(context, peer) == 1 &&
		  EVP_PKEY_derive(context, z, &size) == 1;

	EVP_PKEY_CTX_free(context);
	return ok;
}

static bool seed_ecc(EVP_PKEY *key, const struct tpm_public *ek, struct seed *seed)
{
	const size_t size = tpm_public_point_size(ek);
	uint8_t x[KEY_SIZE_MAX], y[KEY_SIZE_MAX], z[KEY_SIZE_MAX];
	const struct blob shared = {z, size}, own_x = {x, size};
	EVP_PKEY *own = EVP_EC_gen(ek->curve == TPM_ECC_NIST_P256 ? "P-256" : "P-384");
	struct tool_error ignored;
	bool ok = own && derive(own, key, z, size) && key_point(own, x, y, &ignored);

	if (ok) {
		tpm_kdfe(ek->name_hash, &shared, LABEL_IDENTITY, &own_x, &ek->x, seed->bytes);
		put_sized(&seed->encrypted, x, size);
		put_sized(&seed->encrypted, y, size);
	}
	OPENSSL_cleanse(z, sizeof(z));
	EVP_PKEY_free(own);
	return ok;
}

static bool make_seed(const struct tpm_public *ek, struct seed *seed)
{
	EVP_PKEY *key = tpm_public_key(ek);
	bool ok = key && (ek->type == TPM_ALG_RSA ? seed_rsa(key, ek->name_hash, seed)
						  : seed_ecc(key, ek, seed));

	EVP_PKEY_free(key);
	ERR_clear_error();
	return ok;
}

/* AES in CFB mode with an IV of zeros, in place. */
static bool encrypt_cfb(const uint8_t *key, unsigned int bits, uint8_t *bytes, size_t size)
{
	static const uint8_t iv[16];
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	const EVP_CIPHER *cipher = bits == 128 ? EVP_aes_128_cfb128() : EVP_aes_256_cfb128();
	int done;
	bool ok = context && EVP_EncryptInit_ex(context, cipher, NULL, key, iv) == 1 &&
		  EVP_EncryptUpdate(context, bytes, &done, bytes, (int)size) == 1;

	EVP_CIPHER_CTX_free(context);
	return ok;
}

/* TPMS_ID_OBJECT: the HMAC, and the encrypted TPM2B_DIGEST with the secret. */
static bool put_identity(const struct tpm_public *ek, const struct tpm_name *name,
	const struct seed *seed, const uint8_t secret[TPM_CREDENTIAL_SECRET_SIZE],
	struct buffer *out)
{
	const struct tpm_hash *hash = ek->name_hash;
	const struct blob name_blob = {name->bytes, name->size}, nothing = {NULL, 0};
	uint8_t key[TPM_DIGEST_MAX], mac[TPM_DIGEST_MAX];
	struct buffer identity = {0};
	bool ok;

	put_sized(&identity, secret, TPM_CREDENTIAL_SECRET_SIZE);
	tpm_kdfa(hash, seed->bytes, LABEL_STORAGE, &name_blob, ek->symmetric_bits, key);
	ok = !identity.failed &&
	     encrypt_cfb(key, ek->symmetric_bits, identity.bytes, identity.size);
	if (ok) {
		const struct blob pieces[] = {{identity.bytes, identity.size}, name_blob};

		tpm_kdfa(hash, seed->bytes, LABEL_INTEGRITY, &nothing, (unsigned int)hash->size * 8,
			key);
		tpm_hmac(hash, key, pieces, ARRAY_SIZE(pieces), mac);
		put_sized(out, mac, hash->size);
		buffer_append(out, identity.bytes, identity.size);
	}
	OPENSSL_cleanse(key, sizeof(key));
	buffer_free(&identity);
	return ok;
}

bool tpm_credential_make(const struct tpm_public *ek, const struct tpm_name *name,
	const uint8_t secret[TPM_CREDENTIAL_SECRET_SIZE], struct buffer *out,
	struct tool_error *error)
{
	struct buffer object = {0};
	struct seed seed = {.encrypted = {0}};
	bool ok;

	if (!tpm_public_is_ek(ek, error))
		return false;
	ok = make_seed(ek, &seed) && put_identity(ek, name, &seed, secret, &object);
	if (ok) {
		put_u32(out, FILE_MAGIC);
		put_u32(out, FILE_VERSION);
		put_sized(out, object.bytes, object.size);
		put_sized(out, seed.encrypted.bytes, seed.encrypted.size);
	}
	ok = ok && !object.failed && !seed.encrypted.failed && !out->failed;
	OPENSSL_cleanse(seed.bytes, sizeof(seed.bytes));
	buffer_free(&object);
	buffer_free(&seed.encrypted);
	return ok || fail_with(error, "libcrypto cannot make a credential for that key");
}
