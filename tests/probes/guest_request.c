/* SPDX-License-Identifier: MIT */
/*
 * Guest requests: the message's checks one by one, reports, keys and the
 * counter's description from the secure processor, and the host's part in it.
 * Started with the chip of identity.c and certificates of 5000 bytes; the
 * command line has the launch digest, and what else is different.
 */
#include <string.h>

#include "check.h"
#include "guest.h"
#include "identity.h"
#include "insn.h"
#include "memory.h"
#include "message_crypto.h"
#include "messages.h"

#define CERTIFICATE_BYTES 5000U
#define CERTIFICATE_PAGES 2U
#define UNCHANGED 0xee

static struct snp_report_rsp rsp;
static struct snp_key_rsp key_rsp;

/* Where the command line has @name, "NAME="; NULL: nowhere. */
static const char *find_option(const char *name)
{
	size_t n = strlen(name);

	for (const char *p = guest.cmdline; *p; p++)
		if ((p == guest.cmdline || p[-1] == ' ') && !memcmp(p, name, n))
			return p + n;
	return NULL;
}

static bool has_option(const char *name)
{
	return find_option(name);
}

/* Decimal number behind @name on the command line. */
static uint64_t number_option(const char *name, uint64_t fallback)
{
	const char *p = find_option(name);
	uint64_t value = 0;

	if (!p)
		return fallback;
	for (; *p >= '0' && *p <= '9'; p++)
		value = value * 10 + (uint64_t)(*p - '0');
	return value;
}

static uint64_t get_report(uint32_t vmpck, const struct snp_report_req *req)
{
	memset(&rsp, 0, sizeof(rsp));
	return messages_exchange(SNP_MSG_REPORT_REQ, vmpck, req, sizeof(*req), &rsp, sizeof(rsp));
}

static uint64_t get_key(uint32_t vmpck, struct snp_key_req req)
{
	memset(&key_rsp, 0, sizeof(key_rsp));
	return messages_exchange(
		SNP_MSG_KEY_REQ, vmpck, &req, sizeof(req), &key_rsp, sizeof(key_rsp));
}

/* --- Reports --- */

