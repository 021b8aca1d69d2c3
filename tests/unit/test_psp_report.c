/* SPDX-License-Identifier: MIT */
/*
 * Attestation reports of the secure processor: each field at its offset, what
 * differs between versions, who signs, and what is refused. Signatures are
 * checked by OpenSSL.
 */
#include "tests/unit/unit_test.h"

#include "tests/unit/psp_fixture.h"

#define LAUNCH_FACTS                                                                             \
	(struct launch_facts)                                                                    \
	{                                                                                        \
		.policy = 0x3010a, .digest = {0xd1, 0xd2}, .host_data = {0xaa, 0xab},            \
		.report_id = {0x1d}, .family_id = {0xfa}, .image_id = {0x1a}, .guest_svn = 7,    \
		.id_key_digest = {0x11}, .author_key_digest = {0x22}, .author_key_enabled = true \
	}

static struct snp_report_rsp ask(
	struct secure_processor *p, uint8_t vmpck, const struct snp_report_req *req)
{
	struct snp_report_rsp rsp;

	assert_int_equal(
		fixture_ask(p, SNP_MSG_REPORT_REQ, vmpck, req, sizeof(*req), &rsp, sizeof(rsp)),
		SNP_FW_SUCCESS);
	return rsp;
}

static uint64_t number_at(const struct snp_report *r, size_t offset, size_t size)
{
	uint64_t value = 0;

	memcpy(&value, (const uint8_t *)r + offset, size);
	return value;
}

static void assert_signed(const struct snp_report *r, const uint8_t key[CHIP_KEY_SIZE])
{
	struct snp_public_key public;

	assert_true(p384_public(key, &public, fixture_random));
	assert_int_equal(public.curve, SNP_CURVE_P384);
	assert_true(fixture_verify(&public, r, 0x2a0, &r->signature));
	assert_true(p384_verify(&public, r, 0x2a0, &r->signature));
	for (size_t i = 0x2a0 + 144; i < sizeof(*r); i++)
		assert_int_equal(((const uint8_t *)r)[i], 0);
}

