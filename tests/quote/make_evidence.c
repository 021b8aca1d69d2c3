/* SPDX-License-Identifier: MIT */
/*
 * What a paravisor would say of a TPM that is already there, for tests on the
 * desk: service reports with manifests that name its keys, signed by a TEST
 * chain, and an event log. Usage:
 *
 *   make_evidence FOLDER EK-RSA EK-P256 EK-P384 AK
 *   make_evidence FOLDER BODY BARE
 *
 * The keys are files of tpm2-tools (TPM2B_PUBLIC); BODY and BARE are what the vTPM
 * itself gives for its manifests 1 and 0, which the paravisor finishes. FOLDER gets root.pem,
 * certificates, report and manifest; bare-report and bare-manifest, of version
 * 0; log; and extends, the arguments for tpm2_pcrextend that log stands for. The
 * nonce is 64 times 0xda.
 */
#include "tests/unit/unit_test.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "svsm.h"
#include "tests/unit/folder_fixture.h"
#include "tests/unit/tpm_fixture.h"
#include "tests/unit/verify_fixture.h"
#include "tools/common/cbor.h"
#include "tools/common/files.h"
#include "tools/common/text.h"

#define EV_ACTION 5

/* TPMT_PUBLIC in @path, behind its size. */
static struct blob read_public(const char *path)
{
	struct blob blob = read_file(path);

	assert_true(blob.size > 2);
	return (struct blob){blob.bytes + 2, blob.size - 2};
}

static cbor_item_t *public_item(const char *path)
{
	struct blob blob = read_public(path);
	cbor_item_t *item = dcbor_bytes(blob.bytes, blob.size);

	free((void *)(blob.bytes - 2));
	return item;
}

static void make_content(char **paths, struct buffer *content)
{
	static const int64_t indices[] = {0x01c00002, 0x01c0000a, 0x01c00016};
	cbor_item_t *map = dcbor_map(), *eks = dcbor_map();
	struct buffer bytes = {0};
	struct tool_error error;
	uint8_t *der = NULL;
	int size = i2d_PUBKEY(tpm_fixture_key(TPM_KEY_ISSUER), &der);

	assert_true(size > 0);
	for (size_t i = 0; i < ARRAY_SIZE(indices); i++)
		dcbor_put_int(eks, indices[i], public_item(paths[i]));
	dcbor_put_text(map, "ek", eks);
	dcbor_put_text(map, "ak", public_item(paths[3]));
	dcbor_put_text(map, "issuer", dcbor_bytes(der, (size_t)size));
	assert_true(dcbor_encode(map, &bytes, &error));
	tpm_put_content(content, &bytes);
	dcbor_free(map);
	OPENSSL_free(der);
	buffer_free(&bytes);
}

static void write_report(
	const char *report_name, const char *manifest_name, const struct buffer *manifest)
{
	uint8_t bytes[64];
	const struct blob nonce = {bytes, sizeof(bytes)};
	struct snp_report report;

	memset(bytes, 0xda, sizeof(bytes));
	fixture_report(&report);
	report.vmpl = 0;
	fixture_bind(&report, &nonce, manifest);
	fixture_sign(&report, fixture_link_key(FIXTURE_VCEK));
	write_file(report_name, &report, sizeof(report));
	write_file(manifest_name, manifest->bytes, manifest->size);
}

/* Of a vTPM with that @content, behind the paravisor's header, and that @bare key. */
static void write_reports(const struct buffer *content, const struct buffer *bare)
{
	struct buffer manifest = {0};

	tpm_put_manifest(&manifest, content);
	write_report("report", "manifest", &manifest);
	write_report("bare-report", "bare-manifest", bare);
	buffer_free(&manifest);
}

static void report_on_keys(char **paths)
{
	struct buffer content = {0}, bare = {0};
	struct blob ek = read_public(paths[0]);

	make_content(paths, &content);
	buffer_append(&bare, ek.bytes, ek.size);
	write_reports(&content, &bare);
	free((void *)(ek.bytes - 2));
	buffer_free(&content);
	buffer_free(&bare);
}

static void append_file(struct buffer *out, const char *path)
{
	struct blob blob = read_file(path);

	buffer_append(out, blob.bytes, blob.size);
	free((void *)blob.bytes);
}

static void report_on_bodies(char **paths)
{
	struct buffer body = {0}, content = {0}, bare = {0};

	append_file(&body, paths[0]);
	append_file(&bare, paths[1]);
	tpm_put_content(&content, &body);
	write_reports(&content, &bare);
	buffer_free(&body);
	buffer_free(&content);
	buffer_free(&bare);
}

static void write_certificates(void)
{
	struct buffer table = {0};
	FILE *file = fopen(in("root.pem"), "w");

	assert_non_null(file);
	assert_int_equal(PEM_write_X509(file, fixture_certificate(FIXTURE_ARK)), 1);
	assert_int_equal(fclose(file), 0);
	fixture_table(&table, FIXTURE_VCEK, FIXTURE_ASK);
	write_file("certificates", table.bytes, table.size);
	buffer_free(&table);
}

static void add_hex(FILE *file, const char *bank, const EVP_MD *md, const char *data)
{
	uint8_t digest[64];
	char text[2 * sizeof(digest) + 1];
	unsigned int size;

	assert_int_equal(EVP_Digest(data, strlen(data), digest, &size, md, NULL), 1);
	hex_encode(digest, size, text);
	fprintf(file, "%s=%s", bank, text);
}

/* The same events as a log, and as what a firmware tells the TPM. */
static void write_log(void)
{
	static const struct {
		unsigned int pcr;
		const char *data;
	} events[] = {{0, "firmware"}, {7, "secure boot is off"}, {4, "boot loader"}, {4, "kernel"},
		{0, "end"}, {7, "end"}};
	FILE *file = fopen(in("extends"), "w");
	struct buffer log = {0};

	assert_non_null(file);
	log_put_head(&log);
	log_put_event(&log, 0, TCG_EV_NO_ACTION, "not extended", 12);
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		log_put_event(
			&log, events[i].pcr, EV_ACTION, events[i].data, strlen(events[i].data));
		fprintf(file, "%u:", events[i].pcr);
		add_hex(file, "sha256", EVP_sha256(), events[i].data);
		add_hex(file, ",sha384", EVP_sha384(), events[i].data);
		fputc('\n', file);
	}
	assert_int_equal(fclose(file), 0);
	write_file("log", log.bytes, log.size);
	buffer_free(&log);
}

int main(int argc, char **argv)
{
	if (argc != 6 && argc != 4) {
		fputs("usage: make_evidence FOLDER EK-RSA EK-P256 EK-P384 AK | FOLDER BODY BARE\n",
			stderr);
		return 2;
	}
	folder_use(argv[1]);
	fixture_chain("Milan");
	write_certificates();
	if (argc == 6)
		report_on_keys(argv + 2);
	else
		report_on_bodies(argv + 2);
	write_log();
	fixture_chain_free();
	tpm_fixture_free();
	return 0;
}
