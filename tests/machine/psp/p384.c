/* SPDX-License-Identifier: MIT */
/* ECDSA on P-384 by mbedtls, and the firmware's little-endian numbers (p384.h). */
#include "p384.h"
#include <mbedtls/ecdsa.h>
#include <mbedtls/sha512.h>
#include <string.h>

static int hash(const void *data, size_t size, uint8_t out[SNP_DIGEST_SIZE])
{
	uint8_t full[64];
	int error = mbedtls_sha512(data, size, full, 1);

	memcpy(out, full, SNP_DIGEST_SIZE);
	return error;
}

/* Group and private key; 0 if the key is one of the curve's. */
static int load_key(mbedtls_ecp_keypair *pair, const uint8_t key[CHIP_KEY_SIZE])
{
	return mbedtls_ecp_read_key(MBEDTLS_ECP_DP_SECP384R1, pair, key, CHIP_KEY_SIZE);
}

bool p384_new_key(uint8_t key[CHIP_KEY_SIZE], random_fn random)
{
	mbedtls_ecp_keypair pair;
	int error;

	mbedtls_ecp_keypair_init(&pair);
	error = mbedtls_ecp_group_load(&pair.MBEDTLS_PRIVATE(grp), MBEDTLS_ECP_DP_SECP384R1);
	if (!error)
		error = mbedtls_ecp_gen_privkey(
			&pair.MBEDTLS_PRIVATE(grp), &pair.MBEDTLS_PRIVATE(d), random, NULL);
	if (!error)
		error = mbedtls_mpi_write_binary(&pair.MBEDTLS_PRIVATE(d), key, CHIP_KEY_SIZE);
	mbedtls_ecp_keypair_free(&pair);
	return !error;
}

static int write_point(const mbedtls_ecp_point *q, struct snp_public_key *out)
{
	int error = mbedtls_mpi_write_binary_le(&q->MBEDTLS_PRIVATE(X), out->qx, sizeof(out->qx));

	return error ? error
		     : mbedtls_mpi_write_binary_le(
			       &q->MBEDTLS_PRIVATE(Y), out->qy, sizeof(out->qy));
}

bool p384_public(const uint8_t key[CHIP_KEY_SIZE], struct snp_public_key *out, random_fn random)
{
	mbedtls_ecp_keypair pair;
	int error;

	memset(out, 0, sizeof(*out));
	out->curve = SNP_CURVE_P384;
	mbedtls_ecp_keypair_init(&pair);
	error = load_key(&pair, key);
	if (!error)
		error = mbedtls_ecp_keypair_calc_public(&pair, random, NULL);
	if (!error)
		error = write_point(&pair.MBEDTLS_PRIVATE(Q), out);
	mbedtls_ecp_keypair_free(&pair);
	return !error;
}

bool p384_sign(const uint8_t key[CHIP_KEY_SIZE], const void *data, size_t size,
	struct snp_signature *out, random_fn random)
{
	uint8_t digest[SNP_DIGEST_SIZE];
	mbedtls_ecp_keypair pair;
	mbedtls_mpi r, s;
	int error;

	memset(out, 0, sizeof(*out));
	mbedtls_ecp_keypair_init(&pair);
	mbedtls_mpi_init(&r);
	mbedtls_mpi_init(&s);
	error = load_key(&pair, key);
	error = error ? error : hash(data, size, digest);
	if (!error)
		error = mbedtls_ecdsa_sign(&pair.MBEDTLS_PRIVATE(grp), &r, &s,
			&pair.MBEDTLS_PRIVATE(d), digest, sizeof(digest), random, NULL);
	if (!error)
		error = mbedtls_mpi_write_binary_le(&r, out->r, sizeof(out->r));
	if (!error)
		error = mbedtls_mpi_write_binary_le(&s, out->s, sizeof(out->s));
	mbedtls_mpi_free(&s);
	mbedtls_mpi_free(&r);
	mbedtls_ecp_keypair_free(&pair);
	return !error;
}

static int read_point(mbedtls_ecp_point *q, const struct snp_public_key *key)
{
	int error = mbedtls_mpi_read_binary_le(&q->MBEDTLS_PRIVATE(X), key->qx, sizeof(key->qx));

	if (!error)
		error = mbedtls_mpi_read_binary_le(
			&q->MBEDTLS_PRIVATE(Y), key->qy, sizeof(key->qy));
	return error ? error : mbedtls_mpi_lset(&q->MBEDTLS_PRIVATE(Z), 1);
}

static int load_verification(mbedtls_ecp_keypair *pair, mbedtls_mpi *r, mbedtls_mpi *s,
	const struct snp_public_key *key, const struct snp_signature *signature)
{
	int error = mbedtls_ecp_group_load(&pair->MBEDTLS_PRIVATE(grp), MBEDTLS_ECP_DP_SECP384R1);

	error = error ? error : read_point(&pair->MBEDTLS_PRIVATE(Q), key);
	if (!error)
		error = mbedtls_ecp_check_pubkey(
			&pair->MBEDTLS_PRIVATE(grp), &pair->MBEDTLS_PRIVATE(Q));
	if (!error)
		error = mbedtls_mpi_read_binary_le(r, signature->r, sizeof(signature->r));
	if (!error)
		error = mbedtls_mpi_read_binary_le(s, signature->s, sizeof(signature->s));
	return error;
}

bool p384_verify(const struct snp_public_key *key, const void *data, size_t size,
	const struct snp_signature *signature)
{
	uint8_t digest[SNP_DIGEST_SIZE];
	mbedtls_ecp_keypair pair;
	mbedtls_mpi r, s;
	int error;

	if (key->curve != SNP_CURVE_P384)
		return false;
	mbedtls_ecp_keypair_init(&pair);
	mbedtls_mpi_init(&r);
	mbedtls_mpi_init(&s);
	error = load_verification(&pair, &r, &s, key, signature);
	error = error ? error : hash(data, size, digest);
	if (!error)
		error = mbedtls_ecdsa_verify(&pair.MBEDTLS_PRIVATE(grp), digest, sizeof(digest),
			&pair.MBEDTLS_PRIVATE(Q), &r, &s);
	mbedtls_mpi_free(&s);
	mbedtls_mpi_free(&r);
	mbedtls_ecp_keypair_free(&pair);
	return !error;
}
