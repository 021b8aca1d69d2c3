/* SPDX-License-Identifier: MIT */
/*
 * Derived keys: the same for the same choice, another for each field that was
 * chosen and differs, untouched by fields that were not, and what is refused.
 */
#include "tests/unit/unit_test.h"

#include "tests/unit/psp_fixture.h"

struct key {
	uint8_t bytes[SNP_KEY_SIZE];
};

static struct snp_key_rsp ask(struct secure_processor *p, uint8_t vmpck, struct snp_key_req req)
{
	struct snp_key_rsp rsp;

	assert_int_equal(
		fixture_ask(p, SNP_MSG_KEY_REQ, vmpck, &req, sizeof(req), &rsp, sizeof(rsp)),
		SNP_FW_SUCCESS);
	return rsp;
}

static struct key get(struct secure_processor *p, struct snp_key_req req)
{
	static const struct key none;
	struct snp_key_rsp rsp = ask(p, 0, req);
	struct key key;

	assert_int_equal(rsp.status, SNP_MSG_SUCCESS);
	memcpy(key.bytes, rsp.key, sizeof(key.bytes));
	assert_memory_not_equal(&key, &none, sizeof(key));
	return key;
}

static bool same(struct key a, struct key b)
{
	return !memcmp(&a, &b, sizeof(a));
}

/* Each fact of the launch, changed alone, with the bit that selects it. */
static void change_policy(struct launch_facts *f)
{
	f->policy ^= SNP_POLICY_DEBUG;
}

static void change_image(struct launch_facts *f)
{
	f->image_id[15] ^= 1;
}

static void change_family(struct launch_facts *f)
{
	f->family_id[0] ^= 1;
}

static void change_measurement(struct launch_facts *f)
{
	f->digest[47] ^= 1;
}

static const struct {
	uint64_t field;
	void (*change)(struct launch_facts *facts);
} facts[] = {
	{SNP_KEY_FIELD_POLICY, change_policy},
	{SNP_KEY_FIELD_IMAGE_ID, change_image},
	{SNP_KEY_FIELD_FAMILY_ID, change_family},
	{SNP_KEY_FIELD_MEASUREMENT, change_measurement},
};

static void selected_facts(void **state)
{
	struct secure_processor *p = fixture_processor();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
		struct snp_key_req with = {.guest_field_select = facts[i].field};
		struct snp_key_req without = {.guest_field_select = 0x3f & ~facts[i].field};
		struct key a, b;

		p->launch = (struct launch_facts){.policy = 0x30000};
		a = get(p, with);
		b = get(p, without);
		assert_true(same(a, get(p, with)));
		facts[i].change(&p->launch);
		assert_false(same(a, get(p, with)));
		assert_true(same(b, get(p, without)));
	}
}

/* SVN and TCB are the request's, up to what the guest and the chip have. */
static void requested_versions(void **state)
{
	struct secure_processor *p = fixture_processor();
	uint64_t svn = SNP_KEY_FIELD_GUEST_SVN, tcb = SNP_KEY_FIELD_TCB;

	(void)state;
	p->launch.guest_svn = 5;
	assert_false(same(get(p, (struct snp_key_req){.guest_field_select = svn, .guest_svn = 5}),
		get(p, (struct snp_key_req){.guest_field_select = svn, .guest_svn = 4})));
	assert_true(same(get(p, (struct snp_key_req){.guest_svn = 5}),
		get(p, (struct snp_key_req){.guest_svn = 4})));
	assert_false(same(get(p, (struct snp_key_req){.guest_field_select = tcb, .tcb_version = 9}),
		get(p, (struct snp_key_req){.guest_field_select = tcb, .tcb_version = 8})));
	assert_true(same(get(p, (struct snp_key_req){.tcb_version = 9}),
		get(p, (struct snp_key_req){.tcb_version = 8})));
}

/* Selecting a field that is zero is not the same as not selecting it. */
static void choice_matters(void **state)
{
	struct secure_processor *p = fixture_processor();
	struct key keys[64];

	(void)state;
	for (uint64_t fields = 0; fields < ARRAY_SIZE(keys); fields++) {
		keys[fields] = get(p, (struct snp_key_req){.guest_field_select = fields});
		for (uint64_t i = 0; i < fields; i++)
			assert_false(same(keys[i], keys[fields]));
	}
}

static void vmpl_and_chip(void **state)
{
	struct secure_processor *p = fixture_processor();
	struct key own = get(p, (struct snp_key_req){0});
	struct snp_key_rsp rsp;

	(void)state;
	assert_false(same(own, get(p, (struct snp_key_req){.vmpl = 3})));
	rsp = ask(p, 3, (struct snp_key_req){.vmpl = 3});
	assert_memory_equal(rsp.key, get(p, (struct snp_key_req){.vmpl = 3}).bytes, SNP_KEY_SIZE);
	p->chip.vcek[0] ^= 1;
	assert_false(same(own, get(p, (struct snp_key_req){0})));
}

static void refused(void **state)
{
	static const struct {
		uint8_t vmpck;
		struct snp_key_req req;
	} cases[] = {
		{0, {.root_key_select = SNP_KEY_ROOT_VMRK}},
		{0, {.root_key_select = 0x80000000}},
		{0, {.reserved_4 = 1}},
		{0, {.guest_field_select = 0x40}},
		{0, {.guest_field_select = 1ULL << 32}},
		{1, {.vmpl = 0}},
		{3, {.vmpl = 4}},
		{0, {.guest_svn = 1}},
		{0, {.tcb_version = 0x4815000000000400}},
		{0, {.tcb_version = 0x010000}},
		{0, {.tcb_version = UINT64_MAX}},
	};
	static const uint8_t none[SNP_KEY_SIZE];
	struct secure_processor *p = fixture_processor();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct snp_key_rsp rsp = ask(p, cases[i].vmpck, cases[i].req);

		assert_int_equal(rsp.status, SNP_MSG_INVALID_PARAMETERS);
		assert_memory_equal(rsp.key, none, sizeof(none));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(selected_facts),
		cmocka_unit_test(requested_versions),
		cmocka_unit_test(choice_matters),
		cmocka_unit_test(vmpl_and_chip),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