static uint32_t hex_value(char c)
{
	return (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* Whether @bytes are those behind @name on the command line, in hexadecimal. */
static bool told(const char *name, const uint8_t *bytes, size_t size)
{
	const char *p = find_option(name);

	if (!p)
		return false;
	for (; size; size--, p += 2)
		if (*bytes++ != (hex_value(p[0]) << 4 | hex_value(p[1])))
			return false;
	return true;
}

static bool signed_by(const uint8_t key[CHIP_KEY_SIZE])
{
	struct snp_public_key public;

	return p384_public(key, &public, messages_random) &&
	       p384_verify(&public, &rsp.report, offsetof(struct snp_report, signature),
		       &rsp.report.signature);
}

static void each_key(void)
{
	struct snp_report_req req = {.report_data = {1, 2, 3}};

	for (uint32_t vmpck = 0; vmpck < VMPL_COUNT; vmpck++) {
		req.vmpl = vmpck;
		req.report_data[63] = (uint8_t)vmpck;
		EXPECT_EQ(get_report(vmpck, &req), 0);
		EXPECT_EQ(rsp.status, SNP_MSG_SUCCESS);
		EXPECT_EQ(rsp.report_size, sizeof(rsp.report));
		EXPECT_EQ(rsp.report.vmpl, vmpck);
		EXPECT(!memcmp(rsp.report.report_data, req.report_data, sizeof(req.report_data)));
		EXPECT(signed_by(guest_has_word("vlek") ? test_identity.vlek : test_identity.vcek));
	}
}

/* Bytes behind NAME= on the command line, or zeros where it is not there. */
static bool told_or_zero(const char *name, const uint8_t *bytes, size_t size)
{
	static const uint8_t zero[SNP_DIGEST_SIZE];

	return told(name, bytes, size) || (!has_option(name) && !memcmp(bytes, zero, size));
}

static void launch_fields(void)
{
	const struct snp_report *r = &rsp.report;
	uint32_t signer = guest_has_word("vlek") ? SNP_SIGNER_VLEK : SNP_SIGNER_VCEK;

	EXPECT_EQ(get_report(0, &(struct snp_report_req){0}), 0);
	EXPECT_EQ(r->version, number_option("version=", 5));
	EXPECT_EQ(r->policy, SNP_POLICY_RESERVED_ONE | SNP_POLICY_SMT);
	EXPECT(told("digest=", r->measurement, sizeof(r->measurement)));
	EXPECT(told_or_zero("host-data=", r->host_data, sizeof(r->host_data)));
	EXPECT_EQ(r->key_info, signer << SNP_REPORT_KEY_SIGNER_SHIFT | has_option("author-key="));
}

/* What the ID block has said, if there was one. */
static void identity_fields(void)
{
	const struct snp_report *r = &rsp.report;

	EXPECT_EQ(get_report(0, &(struct snp_report_req){0}), 0);
	EXPECT_EQ(r->guest_svn, number_option("svn=", 0));
	EXPECT(told_or_zero("family=", r->family_id, sizeof(r->family_id)));
	EXPECT(told_or_zero("image=", r->image_id, sizeof(r->image_id)));
	EXPECT(told_or_zero("id-key=", r->id_key_digest, sizeof(r->id_key_digest)));
	EXPECT(told_or_zero("author-key=", r->author_key_digest, sizeof(r->author_key_digest)));
}

static void chip_fields(void)
{
	const struct snp_report *r = &rsp.report;
	bool v3 = number_option("version=", 5) >= 3, v5 = number_option("version=", 5) >= 5;

	EXPECT_EQ(get_report(0, &(struct snp_report_req){0}), 0);
	EXPECT_EQ(r->reported_tcb, test_identity.tcb);
	EXPECT_EQ(r->current_tcb, test_identity.tcb);
	EXPECT_EQ(r->committed_tcb, test_identity.tcb);
	EXPECT_EQ(r->launch_tcb, test_identity.tcb);
	EXPECT(!memcmp(r->chip_id, test_identity.chip_id, sizeof(r->chip_id)));
	EXPECT_EQ(r->cpuid_family, v3 ? 0x19 : 0);
	EXPECT_EQ(r->cpuid_model, v3 ? 0x11 : 0);
	EXPECT_EQ(r->cpuid_stepping, v3 ? 2 : 0);
	EXPECT_EQ(!!r->launch_mit_vector, v5);
	EXPECT_EQ(guest.secrets->fms, 0xa10f12);
}

/* Both ids are as random as the launch; the second asks for a migration agent. */
static void report_ids(void)
{
	uint8_t first[32];

	EXPECT_EQ(get_report(0, &(struct snp_report_req){0}), 0);
	memcpy(first, rsp.report.report_id, sizeof(first));
	EXPECT_EQ(get_report(1, &(struct snp_report_req){.vmpl = 1}), 0);
	EXPECT(!memcmp(first, rsp.report.report_id, sizeof(first)));
	for (uint32_t i = 0; i < 32; i++)
		EXPECT_EQ(rsp.report.report_id_ma[i], 0xff);
}

static void other_vmpls(void)
{
	for (uint32_t vmpck = 0; vmpck < VMPL_COUNT; vmpck++)
		for (uint32_t vmpl = 0; vmpl < VMPL_COUNT + 2; vmpl++) {
			bool may = vmpl >= vmpck && vmpl < VMPL_COUNT;

			EXPECT_EQ(get_report(vmpck, &(struct snp_report_req){.vmpl = vmpl}), 0);
			EXPECT_EQ(rsp.status, may ? SNP_MSG_SUCCESS : SNP_MSG_INVALID_PARAMETERS);
			EXPECT_EQ(rsp.report_size, may ? sizeof(rsp.report) : 0);
			EXPECT_EQ(rsp.report.version, may ? number_option("version=", 5) : 0);
		}
}

static void key_selection(void)
{
	bool vlek = guest_has_word("vlek");
	static struct snp_report_req req;

	req.key_select = SNP_KEY_SELECT_VCEK;
	EXPECT_EQ(get_report(0, &req), 0);
	EXPECT(signed_by(test_identity.vcek));
	EXPECT_EQ(rsp.report.key_info >> SNP_REPORT_KEY_SIGNER_SHIFT, SNP_SIGNER_VCEK);
	req.key_select = SNP_KEY_SELECT_VLEK;
	EXPECT_EQ(get_report(0, &req), 0);
	EXPECT_EQ(rsp.status, vlek ? SNP_MSG_SUCCESS : SNP_MSG_INVALID_KEY_SELECTION);
	EXPECT_EQ(signed_by(test_identity.vlek), vlek);
	req.key_select = 3;
	EXPECT_EQ(get_report(0, &req), 0);
	EXPECT_EQ(rsp.status, SNP_MSG_INVALID_PARAMETERS);
	req.key_select = 0;
	req.reserved_48[23] = 1;
	EXPECT_EQ(get_report(0, &req), 0);
	EXPECT_EQ(rsp.status, SNP_MSG_INVALID_PARAMETERS);
}

/* --- Messages --- */

static uint64_t send_changed(uint32_t offset, uint8_t value)
{
	static const struct snp_report_req req;

	messages_prepare(SNP_MSG_REPORT_REQ, 0, &req, sizeof(req));
	((uint8_t *)messages.request)[offset] ^= value;
	return messages_send();
}

static void response_is_untouched(void)
{
	const uint8_t *p = (const uint8_t *)messages.response;

	for (uint32_t i = 0; i < PAGE_SIZE; i++)
		if (!EXPECT_EQ(p[i], 0))
			return;
}

static void bad_headers(void)
{
	static const struct {
		uint32_t offset;
		uint8_t change;
		enum snp_firmware_error error;
	} changes[] = {
		{0x00, 1, SNP_FW_BAD_MEASUREMENT},
		{0x0f, 0x80, SNP_FW_BAD_MEASUREMENT},
		{0x10, 1, SNP_FW_INVALID_PARAM},
		{0x1f, 1, SNP_FW_INVALID_PARAM},
		{0x20, 2, SNP_FW_INVALID_PARAM},
		{0x27, 1, SNP_FW_INVALID_PARAM},
		{0x28, 1, SNP_FW_INVALID_PARAM},
		{0x30, 1, SNP_FW_INVALID_PARAM},
		{0x30, 3, SNP_FW_INVALID_PARAM},
		{0x31, 3, SNP_FW_INVALID_PARAM},
		{0x32, 1, SNP_FW_INVALID_PARAM},
		{0x33, 1, SNP_FW_INVALID_PARAM},
		{0x34, 6, SNP_FW_BAD_MEASUREMENT}, /* a key's request: not what was sealed */
		{0x35, 2, SNP_FW_BAD_MEASUREMENT},
		{0x36, 1, SNP_FW_BAD_MEASUREMENT},
		{0x37, 0x10, SNP_FW_INVALID_PARAM}, /* longer than any page */
		{0x38, 1, SNP_FW_INVALID_PARAM},
		{0x3c, 4, SNP_FW_INVALID_PARAM},
		{0x3d, 1, SNP_FW_INVALID_PARAM},
		{0x5f, 1, SNP_FW_INVALID_PARAM},
		{0x60, 1, SNP_FW_BAD_MEASUREMENT},
		{0xbf, 0x80, SNP_FW_BAD_MEASUREMENT},
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(changes); i++) {
		if (!EXPECT_EQ(
			    send_changed(changes[i].offset, changes[i].change), changes[i].error))
			check_fail("byte %x ^ %x", changes[i].offset, changes[i].change);
		response_is_untouched();
	}
	EXPECT_EQ(get_report(0, &(struct snp_report_req){0}), 0);
}

/* What lies behind the payload is nobody's. */
static void behind_the_payload(void)
{
	EXPECT_EQ(send_changed(0xc0, 1), 0);
	EXPECT(messages_receive(0, &rsp, sizeof(rsp)));
	messages.count[0] += 2;
}

static uint64_t send_sequence(uint64_t sequence)
{
	static const struct snp_report_req req;
	uint64_t count = messages.count[0], result;

	messages.count[0] = sequence - 1;
	messages_prepare(SNP_MSG_REPORT_REQ, 0, &req, sizeof(req));
	result = messages_send();
	messages.count[0] = count;
	return result;
}

static void sequence_numbers(void)
{
	uint64_t next = messages.count[0] + 1;
	const uint64_t bad[] = {0, next - 2, next - 1, next + 1, next + 2, next + (1ULL << 32),
		UINT64_MAX - 1, UINT64_MAX};

	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(send_sequence(bad[i]), SNP_FW_INVALID_PARAM);
		response_is_untouched();
	}
	EXPECT_EQ(get_report(0, &(struct snp_report_req){0}), 0);
	EXPECT_EQ(messages_send(), SNP_FW_INVALID_PARAM); /* the same once more */
	EXPECT_EQ(get_report(0, &(struct snp_report_req){0}), 0);
}

/* A count for each key: another's use does not move it. */
static void counts_apart(void)
{
	uint64_t before = messages.count[3];

	for (uint32_t i = 0; i < 3; i++)
		EXPECT_EQ(get_report(2, &(struct snp_report_req){.vmpl = 2}), 0);
	EXPECT_EQ(get_report(3, &(struct snp_report_req){.vmpl = 3}), 0);
	EXPECT_EQ(messages.count[3], before + 2);
}

/* A message sealed with one key, and said to be of another. */
static void wrong_key(void)
{
	static const struct snp_report_req req;

	messages_prepare(SNP_MSG_REPORT_REQ, 0, &req, sizeof(req));
	messages.request->header.vmpck = 1;
	messages.request->header.sequence = messages.count[1] + 1;
	if (!message_seal(messages.request, guest.secrets->vmpck[0], &req))
		check_abort("a message could not be sealed");
	EXPECT_EQ(messages_send(), SNP_FW_BAD_MEASUREMENT);
	EXPECT_EQ(get_report(1, &(struct snp_report_req){.vmpl = 1}), 0);
}

static uint64_t send_type(uint8_t type, uint8_t version, uint16_t size)
{
	static const uint8_t payload[SNP_MSG_PAYLOAD_MAX];

	messages_prepare(type, 0, payload, size);
	messages.request->header.version = version;
	if (!message_seal(messages.request, guest.secrets->vmpck[0], payload))
		check_abort("a message could not be sealed");
	return messages_send();
}

static void other_messages(void)
{
	static const uint8_t unsupported[] = {SNP_MSG_CPUID_REQ, SNP_MSG_EXPORT_REQ,
		SNP_MSG_IMPORT_REQ, SNP_MSG_ABSORB_REQ, SNP_MSG_VMRK_REQ};
	static const uint8_t unknown[] = {0, SNP_MSG_REPORT_RSP, SNP_MSG_TSC_INFO_RSP, 19, 255};

	for (uint32_t i = 0; i < ARRAY_SIZE(unsupported); i++)
		EXPECT_EQ(send_type(unsupported[i], 1, 0x60), SNP_FW_UNSUPPORTED);
	for (uint32_t i = 0; i < ARRAY_SIZE(unknown); i++)
		EXPECT_EQ(send_type(unknown[i], 1, 0x60), SNP_FW_INVALID_PARAM);
	EXPECT_EQ(send_type(SNP_MSG_REPORT_REQ, 0, 0x60), SNP_FW_INVALID_PARAM);
	EXPECT_EQ(send_type(SNP_MSG_REPORT_REQ, 2, 0x60), SNP_FW_INVALID_PARAM);
	EXPECT_EQ(send_type(SNP_MSG_REPORT_REQ, 1, 0), SNP_FW_INVALID_LENGTH);
	EXPECT_EQ(send_type(SNP_MSG_REPORT_REQ, 1, 0x5f), SNP_FW_INVALID_LENGTH);
	EXPECT_EQ(send_type(SNP_MSG_REPORT_REQ, 1, SNP_MSG_PAYLOAD_MAX), SNP_FW_INVALID_LENGTH);
	EXPECT_EQ(send_type(SNP_MSG_KEY_REQ, 1, 0x60), SNP_FW_INVALID_LENGTH);
	EXPECT_EQ(get_report(0, &(struct snp_report_req){0}), 0);
}

static void tsc_info(void)
{
	static struct snp_tsc_info_req req;
	static struct snp_tsc_info_rsp tsc;

	EXPECT_EQ(messages_exchange(SNP_MSG_TSC_INFO_REQ, 1, &req, sizeof(req), &tsc, sizeof(tsc)),
		0);
	EXPECT_EQ(tsc.status, SNP_MSG_SUCCESS);
	EXPECT_EQ(tsc.tsc_scale, 1ULL << 32);
	EXPECT_EQ(tsc.tsc_offset, 0);
	req.reserved[127] = 1;
	EXPECT_EQ(messages_exchange(SNP_MSG_TSC_INFO_REQ, 1, &req, sizeof(req), &tsc, sizeof(tsc)),
		0);
	EXPECT_EQ(tsc.status, SNP_MSG_INVALID_PARAMETERS);
}

/* --- Keys --- */

static void derived_keys(void)
{
	uint8_t keys[8][SNP_KEY_SIZE];
	uint32_t n = 0;

	for (uint64_t fields = 0; fields <= SNP_KEY_FIELD_TCB; fields = fields ? fields << 1 : 1) {
		EXPECT_EQ(get_key(0, (struct snp_key_req){.guest_field_select = fields}), 0);
		EXPECT_EQ(key_rsp.status, SNP_MSG_SUCCESS);
		memcpy(keys[n++], key_rsp.key, SNP_KEY_SIZE);
	}
	EXPECT_EQ(get_key(0, (struct snp_key_req){.vmpl = 1}), 0);
	memcpy(keys[n++], key_rsp.key, SNP_KEY_SIZE);
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = 0; j < i; j++)
			EXPECT(memcmp(keys[i], keys[j], SNP_KEY_SIZE));
	EXPECT_EQ(get_key(1, (struct snp_key_req){.vmpl = 1}), 0);
	EXPECT(!memcmp(keys[n - 1], key_rsp.key, SNP_KEY_SIZE));
}

