/* SPDX-License-Identifier: MIT */
/*
 * Quotes, public areas of keys, and the vTPM's manifest, in plain words.
 */
#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "explain.h"
#include "tools/common/text.h"

#define NAME_WIDTH 20

static void PRINTF_LIKE(4, 5)
	line(FILE *out, unsigned int indent, const char *name, const char *format, ...)
{
	va_list args;

	fprintf(out, "%*s%-*s ", (int)indent, "", NAME_WIDTH, name);
	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
	fputc('\n', out);
}

static void words(FILE *out, unsigned int indent, const char *text)
{
	fprintf(out, "%*s%-*s %s\n", (int)indent, "", NAME_WIDTH, "", text);
}

/* At most a digest with its algorithm; more is cut off. */
static void bytes(FILE *out, unsigned int indent, const char *name, const struct blob *blob)
{
	const size_t shown = blob->size < TPM_DATA_MAX ? blob->size : TPM_DATA_MAX;
	char text[2 * TPM_DATA_MAX + 1] = "none";

	if (shown)
		hex_encode(blob->bytes, shown, text);
	line(out, indent, name, "%s%s", text, shown < blob->size ? "..." : "");
}

/* ---- Keys ---- */

static const struct {
	uint32_t bit;
	const char *name, *words;
} attributes[] = {
	{TPMA_OBJECT_FIXED_TPM, "fixedTPM", "it cannot be had outside its TPM"},
	{TPMA_OBJECT_FIXED_PARENT, "fixedParent", "it stays under its parent"},
	{TPMA_OBJECT_SENSITIVE_DATA_ORIGIN, "sensitiveDataOrigin", "the TPM made it"},
	{TPMA_OBJECT_USER_WITH_AUTH, "userWithAuth", "its password allows its use"},
	{TPMA_OBJECT_ADMIN_WITH_POLICY, "adminWithPolicy", "its policy alone allows to certify it"},
	{TPMA_OBJECT_NO_DA, "noDA", "wrong passwords lock nothing"},
	{TPMA_OBJECT_RESTRICTED, "restricted", "it signs or opens only what the TPM has made"},
	{TPMA_OBJECT_DECRYPT, "decrypt", "it decrypts"},
	{TPMA_OBJECT_SIGN, "sign", "it signs"},
};

static void print_scheme(const struct tpm_public *public, unsigned int indent, FILE *out)
{
	const char *name = tpm_scheme_name(public->scheme);
	const struct tpm_hash *hash = tpm_hash_find(public->scheme_hash);

	if (public->scheme == TPM_ALG_NULL)
		line(out, indent, "scheme", "none is fixed");
	else
		line(out, indent, "scheme", "%s (0x%04x) with %s", name ? name : "other",
			public->scheme, hash ? hash->name : "no hash that counts here");
}

void explain_public(const struct tpm_public *public, unsigned int indent, FILE *out)
{
	struct tpm_name name;

	tpm_public_name(public, &name);
	line(out, indent, "kind", "%s", tpm_public_kind(public));
	bytes(out, indent, "name", &(struct blob){name.bytes, name.size});
	words(out, indent, "how TPMs call it: hash algorithm, and digest of the public area");
	print_scheme(public, indent, out);
	if (public->symmetric != TPM_ALG_NULL)
		line(out, indent, "protects by", "%s, %u bits",
			public->symmetric == TPM_ALG_AES ? "AES" : "another cipher than AES",
			public->symmetric_bits);
	line(out, indent, "attributes", "0x%08" PRIx32, public->attributes);
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
		fprintf(out, "%*s%-*s %-19s %-3s  %s\n", (int)indent, "", NAME_WIDTH, "",
			attributes[i].name, public->attributes & attributes[i].bit ? "yes" : "no",
			attributes[i].words);
}

/* ---- The manifest ---- */

static void print_issuer(EVP_PKEY *issuer, unsigned int indent, FILE *out)
{
	uint8_t digest[TPM_DIGEST_MAX], *der = NULL;
	const int size = i2d_PUBKEY(issuer, &der);
	const struct blob pieces[] = {{der, size > 0 ? (size_t)size : 0}};
	const struct tpm_hash *hash = tpm_hash_find(TPM_ALG_SHA256);

	fprintf(out, "%*sissuer: has signed the certificates of these keys, and nothing else\n",
		(int)indent, "");
	tpm_hash_pieces(hash, pieces, 1, digest);
	bytes(out, indent + 2, "SHA-256", &(struct blob){digest, hash->size});
	words(out, indent + 2, "of its SubjectPublicKeyInfo, in DER");
	OPENSSL_free(der);
}

void explain_vtpm(const struct vtpm_identity *identity, unsigned int indent, FILE *out)
{
	for (size_t i = 0; i < identity->ek_count; i++) {
		fprintf(out, "%*sendorsement key %zu: by which this TPM is known\n", (int)indent,
			"", i);
		explain_public(&identity->eks[i], indent + 2, out);
	}
	if (identity->has_ak) {
		fprintf(out, "%*sattestation key: quotes by it are this TPM's\n", (int)indent, "");
		explain_public(&identity->ak, indent + 2, out);
	}
	if (identity->issuer)
		print_issuer(identity->issuer, indent, out);
}

/* ---- Quotes ---- */

static void print_banks(const struct tpm_quote *quote, FILE *out)
{
	for (size_t i = 0; i < quote->bank_count; i++) {
		fprintf(out, "  %-*s %s:", NAME_WIDTH, i ? "" : "PCRs", quote->banks[i].hash->name);
		for (unsigned int pcr = 0; pcr < TPM_PCR_COUNT; pcr++) {
			if (tpm_quote_has(quote, quote->banks[i].hash, pcr))
				fprintf(out, " %u", pcr);
		}
		fputc('\n', out);
	}
}

void explain_quote(const struct tpm_quote *quote, FILE *out)
{
	fprintf(out, "quote of a TPM\n");
	line(out, 2, "begins with", "TPM_GENERATED");
	words(out, 2, "a restricted key signs this of its TPM alone, never of a guest's bytes");
	bytes(out, 2, "signer", &quote->signer);
	words(out, 2, "qualified name of the key: a digest over it and its parents");
	bytes(out, 2, "nonce", &quote->nonce);
	words(out, 2, "what was asked with (tpm2_quote -q)");
	line(out, 2, "clock", "%" PRIu64 " ms", quote->clock);
	words(out, 2,
		quote->safe ? "safe: never less than a value that was told before"
			    : "NOT safe: it may have told a later time before");
	line(out, 2, "reset count", "%" PRIu32, quote->reset_count);
	words(out, 2, "starts since the TPM was cleared");
	line(out, 2, "restart count", "%" PRIu32, quote->restart_count);
	words(out, 2, "resumptions since the last start");
	line(out, 2, "firmware version", "0x%016" PRIx64, quote->firmware_version);
	print_banks(quote, out);
	bytes(out, 2, "digest", &quote->digest);
	words(out, 2, "of the values of these PCRs, behind each other");
}
