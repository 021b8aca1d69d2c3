/* SPDX-License-Identifier: MIT */
/*
 * Reading AMD's certificate extensions. Their values are small DER items, or
 * the bare bytes of a chip's id.
 */
#include "key_facts.h"

#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "tools/common/buffer.h"

#define OID_AMD "1.3.6.1.4.1.3704.1."
#define OID_PRODUCT OID_AMD "2"
#define OID_SPL OID_AMD "3."
#define OID_HWID OID_AMD "4"
#define OID_CSP_ID OID_AMD "5"

#define DER_INTEGER 0x02
#define DER_OCTET_STRING 0x04
#define DER_UTF8_STRING 0x0c
#define DER_PRINTABLE_STRING 0x13
#define DER_IA5_STRING 0x16

/* The position of an extension, or -1. */
static int find(X509 *certificate, const char *oid, int after)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	int at = object ? X509_get_ext_by_OBJ(certificate, object, after) : -1;

	ASN1_OBJECT_free(object);
	return at;
}

/*
 * The extension's value, NULL if there is none. False if there are two of them, of
 * which nobody can say which one counts; @name is what a message calls it.
 */
static bool value_of(X509 *certificate, const char *oid, const char *name, struct blob *value,
	struct tool_error *error)
{
	int at = find(certificate, oid, -1);
	const ASN1_OCTET_STRING *data;

	*value = (struct blob){NULL, 0};
	if (at < 0)
		return true;
	if (find(certificate, oid, at) >= 0)
		return fail_with(error, "extension %s is there twice", name);
	data = X509_EXTENSION_get_data(X509_get_ext(certificate, at));
	*value = (struct blob){ASN1_STRING_get0_data(data), (size_t)ASN1_STRING_length(data)};
	if (!value->size)
		value->bytes = (const uint8_t *)""; /* it is there all the same */
	return true;
}

/* A DER item of one of the tags in @tags that is all of @value, shorter than 128 bytes. */
static bool unwrap(const struct blob *value, const char *tags, struct blob *content)
{
	if (value->size < 2 || value->bytes[0] == 0 || !strchr(tags, value->bytes[0]) ||
		value->bytes[1] >= 128 || value->bytes[1] != value->size - 2)
		return false;
	*content = (struct blob){value->bytes + 2, value->size - 2};
	return true;
}

/* 0 to 255, as DER has it. */
static bool small_integer(const struct blob *value, uint8_t *number)
{
	struct blob content;

	if (!unwrap(value, (const char[]){DER_INTEGER, 0}, &content))
		return false;
	if (content.size == 1 && content.bytes[0] < 128)
		*number = content.bytes[0];
	else if (content.size == 2 && content.bytes[0] == 0 && content.bytes[1] >= 128)
		*number = content.bytes[1];
	else
		return false;
	return true;
}

/* Printable ASCII; nothing of it may play tricks on a terminal. */
static bool short_text(const struct blob *value, char text[KEY_FACTS_TEXT_MAX])
{
	static const char tags[] = {DER_UTF8_STRING, DER_PRINTABLE_STRING, DER_IA5_STRING, 0};
	struct blob content;

	if (!unwrap(value, tags, &content) || !content.size || content.size >= KEY_FACTS_TEXT_MAX)
		return false;
	for (size_t i = 0; i < content.size; i++) {
		if (content.bytes[i] < 0x20 || content.bytes[i] > 0x7e)
			return false;
	}
	memcpy(text, content.bytes, content.size);
	text[content.size] = '\0';
	return true;
}

static bool take_spl(
	X509 *certificate, unsigned int i, struct key_facts *facts, struct tool_error *error)
{
	char oid[sizeof(OID_SPL) + 4];
	struct blob value;

	snprintf(oid, sizeof(oid), OID_SPL "%u", i);
	if (!value_of(certificate, oid, oid, &value, error))
		return false;
	facts->has_spl[i] = value.bytes;
	return !value.bytes || small_integer(&value, &facts->spl[i]) ||
	       fail_with(error, "extension %s is no number of one byte", oid);
}