static void refused_keys(void)
{
	static const struct {
		uint32_t vmpck;
		struct snp_key_req req;
	} refused[] = {
		{0, {.root_key_select = SNP_KEY_ROOT_VMRK}},
		{0, {.root_key_select = 2}},
		{0, {.reserved_4 = 1}},
		{0, {.guest_field_select = 1 << 6}},
		{0, {.guest_field_select = 1ULL << 63}},
		{0, {.vmpl = 4}},
		{2, {.vmpl = 1}},
		{0, {.guest_svn = 100}},
		{0, {.tcb_version = 0x481500000000030aULL}},
		{0, {.tcb_version = 0x400}},
		{0, {.tcb_version = 0x49ULL << 56}},
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(refused); i++) {
		EXPECT_EQ(get_key(refused[i].vmpck, refused[i].req), 0);
		if (!EXPECT_EQ(key_rsp.status, SNP_MSG_INVALID_PARAMETERS))
			check_fail("refused key %u", i);
	}
}

/* --- The host --- */

static struct nae call(struct nae n)
{
	nae_call(&n);
	return n;
}

static void bad_addresses(void)
{
	uint64_t req = messages.request_gpa, res = messages.response_gpa;
	uint64_t own = (uint64_t)page_alloc();
	const struct {
		uint64_t request, response, reason;
	} bad[] = {
		{req + 8, res, GHCB_ERR_MISSING_INPUT},
		{req, res + 1, GHCB_ERR_MISSING_INPUT},
		{req, req, GHCB_ERR_MISSING_INPUT},
		{own, res, GHCB_ERR_INVALID_INPUT},
		{req, own, GHCB_ERR_INVALID_INPUT},
		{1ULL << 40, res, GHCB_ERR_INVALID_INPUT},
	};

	for (uint32_t extended = 0; extended < 2; extended++)
		for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
			struct nae n = call((struct nae){
				.code = GHCB_EVENT_GUEST_REQUEST + extended,
				.info1 = bad[i].request,
				.info2 = bad[i].response,
				.rax = messages.data_gpa,
				.valid = NAE_RAX | NAE_RBX,
			});

			EXPECT_EQ(n.info1, GHCB_RESULT_MALFORMED);
			EXPECT_EQ(n.info2, bad[i].reason);
		}
	EXPECT_EQ(get_report(0, &(struct snp_report_req){0}), 0);
}