/* What every version has, at the offsets of the firmware's table. */
static void assert_common_fields(const struct snp_report *r)
{
	static const struct {
		size_t offset, size;
		uint64_t value;
	} fields[] = {
		{0x004, 4, 7},
		{0x008, 8, 0x3010a},
		{0x010, 1, 0xfa},
		{0x020, 1, 0x1a},
		{0x030, 4, 2},
		{0x034, 4, 1},
		{0x038, 8, 0x4815000000000309},
		{0x04c, 4, 0},
		{0x050, 1, 0xda},
		{0x08f, 1, 0xdb},
		{0x090, 2, 0xd2d1},
		{0x0c0, 2, 0xabaa},
		{0x0e0, 1, 0x11},
		{0x110, 1, 0x22},
		{0x140, 1, 0x1d},
		{0x160, 8, UINT64_MAX},
		{0x178, 8, UINT64_MAX},
		{0x180, 8, 0x4815000000000309},
		{0x1a0, 1, 0xc1},
		{0x1df, 1, 0xc1},
		{0x1e0, 8, 0x4815000000000309},
		{0x1e8, 4, 0x00013a00},
		{0x1ec, 4, 0x00013a00},
		{0x1f0, 8, 0x4815000000000309},
		{0x208, 8, 0},
		{0x298, 8, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		assert_true(number_at(r, fields[i].offset, fields[i].size) == fields[i].value);
}

static struct snp_report good_report(uint32_t version)
{
	struct secure_processor *p = fixture_processor();
	struct snp_report_req req = {.vmpl = 2, .key_select = SNP_KEY_SELECT_VCEK};
	struct snp_report_rsp rsp;

	req.report_data[0] = 0xda;
	req.report_data[63] = 0xdb;
	p->report_version = version;
	p->launch = LAUNCH_FACTS;
	rsp = ask(p, 1, &req);
	assert_int_equal(rsp.status, SNP_MSG_SUCCESS);
	assert_int_equal(rsp.report_size, sizeof(rsp.report));
	assert_int_equal(rsp.report.version, version);
	assert_common_fields(&rsp.report);
	assert_int_equal(rsp.report.key_info, 1);
	assert_signed(&rsp.report, p->chip.vcek);
	return rsp.report;
}

static void version_2(void **state)
{
	struct snp_report r = good_report(2);

	(void)state;
	assert_true(number_at(&r, 0x188, 3) == 0);
	assert_true(number_at(&r, 0x1f8, 8) == 0);
	assert_true(number_at(&r, 0x200, 8) == 0);
	assert_true(r.platform_info == 0x4);
}

static void version_3(void **state)
{
	struct snp_report r = good_report(3);

	(void)state;
	assert_true(number_at(&r, 0x188, 3) == 0x021119);
	assert_true(number_at(&r, 0x1f8, 8) == 0);
	assert_true(r.platform_info == 0x24);
}

static void version_5(void **state)
{
	struct snp_report r = good_report(5);

	(void)state;
	assert_true(number_at(&r, 0x188, 3) == 0x021119);
	assert_true(number_at(&r, 0x1f8, 8) == 1);
	assert_true(number_at(&r, 0x200, 8) == 1);
}

static void who_signs(void **state)
{
	struct secure_processor *p = fixture_processor();
	struct snp_report_req req = {.key_select = SNP_KEY_SELECT_AUTO};
	struct snp_report_rsp rsp = ask(p, 0, &req);

	(void)state;
	assert_signed(&rsp.report, p->chip.vlek);
	assert_int_equal(rsp.report.key_info, SNP_SIGNER_VLEK << SNP_REPORT_KEY_SIGNER_SHIFT);
	req.key_select = SNP_KEY_SELECT_VLEK;
	rsp = ask(p, 0, &req);
	assert_signed(&rsp.report, p->chip.vlek);
	memset(p->chip.vlek, 0, sizeof(p->chip.vlek));
	rsp = ask(p, 0, &req);
	assert_int_equal(rsp.status, SNP_MSG_INVALID_KEY_SELECTION);
	req.key_select = SNP_KEY_SELECT_AUTO;
	rsp = ask(p, 0, &req);
	assert_signed(&rsp.report, p->chip.vcek);
	assert_int_equal(rsp.report.key_info, 0);
}

static void refused(void **state)
{
	static const struct {
		uint8_t vmpck;
		struct snp_report_req req;
	} cases[] = {
		{1, {.vmpl = 0}},
		{3, {.vmpl = 2}},
		{0, {.vmpl = 4}},
		{0, {.vmpl = UINT32_MAX}},
		{0, {.key_select = 3}},
		{0, {.key_select = 4}},
		{0, {.reserved_48 = {1}}},
	};
	static const struct snp_report empty;
	struct secure_processor *p = fixture_processor();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct snp_report_rsp rsp = ask(p, cases[i].vmpck, &cases[i].req);

		assert_int_equal(rsp.status, SNP_MSG_INVALID_PARAMETERS);
		assert_int_equal(rsp.report_size, 0);
		assert_memory_equal(&rsp.report, &empty, sizeof(empty));
	}
}

/* An identity whose key is no number of the curve's has no report. */
static void no_key(void **state)
{
	struct secure_processor *p = fixture_processor();
	struct snp_report_req req = {.key_select = SNP_KEY_SELECT_VCEK};
	static const struct snp_report empty;
	struct snp_report_rsp rsp;

	(void)state;
	memset(p->chip.vcek, 0xff, sizeof(p->chip.vcek));
	rsp = ask(p, 0, &req);
	assert_int_not_equal(rsp.status, SNP_MSG_SUCCESS);
	assert_memory_equal(&rsp.report, &empty, sizeof(empty));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_2),
		cmocka_unit_test(version_3),
		cmocka_unit_test(version_5),
		cmocka_unit_test(who_signs),
		cmocka_unit_test(refused),
		cmocka_unit_test(no_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
