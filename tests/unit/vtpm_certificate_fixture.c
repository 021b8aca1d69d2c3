/* SPDX-License-Identifier: MIT */
/*
 * See vtpm_certificate_fixture.h.
 */
#include "tests/unit/unit_test.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "tests/unit/vtpm_certificate_fixture.h"

/* What is in front of the first dot is left out by libcrypto. */
static const char sections[] =
	"[tpm]\nx.2.23.133.2.1=id:49424D00\nx.2.23.133.2.2=Nacre vTPM\n"
	"x.2.23.133.2.3=id:00010002\n"
	"[nameless]\nx.2.23.133.2.1=id:49424D00\nx.2.23.133.2.3=id:00010002\n";

#define TPM_NAME "critical,dirName:tpm"

struct fixture_certificate fixture_vtpm_facts(enum tpm_fixture_key subject)
{
	struct fixture_certificate facts = {
		.subject = subject,
		.issuer = TPM_KEY_ISSUER,
		.issuer_name = FIXTURE_VTPM_ISSUER,
		.version = X509_VERSION_3,
		.from = -60,
		.to = 60,
		.extensions = {{"basicConstraints", "critical,CA:FALSE"},
			{"keyUsage", "critical,keyAgreement"}, {"extendedKeyUsage", "2.23.133.8.1"},
			{"subjectAltName", TPM_NAME}},
	};

	if (subject == TPM_KEY_EK_RSA) {
		facts.extensions[1].value = "critical,keyEncipherment";
	} else if (subject == TPM_KEY_AK_P256) {
		facts.extensions[1].value = "critical,digitalSignature";
		facts.extensions[2].value = "2.23.133.8.3";
	} else if (subject == TPM_KEY_ISSUER) {
		facts.subject_name = FIXTURE_VTPM_ISSUER;
		facts.extensions[0].value = "critical,CA:TRUE,pathlen:0";
		facts.extensions[1].value = "critical,keyCertSign";
		facts.extensions[2].name = NULL;
	}
	return facts;
}

static void set_name(X509_NAME *name, const char *text)
{
	if (text)
		assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
					 (const unsigned char *)text, -1, -1, 0),
			1);
}

static void add_extension(X509 *certificate, CONF *conf, const struct fixture_extension *facts)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
	X509V3_set_nconf(&context, conf);
	extension = X509V3_EXT_nconf(conf, &context, facts->name, facts->value);
	if (!extension)
		fail_msg("%s=%s", facts->name, facts->value);
	assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

static void add_extensions(X509 *certificate, const struct fixture_extension *extensions)
{
	BIO *text = BIO_new_mem_buf(sections, -1);
	CONF *conf = NCONF_new(NULL);

	assert_int_equal(NCONF_load_bio(conf, text, NULL), 1);
	for (size_t i = 0; i < FIXTURE_EXTENSIONS_MAX && extensions[i].name; i++)
		add_extension(certificate, conf, &extensions[i]);
	NCONF_free(conf);
	BIO_free(text);
}

X509 *fixture_vtpm_certificate(const struct fixture_certificate *facts)
{
	X509 *certificate = X509_new();

	assert_non_null(certificate);
	assert_int_equal(X509_set_version(certificate, facts->version), 1);
	set_name(X509_get_subject_name(certificate), facts->subject_name);
	set_name(X509_get_issuer_name(certificate), facts->issuer_name);
	assert_non_null(
		ASN1_TIME_set(X509_getm_notBefore(certificate), FIXTURE_VTPM_TIME + facts->from));
	assert_non_null(
		ASN1_TIME_set(X509_getm_notAfter(certificate), FIXTURE_VTPM_TIME + facts->to));
	assert_int_equal(X509_set_pubkey(certificate, tpm_fixture_key(facts->subject)), 1);
	add_extensions(certificate, facts->extensions);
	assert_true(X509_sign(certificate, tpm_fixture_key(facts->issuer), EVP_sha256()) > 0);
	return certificate;
}