static bool has_certificates(void)
{
	static const char text[] = "nacre\n";

	for (uint32_t i = 0; i < CERTIFICATE_BYTES; i++)
		if (messages.data[i] != text[i % 6])
			return false;
	return messages.data[CERTIFICATE_BYTES] == UNCHANGED;
}

static void too_few_pages(void)
{
	static const struct snp_report_req req;

	for (messages.data_pages = 0; messages.data_pages < CERTIFICATE_PAGES;
		messages.data_pages++) {
		messages_prepare(SNP_MSG_REPORT_REQ, 0, &req, sizeof(req));
		EXPECT_EQ(messages_send(),
			(uint64_t)SNP_GUEST_VMM_INVALID_LEN << SNP_GUEST_VMM_SHIFT);
		EXPECT_EQ(messages.rbx, CERTIFICATE_PAGES);
		response_is_untouched();
	}
	EXPECT_EQ(messages.data[0], UNCHANGED);
}

/* As Linux does it: the message that found no room is sent once more, as a plain one. */
static void resent_as_plain(void)
{
	messages.extended = false;
	EXPECT_EQ(messages_send(), 0);
	EXPECT(messages_receive(0, &rsp, sizeof(rsp)));
	messages.count[0] += 2;
	messages.extended = true;
}

static void bad_data_pages(void)
{
	uint64_t own = (uint64_t)pages_alloc(CERTIFICATE_PAGES), good = messages.data_gpa;
	const uint64_t bad[] = {good + 0x800, own, own + PAGE_SIZE};
	static const struct snp_report_req req;

	messages_prepare(SNP_MSG_REPORT_REQ, 0, &req, sizeof(req));
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct nae n = call((struct nae){
			.code = GHCB_EVENT_EXT_GUEST_REQUEST,
			.info1 = messages.request_gpa,
			.info2 = messages.response_gpa,
			.rax = bad[i],
			.rbx = CERTIFICATE_PAGES,
			.valid = NAE_RAX | NAE_RBX,
		});

		EXPECT_EQ(n.info1, GHCB_RESULT_MALFORMED);
		EXPECT_EQ(n.info2, GHCB_ERR_INVALID_INPUT);
	}
}

