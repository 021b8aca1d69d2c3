/* SPDX-License-Identifier: MIT */
/*
 * The vTPM's manifest, of both versions: what it names, and what it may not be.
 */
#include "tests/unit/unit_test.h"

#include <openssl/evp.h>

#include "svsm.h"
#include "tests/unit/tpm_fixture.h"
#include "tools/verify/manifest.h"
#include "tools/verify/manifest_vtpm.h"

static struct tool_error error;

/* In memory of exactly that size, for ASan's sake. */
static bool reads(const struct buffer *bytes, struct manifest *manifest)
{
	struct blob blob = {malloc(bytes->size ? bytes->size : 1), bytes->size};
	bool ok;

	assert_non_null(blob.bytes);
	if (bytes->size)
		memcpy((void *)blob.bytes, bytes->bytes, bytes->size);
	ok = manifest_read(&blob, manifest, &error);
	assert_true(ok || (error.has_offset && error.offset <= bytes->size));
	free((void *)blob.bytes);
	return ok;
}

static void make_content(struct buffer *content)
{
	struct buffer map = {0};

	tpm_put_map(&map, TPM_KEY_AK_P256, TPM_KEY_ISSUER);
	tpm_put_content(content, &map);
	buffer_free(&map);
}

static void the_own_version(void **state)
{
	struct buffer content = {0}, all = {0}, text = {0};
	const struct manifest_service *service;
	struct vtpm_identity identity;
	struct manifest manifest;

	(void)state;
	make_content(&content);
	tpm_put_manifest(&all, &content);
	assert_true(manifest_read(&(struct blob){all.bytes, all.size}, &manifest, &error));
	assert_int_equal(manifest.count, 2);
	service = manifest_vtpm(&manifest);
	assert_non_null(service);
	assert_int_equal(service->version, NACRE_VTPM_MANIFEST_VERSION);
	assert_true(vtpm_identity_read(&service->body, &identity, &error));
	assert_int_equal(identity.ek_count, 3);
	assert_true(identity.has_ak);
	assert_int_equal(EVP_PKEY_eq(identity.issuer, tpm_fixture_key(TPM_KEY_ISSUER)), 1);
	manifest_describe(service, &text);
	buffer_append_zeros(&text, 1);
	assert_non_null(strstr((const char *)text.bytes, "attestation key: ECC on P-256"));
	vtpm_identity_free(&identity);
	buffer_free(&content);
	buffer_free(&all);
	buffer_free(&text);
}

/* ---- Among other services ---- */

#define GUID_UNKNOWN                                                  \
	{                                                             \
		1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 \
	}
#define GUID_UNKNOWN_2                                                 \
	{                                                              \
		16, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 \
	}

struct contents {
	struct buffer platform, vtpm, bare, other, none;
};

static void make_contents(struct contents *contents)
{
	*contents = (struct contents){.platform = {0}};
	tpm_put_platform(&contents->platform);
	make_content(&contents->vtpm);
	tpm_put_public(&contents->bare, TPM_KEY_EK_RSA, TPM_EK_ATTRIBUTES, TPM_ALG_NULL);
	buffer_append(&contents->other, "whatever it says", 16);
}

static void free_contents(struct contents *contents)
{
	buffer_free(&contents->platform);
	buffer_free(&contents->vtpm);
	buffer_free(&contents->bare);
	buffer_free(&contents->other);
}

/* Whether a list of these is read; the vTPM's version then, or -1 if there is none. */
static bool reads_list(const struct fixture_service *services, uint32_t count, int64_t *version)
{
	const struct manifest_service *vtpm;
	struct manifest manifest;
	struct buffer all = {0};
	bool ok;

	tpm_put_services(&all, services, count);
	ok = reads(&all, &manifest);
	vtpm = ok ? manifest_vtpm(&manifest) : NULL;
	*version = vtpm ? (int64_t)vtpm->version : -1;
	assert_true(!ok || manifest.count == count);
	buffer_free(&all);
	return ok;
}

static void the_vtpm_wherever_it_stands(void **state)
{
	struct contents c;
	int64_t version;

	(void)state;
	make_contents(&c);
	const struct fixture_service list[] = {{GUID_UNKNOWN, &c.other}, {SVSM_GUID_VTPM, &c.vtpm},
		{NACRE_GUID_PLATFORM, &c.platform}, {GUID_UNKNOWN_2, &c.none}};
	const struct fixture_service bare_last[] = {{NACRE_GUID_PLATFORM, &c.platform},
		{GUID_UNKNOWN, &c.vtpm}, {SVSM_GUID_VTPM, &c.bare}};

	assert_true(reads_list(list, 4, &version));
	assert_int_equal(version, NACRE_VTPM_MANIFEST_VERSION);
	assert_true(reads_list(list + 1, 1, &version));
	assert_int_equal(version, NACRE_VTPM_MANIFEST_VERSION);
	assert_true(reads_list(bare_last, 3, &version));
	assert_int_equal(version, SVSM_VTPM_MANIFEST_BARE);
	/* Its content under another's GUID is not the vTPM's. */
	assert_true(reads_list(bare_last, 2, &version));
	assert_int_equal(version, -1);
	assert_true(reads_list(list + 2, 2, &version));
	assert_int_equal(version, -1);
	free_contents(&c);
}

