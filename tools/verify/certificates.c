/* SPDX-License-Identifier: MIT */
/*
 * Reading certificates and revocation lists from bytes.
 */
#include "certificates.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

#include "cert_table.h"

#define PEM_MARK "-----BEGIN"

static bool is_pem(const struct blob *blob)
{
	return blob->size >= sizeof(PEM_MARK) - 1 &&
	       memmem(blob->bytes, blob->size, PEM_MARK, sizeof(PEM_MARK) - 1);
}

static bool is_der(const struct blob *blob)
{
	return blob->size >= 2 && blob->bytes[0] == 0x30 && blob->bytes[1] >= 0x80;
}

/*
 * What OpenSSL reads it also has to write again byte for byte: no two files
 * pass for one certificate. NULL if it is none.
 */
static X509 *read_der(const struct blob *blob)
{
	const uint8_t *at = blob->bytes;
	X509 *certificate = d2i_X509(NULL, &at, (long)blob->size);
	uint8_t *again = NULL;
	int size;

	if (!certificate)
		return NULL;
	size = i2d_X509(certificate, &again);
	if (size < 0 || (size_t)size != blob->size || memcmp(again, blob->bytes, blob->size)) {
		X509_free(certificate);
		certificate = NULL;
	}
	OPENSSL_free(again);
	return certificate;
}

static bool is_known(const struct certificates *certificates, const X509 *certificate)
{
	for (size_t i = 0; i < certificates->count; i++) {
		if (!X509_cmp(certificates->list[i], certificate))
			return true;
	}
	return false;
}

/* Takes @certificate over in any case. */
static bool keep(
	struct certificates *certificates, X509 *certificate, size_t at, struct tool_error *error)
{
	if (is_known(certificates, certificate)) {
		X509_free(certificate);
		return true;
	}
	if (certificates->count == CERTIFICATES_MAX) {
		X509_free(certificate);
		return fail_at(error, at, "more than %d certificates", CERTIFICATES_MAX);
	}
	certificates->list[certificates->count++] = certificate;
	return true;
}

static bool add_der(struct certificates *certificates, const struct blob *blob, size_t at,
	struct tool_error *error)
{
	X509 *certificate = read_der(blob);

	ERR_clear_error();
	if (!certificate)
		return fail_at(
			error, at, "no X.509 certificate in DER of exactly %zu bytes", blob->size);
	return keep(certificates, certificate, at, error);
}

/* One PEM block after another; what stands between them is skipped, as always with PEM. */
static bool add_pem(
	struct certificates *certificates, const struct blob *blob, struct tool_error *error)
{
	BIO *bio = BIO_new_mem_buf(blob->bytes, (int)blob->size);
	char *name = NULL, *header = NULL;
	unsigned char *data = NULL;
	bool ok = bio != NULL;
	size_t count = 0;
	long size;

	while (ok && PEM_read_bio(bio, &name, &header, &data, &size)) {
		size_t end = blob->size - BIO_ctrl_pending(bio);

		if (strcmp(name, PEM_STRING_X509))
			ok = fail_at(error, end, "a PEM block that is no certificate ends here");
		else
			ok = add_der(certificates, &(struct blob){data, (size_t)size}, end, error);
		count++;
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_free(data);
	}
	if (ok && ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		ok = fail_at(
			error, blob->size - BIO_ctrl_pending(bio), "a damaged PEM block ends here");
	if (ok && !count)
		ok = fail_at(error, 0, "there is no PEM block in it");
	ERR_clear_error();
	BIO_free(bio);
	return ok;
}

static bool add_table(
	struct certificates *certificates, const struct blob *blob, struct tool_error *error)
{
	struct cert_table table;

	if (!cert_table_read(blob, &table, error))
		return false;
	for (size_t i = 0; i < table.count; i++) {
		if (!cert_table_name(table.entries[i].guid))
			continue; /* the host may put anything else there */
		if (!add_der(certificates, &table.entries[i].content, table.entries[i].offset,
			    error))
			return false;
	}
	return true;
}

bool certificates_add(
	struct certificates *certificates, const struct blob *blob, struct tool_error *error)
{
	if (blob->size > CERTIFICATES_FILE_MAX)
		return fail_at(error, CERTIFICATES_FILE_MAX, "more than 1 MiB of certificates");
	if (is_pem(blob))
		return add_pem(certificates, blob, error);
	if (is_der(blob))
		return add_der(certificates, blob, 0, error);
	return add_table(certificates, blob, error);
}

void certificates_free(struct certificates *certificates)
{
	for (size_t i = 0; i < certificates->count; i++)
		X509_free(certificates->list[i]);
	certificates->count = 0;
}

X509 *certificate_read(const struct blob *blob, struct tool_error *error)
{
	struct certificates one = {.count = 0};

	if (!certificates_add(&one, blob, error)) {
		certificates_free(&one);
		return NULL;
	}
	if (one.count == 1)
		return one.list[0];
	fail_at(error, 0, "%zu certificates in it, not one", one.count);
	certificates_free(&one);
	return NULL;
}

const char *certificate_name(const X509_NAME *name, char text[CERTIFICATE_NAME_SIZE])
{
	int size = X509_NAME_get_text_by_NID(
		(X509_NAME *)name, NID_commonName, text, CERTIFICATE_NAME_SIZE);

	if (size <= 0)
		strcpy(text, "(no name)");
	for (char *at = text; *at; at++) {
		if (*at < 0x20 || *at > 0x7e)
			*at = '?';
	}
	return text;
}

X509_CRL *revocations_read(const struct blob *blob, struct tool_error *error)
{
	const uint8_t *at = blob->bytes;
	X509_CRL *list = NULL;
	BIO *bio;

	if (blob->size > CERTIFICATES_FILE_MAX) {
		fail_at(error, CERTIFICATES_FILE_MAX, "more than 1 MiB of revocations");
		return NULL;
	}
	if (is_pem(blob)) {
		bio = BIO_new_mem_buf(blob->bytes, (int)blob->size);
		list = bio ? PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL) : NULL;
		BIO_free(bio);
	} else {
		list = d2i_X509_CRL(NULL, &at, (long)blob->size);
		if (list && at != blob->bytes + blob->size) {
			X509_CRL_free(list);
			list = NULL;
		}
	}
	ERR_clear_error();
	if (!list)
		fail_at(error, 0, "no certificate revocation list in DER or PEM");
	return list;
}