static void extended_request(void)
{
	messages.extended = true;
	too_few_pages();
	resent_as_plain();
	bad_data_pages();
	memset(messages.data, UNCHANGED, CERTIFICATE_PAGES * PAGE_SIZE);
	messages.data_pages = 0;
	EXPECT_EQ(get_key(0, (struct snp_key_req){0}), 0);
	EXPECT_EQ(messages.data[0], UNCHANGED);
	messages.data_pages = CERTIFICATE_PAGES + 1;
	EXPECT_EQ(get_report(0, &(struct snp_report_req){0}), 0);
	EXPECT_EQ(messages.rbx, CERTIFICATE_PAGES + 1);
	EXPECT(has_certificates());
	messages.extended = false;
}

/* Registers not marked valid are not there. */
static void missing_registers(void)
{
	static const struct snp_report_req req;
	static const uint32_t valid[] = {0, NAE_RAX, NAE_RBX};

	messages_prepare(SNP_MSG_REPORT_REQ, 0, &req, sizeof(req));
	for (uint32_t i = 0; i < ARRAY_SIZE(valid); i++) {
		struct nae n = call((struct nae){
			.code = GHCB_EVENT_EXT_GUEST_REQUEST,
			.info1 = messages.request_gpa,
			.info2 = messages.response_gpa,
			.rax = messages.data_gpa,
			.rbx = CERTIFICATE_PAGES,
			.valid = valid[i],
		});

		EXPECT_EQ(n.info1, GHCB_RESULT_MALFORMED);
		EXPECT_EQ(n.info2, GHCB_ERR_INVALID_INPUT);
	}
}

