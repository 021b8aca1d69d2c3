/* SPDX-License-Identifier: MIT */
/*
 * Making the five keys and their certificates by libcrypto. The forms are those
 * of AMD's own: RSA-4096 with PSS and SHA-384 for the CAs, P-384 for the chip's
 * keys, which have no standard extensions.
 */
#include "chain.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#define CA_KEY_BITS 4096U
#define PSS_SALT_SIZE 48
#define VALID_FROM "20200101000000Z"
#define VALID_UNTIL "20491231235959Z"

struct link_plan {
	const char *name;
	const char *common_name; /* with the product's name in it, if there is a %s */
	enum chain_link issuer;
	long serial;                               /* AMD's own numbers */
	const char *basic_constraints, *key_usage; /* of a CA, else NULL */
};

#define CA_CONSTRAINTS "critical,CA:TRUE,pathlen:0"
static const struct link_plan plans[CHAIN_LINKS] = {
	[CHAIN_ARK] = {"ark", "TEST ARK-%s", CHAIN_ARK, 0x10000, "critical,CA:TRUE",
		"critical,keyCertSign,cRLSign"},
	[CHAIN_ASK] = {"ask", "TEST SEV-%s", CHAIN_ARK, 0x10001, CA_CONSTRAINTS,
		"critical,keyCertSign"},
	[CHAIN_ASVK] = {"asvk", "TEST SEV-VLEK-%s", CHAIN_ARK, 0x10101, CA_CONSTRAINTS,
		"critical,keyCertSign"},
	[CHAIN_VCEK] = {"vcek", "TEST SEV-VCEK", CHAIN_ASK, 0, NULL, NULL},
	[CHAIN_VLEK] = {"vlek", "TEST SEV-VLEK", CHAIN_ASVK, 0, NULL, NULL},
};

const char *chain_link_name(enum chain_link link)
{
	return plans[link].name;
}

static bool add_name_part(X509_NAME *name, const char *field, const char *value)
{
	return X509_NAME_add_entry_by_txt(
		       name, field, MBSTRING_ASC, (const uint8_t *)value, -1, -1, 0) == 1;
}

static bool set_subject(X509 *certificate, const struct chain *chain, const struct link_plan *plan)
{
	X509_NAME *name = X509_get_subject_name(certificate);
	const char *at = strstr(plan->common_name, "%s");
	char common_name[64];

	snprintf(common_name, sizeof(common_name), "%.*s%s",
		at ? (int)(at - plan->common_name) : (int)strlen(plan->common_name),
		plan->common_name, at ? chain->product->name : "");
	return add_name_part(name, "OU", "TEST") && add_name_part(name, "O", "Nacre TEST chain") &&
	       add_name_part(name, "CN", common_name);
}

bool chain_set_times(ASN1_TIME *from, ASN1_TIME *until)
{
	return ASN1_TIME_set_string_X509(from, VALID_FROM) == 1 &&
	       ASN1_TIME_set_string_X509(until, VALID_UNTIL) == 1;
}

static bool add_extension(X509 *certificate, X509V3_CTX *context, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, context, nid, value);
	bool ok = extension && X509_add_ext(certificate, extension, -1) == 1;

	X509_EXTENSION_free(extension);
	return ok;
}

static bool add_ca_extensions(X509 *certificate, X509 *issuer, const struct link_plan *plan)
{
	X509V3_CTX context;

	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	if (!add_extension(certificate, &context, NID_subject_key_identifier, "hash"))
		return false;
	if (issuer != certificate &&
		!add_extension(certificate, &context, NID_authority_key_identifier, "keyid:always"))
		return false;
	return add_extension(
		       certificate, &context, NID_basic_constraints, plan->basic_constraints) &&
	       add_extension(certificate, &context, NID_key_usage, plan->key_usage);
}

EVP_MD_CTX *chain_signing_context(EVP_PKEY *key)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *padding = NULL;

	if (context && EVP_DigestSignInit(context, &padding, EVP_sha384(), NULL, key) == 1 &&
		EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING) == 1 &&
		EVP_PKEY_CTX_set_rsa_pss_saltlen(padding, PSS_SALT_SIZE) == 1)
		return context;
	EVP_MD_CTX_free(context);
	return NULL;
}

static bool sign_certificate(X509 *certificate, EVP_PKEY *key)
{
	EVP_MD_CTX *context = chain_signing_context(key);
	bool ok = context && X509_sign_ctx(certificate, context) > 0;

	EVP_MD_CTX_free(context);
	return ok;
}

static bool fill_certificate(X509 *certificate, const struct chain *chain, enum chain_link link)
{
	const struct link_plan *plan = &plans[link];
	X509 *issuer = plan->issuer == link ? certificate : chain->certificates[plan->issuer];

	return X509_set_version(certificate, X509_VERSION_3) == 1 &&
	       ASN1_INTEGER_set(X509_get_serialNumber(certificate), plan->serial) == 1 &&
	       set_subject(certificate, chain, plan) &&
	       X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1 &&
	       chain_set_times(X509_getm_notBefore(certificate), X509_getm_notAfter(certificate)) &&
	       X509_set_pubkey(certificate, chain->keys[link]) == 1 &&
	       (plan->basic_constraints ? add_ca_extensions(certificate, issuer, plan)
					: amd_extensions_add(certificate, chain, link)) &&
	       sign_certificate(certificate, chain->keys[plan->issuer]);
}

static bool make_link(struct chain *chain, enum chain_link link)
{
	chain->keys[link] = plans[link].basic_constraints
				    ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)CA_KEY_BITS)
				    : EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
	chain->certificates[link] = X509_new();
	return chain->keys[link] && chain->certificates[link] &&
	       fill_certificate(chain->certificates[link], chain, link);
}

static bool fail_with_libcrypto(struct tool_error *error, const char *what)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = ERR_reason_error_string(code);

	ERR_clear_error();
	return fail_with(
		error, "libcrypto cannot make %s: %s", what, reason ? reason : "no reason given");
}

bool chain_make(const struct product *product, const uint8_t tcb[TCB_PARTS], struct chain *chain,
	struct tool_error *error)
{
	*chain = (struct chain){.product = product};
	memcpy(chain->tcb, tcb, sizeof(chain->tcb));
	if (RAND_bytes(chain->chip_id, product->hwid_size) != 1)
		return fail_with_libcrypto(error, "random bytes");
	for (enum chain_link link = CHAIN_ARK; link < CHAIN_LINKS; link++) {
		if (!make_link(chain, link))
			return fail_with_libcrypto(error, plans[link].name);
	}
	chain->empty_crl = crl_make(chain, false);
	chain->revoking_crl = crl_make(chain, true);
	if (!chain->empty_crl || !chain->revoking_crl)
		return fail_with_libcrypto(error, "a revocation list");
	return true;
}

void chain_free(struct chain *chain)
{
	for (enum chain_link link = CHAIN_ARK; link < CHAIN_LINKS; link++) {
		EVP_PKEY_free(chain->keys[link]);
		X509_free(chain->certificates[link]);
	}
	X509_CRL_free(chain->empty_crl);
	X509_CRL_free(chain->revoking_crl);
	*chain = (struct chain){0};
}