static bool take_text(
	X509 *certificate, const char *oid, char text[KEY_FACTS_TEXT_MAX], struct tool_error *error)
{
	struct blob value;

	if (!value_of(certificate, oid, oid, &value, error))
		return false;
	return !value.bytes || short_text(&value, text) ||
	       fail_with(error, "extension %s is no short text", oid);
}

static bool is_hwid_size(size_t size)
{
	return size == KEY_FACTS_HWID_MAX || size == KEY_FACTS_HWID_TURIN;
}

static bool take_hwid(X509 *certificate, struct key_facts *facts, struct tool_error *error)
{
	struct blob value, content;

	if (!value_of(certificate, OID_HWID, OID_HWID " (chip id)", &value, error))
		return false;
	if (!value.bytes)
		return true;
	if (!is_hwid_size(value.size) &&
		unwrap(&value, (const char[]){DER_OCTET_STRING, 0}, &content))
		value = content;
	if (!is_hwid_size(value.size))
		return fail_with(error,
			"extension " OID_HWID " (chip id) has %zu bytes, not %d or %d", value.size,
			KEY_FACTS_HWID_MAX, KEY_FACTS_HWID_TURIN);
	memcpy(facts->hwid, value.bytes, value.size);
	facts->hwid_size = value.size;
	return true;
}

/* Each part of the layout is there, and what belongs to none of them is zero. */
static bool check_spls(const struct key_facts *facts, struct tool_error *error)
{
	const struct tcb_layout *layout = tcb_layout(facts->line);
	uint32_t known = 0;

	for (size_t i = 0; i < layout->count; i++) {
		known |= 1U << layout->parts[i].oid;
		if (!facts->has_spl[layout->parts[i].oid])
			return fail_with(error,
				"extension " OID_SPL "%u (%s of the TCB) is missing",
				layout->parts[i].oid, layout->parts[i].name);
	}
	for (unsigned int i = 1; i < KEY_FACTS_SPLS; i++) {
		if (facts->spl[i] && !(known & 1U << i))
			return fail_with(error,
				"extension " OID_SPL "%u is %u; %s has no such part", i,
				facts->spl[i], product_name(facts->line));
	}
	return true;
}

static bool decide_role(struct key_facts *facts, struct tool_error *error)
{
	const size_t size = facts->line == PRODUCT_TURIN ? KEY_FACTS_HWID_TURIN
							 : KEY_FACTS_HWID_MAX;

	if (facts->hwid_size && facts->csp_id[0])
		return fail_with(error, "it names both a chip and a cloud provider");
	if (!facts->hwid_size && !facts->csp_id[0])
		return fail_with(error, "it names neither a chip nor a cloud provider");
	if (facts->hwid_size && facts->hwid_size != size)
		return fail_with(error, "its chip id has %zu bytes, not the %zu of %s",
			facts->hwid_size, size, product_name(facts->line));
	facts->role = facts->hwid_size ? SNP_SIGNER_VCEK : SNP_SIGNER_VLEK;
	return true;
}

bool key_facts_present(X509 *certificate)
{
	return find(certificate, OID_PRODUCT, -1) >= 0;
}

bool key_facts_read(X509 *certificate, struct key_facts *facts, struct tool_error *error)
{
	*facts = (struct key_facts){.role = SNP_SIGNER_NONE};
	for (unsigned int i = 1; i < KEY_FACTS_SPLS; i++) {
		if (!take_spl(certificate, i, facts, error))
			return false;
	}
	if (!take_text(certificate, OID_PRODUCT, facts->product, error) ||
		!take_text(certificate, OID_CSP_ID, facts->csp_id, error) ||
		!take_hwid(certificate, facts, error))
		return false;
	facts->line = product_of_name(facts->product);
	if (facts->line == PRODUCT_UNKNOWN)
		return fail_with(
			error, "product \"%s\" is none that this program knows", facts->product);
	return check_spls(facts, error) && decide_role(facts, error);
}

uint64_t key_facts_tcb(const struct key_facts *facts)
{
	const struct tcb_layout *layout = tcb_layout(facts->line);
	uint64_t tcb = 0;

	for (size_t i = 0; layout && i < layout->count; i++)
		tcb |= (uint64_t)facts->spl[layout->parts[i].oid] << 8 * layout->parts[i].byte;
	return tcb;
}