static void throttling(void)
{
	uint64_t count = messages.count[0], busy = number_option("throttle=", 0);

	for (uint32_t i = 0; i < 4; i++) {
		EXPECT_EQ(get_report(0, &(struct snp_report_req){0}), 0);
		EXPECT_EQ(messages.busy, busy);
	}
	EXPECT_EQ(messages.count[0], count + 8);
}

static const struct test_case cases[] = {
	{"a report by each of the four keys, signed", each_key},
	{"the report says what was launched", launch_fields},
	{"the report says who has signed the launch", identity_fields},
	{"the report says on what chip", chip_fields},
	{"the report's ids are those of the launch", report_ids},
	{"a report for one's own VMPL and lesser ones only", other_vmpls},
	{"the signing key can be chosen", key_selection},
	{"a header that is wrong in any field is refused", bad_headers},
	{"bytes behind the payload do not matter", behind_the_payload},
	{"any but the next sequence number is refused", sequence_numbers},
	{"each key has a count of its own", counts_apart},
	{"a message under another key is refused", wrong_key},
	{"messages that are not offered, or not known", other_messages},
	{"the counter's scale and offset", tsc_info},
	{"each field and VMPL changes the derived key", derived_keys},
	{"keys that a guest may not have", refused_keys},
	{"pages that the host cannot take", bad_addresses},
	{"certificates, and room for them", extended_request},
	{"an extended request without its registers", missing_registers},
	{"a busy host leaves the sequence number", throttling},
};

void guest_main(void)
{
	messages_init();
	CHECK_RUN(cases);
}
