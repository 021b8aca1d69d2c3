/* SPDX-License-Identifier: MIT */
/*
 * Certificates as DER and PEM, chains as PEM, revocation lists, certificate
 * tables as a host hands them out (struct snp_cert_entry), and the identity of
 * the emulated secure processor (struct chip_identity).
 */
#include "output.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "chip_identity.h"
#include "snp_guest.h"
#include "tools/common/cli.h"
#include "tools/common/files.h"
#include "tools/common/key.h"

static bool write_file(const char *folder, const char *name, const void *bytes, size_t size)
{
	struct tool_error error = {0};
	char path[4096];

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path)) {
		fail_with(&error, "path is too long");
	} else if (file_write(path, bytes, size, &error)) {
		return true;
	}
	report_error(path, &error);
	return false;
}

/* Writes the DER form that libcrypto made, and releases it. */
static bool write_der(const char *folder, const char *name, uint8_t *der, int size)
{
	bool ok = size > 0 && write_file(folder, name, der, (size_t)size);

	OPENSSL_free(der);
	return ok;
}

static bool write_pem(const char *folder, const char *name, X509 *const *certificates, size_t count)
{
	BIO *memory = BIO_new(BIO_s_mem());
	bool ok = memory;
	char *text;

	for (size_t i = 0; ok && i < count; i++)
		ok = PEM_write_bio_X509(memory, certificates[i]) == 1;
	if (ok) {
		long size = BIO_get_mem_data(memory, &text);

		ok = write_file(folder, name, text, (size_t)size);
	}
	BIO_free(memory);
	return ok;
}

static bool write_certificate(const struct chain *chain, enum chain_link link, const char *folder)
{
	X509 *certificate = chain->certificates[link];
	uint8_t *der = NULL;
	int size = i2d_X509(certificate, &der);
	char name[32], pem[32];

	snprintf(name, sizeof(name), "%s.der", chain_link_name(link));
	snprintf(pem, sizeof(pem), "%s.pem", chain_link_name(link));
	return write_der(folder, name, der, size) && write_pem(folder, pem, &certificate, 1);
}

static bool write_list(const char *folder, const char *name, X509_CRL *crl)
{
	uint8_t *der = NULL;
	int size = i2d_X509_CRL(crl, &der);

	return write_der(folder, name, der, size);
}

static bool write_chain(const struct chain *chain, enum chain_link intermediate, const char *folder,
	const char *name)
{
	X509 *const certificates[] = {
		chain->certificates[intermediate], chain->certificates[CHAIN_ARK]};

	return write_pem(folder, name, certificates, ARRAY_SIZE(certificates));
}

#define TABLE_CERTIFICATES 3U

static const uint8_t link_guids[CHAIN_LINKS][SNP_GUID_SIZE] = {
	[CHAIN_ARK] = SNP_CERT_GUID_ARK,
	[CHAIN_ASK] = SNP_CERT_GUID_ASK,
	[CHAIN_ASVK] = SNP_CERT_GUID_ASK,
	[CHAIN_VCEK] = SNP_CERT_GUID_VCEK,
	[CHAIN_VLEK] = SNP_CERT_GUID_VLEK,
};

/* The entries with an empty one behind them, then the certificates. */
static bool write_table(const struct chain *chain, const enum chain_link links[TABLE_CERTIFICATES],
	const char *folder, const char *name)
{
	struct snp_cert_entry entries[TABLE_CERTIFICATES + 1] = {0};
	struct buffer data = {0}, table = {0};
	bool ok = true;

	for (size_t i = 0; i < TABLE_CERTIFICATES; i++) {
		uint8_t *der = NULL;
		int size = i2d_X509(chain->certificates[links[i]], &der);

		ok = ok && size > 0;
		memcpy(entries[i].guid, link_guids[links[i]], SNP_GUID_SIZE);
		entries[i].offset = (uint32_t)(sizeof(entries) + data.size);
		entries[i].length = (uint32_t)size;
		buffer_append(&data, der, ok ? (size_t)size : 0);
		OPENSSL_free(der);
	}
	buffer_append(&table, entries, sizeof(entries));
	buffer_append(&table, data.bytes, data.size);
	ok = ok && !data.failed && !table.failed &&
	     write_file(folder, name, table.bytes, table.size);
	buffer_free(&data);
	buffer_free(&table);
	return ok;
}

static bool write_identity(const struct chain *chain, const struct output_options *options)
{
	struct chip_identity identity = {
		.version = CHIP_IDENTITY_VERSION,
		.cpuid_family = chain->product->family,
		.cpuid_model = chain->product->model,
		.cpuid_stepping = chain->product->stepping,
		.tcb = product_tcb_version(chain->product, chain->tcb),
	};
	struct tool_error error;
	bool ok;

	memcpy(identity.magic, CHIP_IDENTITY_MAGIC, sizeof(identity.magic));
	memcpy(identity.chip_id, chain->chip_id, sizeof(identity.chip_id));
	ok = key_secret(chain->keys[CHAIN_VCEK], identity.vcek, &error) &&
	     (options->no_vlek || key_secret(chain->keys[CHAIN_VLEK], identity.vlek, &error));
	if (!ok)
		report_error(options->folder, &error);
	ok = ok && write_file(options->folder, "identity.bin", &identity, sizeof(identity));
	OPENSSL_cleanse(&identity, sizeof(identity));
	return ok;
}

static bool make_folder(const char *folder)
{
	struct tool_error error = {0};

	if (mkdir(folder, 0777) == 0 || errno == EEXIST)
		return true;
	fail_with(&error, "cannot be made: %s", strerror(errno));
	report_error(folder, &error);
	return false;
}

bool output_write(const struct chain *chain, const struct output_options *options)
{
	static const enum chain_link of_chip[] = {CHAIN_VCEK, CHAIN_ASK, CHAIN_ARK};
	static const enum chain_link of_csp[] = {CHAIN_VLEK, CHAIN_ASVK, CHAIN_ARK};
	const char *folder = options->folder;

	if (!make_folder(folder))
		return false;
	for (enum chain_link link = CHAIN_ARK; link < CHAIN_LINKS; link++) {
		if (!write_certificate(chain, link, folder))
			return false;
	}
	return write_pem(folder, "root.pem", &chain->certificates[CHAIN_ARK], 1) &&
	       write_chain(chain, CHAIN_ASK, folder, "chain-vcek.pem") &&
	       write_chain(chain, CHAIN_ASVK, folder, "chain-vlek.pem") &&
	       write_list(folder, "crl.der",
		       options->revoke ? chain->revoking_crl : chain->empty_crl) &&
	       write_list(folder, "crl-revoked.der", chain->revoking_crl) &&
	       write_table(chain, of_chip, folder, "certificates.bin") &&
	       write_table(chain, of_csp, folder, "certificates-vlek.bin") &&
	       write_identity(chain, options);
}