static void lists_with_a_false_vtpm(void **state)
{
	struct contents c;
	int64_t version;

	(void)state;
	make_contents(&c);
	const struct fixture_service twice[] = {{SVSM_GUID_VTPM, &c.vtpm},
		{NACRE_GUID_PLATFORM, &c.platform}, {SVSM_GUID_VTPM, &c.bare}};
	const struct fixture_service platforms[] = {
		{NACRE_GUID_PLATFORM, &c.platform}, {SVSM_GUID_VTPM, &c.platform}};
	const struct fixture_service swapped[] = {
		{NACRE_GUID_PLATFORM, &c.vtpm}, {SVSM_GUID_VTPM, &c.vtpm}};
	const struct fixture_service others[] = {{SVSM_GUID_VTPM, &c.other}};
	const struct fixture_service nothing[] = {{SVSM_GUID_VTPM, &c.none}};

	assert_false(reads_list(twice, 3, &version));
	assert_non_null(strstr(error.text, "is listed twice"));
	assert_false(reads_list(platforms, 2, &version));
	assert_non_null(strstr(error.text, "begins with another service's GUID"));
	assert_false(reads_list(swapped, 2, &version));
	assert_non_null(strstr(error.text, "begins with another service's GUID"));
	assert_false(reads_list(others, 1, &version));
	assert_false(reads_list(nothing, 1, &version));
	free_contents(&c);
}

static void another_version_of_the_content(void **state)
{
	struct contents c;
	int64_t version;

	(void)state;
	make_contents(&c);
	const struct fixture_service list[] = {
		{NACRE_GUID_PLATFORM, &c.platform}, {SVSM_GUID_VTPM, &c.vtpm}};

	c.vtpm.bytes[SVSM_GUID_SIZE] ^= 2;
	assert_false(reads_list(list, 2, &version));
	assert_non_null(strstr(error.text, "version 3 of the manifest of vTPM is unknown"));
	free_contents(&c);
}

static void the_bare_version(void **state)
{
	struct buffer bare = {0}, all = {0};
	struct manifest manifest;

	(void)state;
	tpm_put_public(&bare, TPM_KEY_EK_RSA, TPM_EK_ATTRIBUTES, TPM_ALG_NULL);
	assert_true(reads(&bare, &manifest));
	assert_true(manifest.single);
	assert_int_equal(manifest.services[0].version, SVSM_VTPM_MANIFEST_BARE);
	tpm_put_manifest(&all, &bare);
	assert_true(reads(&all, &manifest));
	assert_int_equal(manifest_vtpm(&manifest)->version, SVSM_VTPM_MANIFEST_BARE);
	while (--bare.size) {
		if (reads(&bare, &manifest))
			fail_msg("%zu bytes of a key are a manifest", bare.size);
	}
	bare.capacity = 1;
	buffer_free(&bare);
	buffer_free(&all);
}

/* A key that is no endorsement key names no TPM. */
static void bare_keys_of_another_kind(void **state)
{
	struct buffer bare = {0};
	struct manifest manifest;

	(void)state;
	tpm_put_public(&bare, TPM_KEY_AK_P256, TPM_AK_ATTRIBUTES, TPM_ALG_ECDSA);
	assert_false(reads(&bare, &manifest));
	buffer_free(&bare);
}

static void cut_manifests_are_refused(void **state)
{
	struct buffer content = {0};
	struct manifest manifest;
	size_t whole;

	(void)state;
	make_content(&content);
	whole = content.size;
	for (; content.size; content.size--)
		assert_int_equal(reads(&content, &manifest), content.size == whole);
	content.capacity = 1;
	buffer_free(&content);
}

/* Each of the map's values with another type, kind or form; places by what stands there. */
static void strange_maps_are_refused(void **state)
{
	static const struct {
		const char *before; /* the bytes in front of what is changed */
		size_t size, skip;
		uint8_t value;
	} cases[] = {{"bak", 3, 0, 0x00}, {"bek", 3, 0, 0xa2}, {"fissuer", 7, 2, 0x31},
		{"\x1a\x01\xc0\x00\x0a", 5, 3, 0x01}, {"\x1a\x01\xc0\x00\x16", 5, 6, 0x04},
		{"\x1a\x01\xc0\x00", 4, 0, 0x03}, {"bak", 3, 9, 0x00}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct buffer content = {0};
		struct manifest manifest;
		uint8_t *place;

		make_content(&content);
		place = memmem(content.bytes, content.size, cases[i].before, cases[i].size);
		assert_non_null(place);
		assert_true(reads(&content, &manifest));
		place[cases[i].size + cases[i].skip] = cases[i].value;
		if (reads(&content, &manifest))
			fail_msg("case %zu is accepted", i);
		buffer_free(&content);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_own_version),
		cmocka_unit_test(the_vtpm_wherever_it_stands),
		cmocka_unit_test(lists_with_a_false_vtpm),
		cmocka_unit_test(another_version_of_the_content),
		cmocka_unit_test(the_bare_version),
		cmocka_unit_test(bare_keys_of_another_kind),
		cmocka_unit_test(cut_manifests_are_refused),
		cmocka_unit_test(strange_maps_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, tpm_fixture_teardown);
}
