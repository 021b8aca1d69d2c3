/* SPDX-License-Identifier: MIT */
/*
 * Reading policies: a table of keys, each with the function that takes its
 * value.
 */
#include "policy.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "report.h"
#include "tools/common/text.h"

#define POLICY_VERSION 1
#define VMPLS_DEFAULT (BIT(0) | BIT(1) | BIT(2))

struct key;
typedef bool (*take_fn)(
	struct policy *policy, const struct key *key, json_t *value, struct tool_error *error);

struct key {
	const char *name;
	take_fn take;
	size_t offset; /* of what @take fills, in struct policy */
	size_t size;   /* of a value in bytes, for lists of values */
};

static void *target(struct policy *policy, const struct key *key)
{
	return (uint8_t *)policy + key->offset;
}

static bool wrong(struct tool_error *error, const char *name, const char *wanted)
{
	return fail_with(error, "\"%s\" must be %s", name, wanted);
}

static bool take_version(
	struct policy *policy, const struct key *key, json_t *value, struct tool_error *error)
{
	(void)policy;
	if (json_is_integer(value) && json_integer_value(value) == POLICY_VERSION)
		return true;
	return wrong(error, key->name, "1, the only version there is");
}

static bool take_comment(
	struct policy *policy, const struct key *key, json_t *value, struct tool_error *error)
{
	(void)policy;
	return json_is_string(value) || wrong(error, key->name, "a text");
}

static bool take_flag(
	struct policy *policy, const struct key *key, json_t *value, struct tool_error *error)
{
	if (!json_is_boolean(value))
		return wrong(error, key->name, "true or false");
	*(bool *)target(policy, key) = json_is_true(value);
	return true;
}

/* A list of numbers from @first to @last as bits; not empty. */
static bool take_numbers(json_t *list, json_int_t first, json_int_t last, uint32_t *bits)
{
	json_t *item;
	size_t i;

	*bits = 0;
	json_array_foreach(list, i, item)
	{
		if (!json_is_integer(item) || json_integer_value(item) < first ||
			json_integer_value(item) > last)
			return false;
		*bits |= 1U << json_integer_value(item);
	}
	return *bits != 0;
}

static bool take_report_versions(
	struct policy *policy, const struct key *key, json_t *value, struct tool_error *error)
{
	return take_numbers(
		       value, REPORT_VERSION_MIN, REPORT_VERSION_MAX, &policy->report_versions) ||
	       wrong(error, key->name, "a list of report versions, 2 to 5");
}

static bool take_vmpls(
	struct policy *policy, const struct key *key, json_t *value, struct tool_error *error)
{
	return take_numbers(value, 0, VMPL_COUNT - 1, &policy->vmpls) ||
	       wrong(error, key->name, "a list of VMPLs, 0 to 3");
}

static bool take_signing_keys(
	struct policy *policy, const struct key *key, json_t *value, struct tool_error *error)
{
	json_t *item;
	size_t i;

	json_array_foreach(value, i, item)
	{
		if (json_is_string(item) && !strcmp(json_string_value(item), "vcek"))
			policy->signing_keys |= BIT(SNP_SIGNER_VCEK);
		else if (json_is_string(item) && !strcmp(json_string_value(item), "vlek"))
			policy->signing_keys |= BIT(SNP_SIGNER_VLEK);
		else
			return wrong(error, key->name, "a list of \"vcek\" and \"vlek\"");
	}
	return policy->signing_keys || wrong(error, key->name, "a list of \"vcek\" and \"vlek\"");
}

static bool take_values(
	struct policy *policy, const struct key *key, json_t *value, struct tool_error *error)
{
	struct policy_values *values = target(policy, key);
	json_t *item;
	size_t i;

	json_array_foreach(value, i, item)
	{
		if (i == POLICY_VALUES_MAX)
			return fail_with(error, "\"%s\" has more than %d values", key->name,
				POLICY_VALUES_MAX);
		if (!json_is_string(item) ||
			!hex_decode(json_string_value(item), values->values[i], key->size))
			return fail_with(error,
				"\"%s\", value %zu: %zu hexadecimal digits are needed", key->name,
				i + 1, 2 * key->size);
		values->count++;
	}
	if (values->count)
		return true;
	return wrong(error, key->name, "a list with at least one value");
}

static bool take_guest_svn(
	struct policy *policy, const struct key *key, json_t *value, struct tool_error *error)
{
	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
		json_integer_value(value) > UINT32_MAX)
		return wrong(error, key->name, "a number from 0 to 4294967295");
	policy->has_guest_svn = true;
	policy->guest_svn = (uint32_t)json_integer_value(value);
	return true;
}

static bool take_tcb_part(enum product_line line, const char *name, json_t *value, uint64_t *tcb,
	struct tool_error *error)
{
	const struct tcb_layout *layout = tcb_layout(line);

	for (size_t i = 0; i < layout->count; i++) {
		if (strcmp(layout->parts[i].name, name))
			continue;
		if (!json_is_integer(value) || json_integer_value(value) < 0 ||
			json_integer_value(value) > 255)
			return fail_with(error, "\"minimum_tcb\", %s: \"%s\" must be 0 to 255",
				product_name(line), name);
		*tcb |= (uint64_t)json_integer_value(value) << 8 * layout->parts[i].byte;
		return true;
	}
	return fail_with(
		error, "\"minimum_tcb\", %s: there is no part \"%.32s\"", product_name(line), name);
}

static bool take_tcb(
	struct policy *policy, const struct key *key, json_t *value, struct tool_error *error)
{
	const char *name, *part;
	json_t *parts, *number;

	if (!json_object_size(value))
		return wrong(error, key->name, "an object with a key for each product");
	policy->has_tcb = true;
	json_object_foreach(value, name, parts)
	{
		enum product_line line = product_of_name(name);

		if (line == PRODUCT_UNKNOWN || strcmp(name, product_name(line)))
			return fail_with(error,
				"\"minimum_tcb\": there is no product \"%.32s\"; "
				"Milan, Genoa and Turin are known",
				name);
		if (!json_object_size(parts))
			return fail_with(
				error, "\"minimum_tcb\", %s: name at least one part", name);
		policy->has_line[line] = true;
		json_object_foreach(parts, part, number)
		{
			if (!take_tcb_part(line, part, number, &policy->tcb[line], error))
				return false;
		}
	}
	return true;
}

static const struct report_bit *find_bit(const char *name)
{
	for (size_t i = 0; i < report_policy_bit_count; i++) {
		if (name && !strcmp(report_policy_bits[i].name, name))
			return &report_policy_bits[i];
	}
	return NULL;
}

static bool take_bits(
	struct policy *policy, const struct key *key, json_t *value, struct tool_error *error)
{
	uint64_t *bits = target(policy, key);
	const struct report_bit *bit;
	json_t *item;
	size_t i;

	json_array_foreach(value, i, item)
	{
		bit = find_bit(json_string_value(item));
		if (!bit)
			return fail_with(error,
				"\"%s\", value %zu: no such bit of the guest policy", key->name,
				i + 1);
		*bits |= BIT(bit->bit);
	}
	return *bits || wrong(error, key->name, "a list of names of guest policy bits");
}

#define REQUIRED_WORDS \
	"a list of \"nonce\", \"crl\", \"manifest\", \"quote\", \"quote-nonce\" and \"event-log\""

/* Where a word of "require" is noted; NULL if there is no such word. */
static bool *find_required(struct policy *policy, const char *name)
{
	const struct {
		const char *name;
		bool *flag;
	} words[] = {{"nonce", &policy->require_nonce}, {"crl", &policy->require_crl},
		{"manifest", &policy->require_manifest}, {"quote", &policy->require_quote},
		{"quote-nonce", &policy->require_quote_nonce},
		{"event-log", &policy->require_event_log}};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strcmp(words[i].name, name))
			return words[i].flag;
	}
	return NULL;
}

static bool take_required(
	struct policy *policy, const struct key *key, json_t *value, struct tool_error *error)
{
	json_t *item;
	bool *flag;
	size_t i;

	if (!json_array_size(value))
		return wrong(error, key->name, REQUIRED_WORDS);
	json_array_foreach(value, i, item)
	{
		flag = json_is_string(item) ? find_required(policy, json_string_value(item)) : NULL;
		if (!flag)
			return wrong(error, key->name, REQUIRED_WORDS);
		*flag = true;
	}
	return true;
}

static bool take_pcr_values(struct policy_pcr *pcr, json_t *list, struct tool_error *error)
{
	const size_t size = pcr->hash->size;
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		if (i == POLICY_PCR_VALUES_MAX)
			return fail_with(error, "\"pcrs\", %s:%u has more than %d values",
				pcr->hash->name, pcr->pcr, POLICY_PCR_VALUES_MAX);
		if (!json_is_string(item) ||
			!hex_decode(json_string_value(item), pcr->values[i], size))
			return fail_with(error,
				"\"pcrs\", %s:%u, value %zu: %zu hexadecimal digits are needed",
				pcr->hash->name, pcr->pcr, i + 1, 2 * size);
		pcr->count++;
	}
	return pcr->count ||
	       fail_with(error, "\"pcrs\", %s:%u must be a list with at least one value",
		       pcr->hash->name, pcr->pcr);
}

/* "0" to "23", in that form only: no PCR is named twice. */
static bool pcr_number(const char *name, unsigned int *pcr)
{
	char text[8];

	for (*pcr = 0; *pcr < TPM_PCR_COUNT; (*pcr)++) {
		snprintf(text, sizeof(text), "%u", *pcr);
		if (!strcmp(text, name))
			return true;
	}
	return false;
}

static bool take_bank(
	struct policy *policy, const struct tpm_hash *hash, json_t *bank, struct tool_error *error)
{
	const char *name;
	unsigned int pcr;
	json_t *values;

	if (!json_object_size(bank))
		return fail_with(error, "\"pcrs\", %s must be an object with a key for each PCR",
			hash->name);
	json_object_foreach(bank, name, values)
	{
		struct policy_pcr *wanted = &policy->pcrs[policy->pcr_count];

		if (!pcr_number(name, &pcr))
			return fail_with(error, "\"pcrs\", %s: there is no PCR \"%.32s\"; 0 to %u",
				hash->name, name, TPM_PCR_COUNT - 1);
		*wanted = (struct policy_pcr){.hash = hash, .pcr = pcr};
		if (!take_pcr_values(wanted, values, error))
			return false;
		policy->pcr_count++;
	}
	return true;
}

static bool take_pcrs(
	struct policy *policy, const struct key *key, json_t *value, struct tool_error *error)
{
	const struct tpm_hash *hash;
	const char *name;
	json_t *bank;

	if (!json_object_size(value))
		return wrong(error, key->name, "an object with a key for each bank");
	json_object_foreach(value, name, bank)
	{
		hash = tpm_hash_of_name(name);
		if (!hash)
			return fail_with(error,
				"\"pcrs\": there is no bank \"%.32s\"; sha256, sha384 and sha512 "
				"are known",
				name);
		if (!take_bank(policy, hash, bank, error))
			return false;
	}
	return true;
}

#define AT(field) offsetof(struct policy, field)
static const struct key keys[] = {
	{"version", take_version, 0, 0},
	{"comment", take_comment, 0, 0},
	{"report_versions", take_report_versions, 0, 0},
	{"signing_keys", take_signing_keys, 0, 0},
	{"vmpls", take_vmpls, 0, 0},
	{"minimum_tcb", take_tcb, 0, 0},
	{"guest_policy_required", take_bits, AT(bits_required), 0},
	{"guest_policy_forbidden", take_bits, AT(bits_forbidden), 0},
	{"allow_debug", take_flag, AT(allow_debug), 0},
	{"allow_migration_agent", take_flag, AT(allow_migration_agent), 0},
	{"any_guest_policy", take_flag, AT(any_guest_policy), 0},
	{"minimum_guest_svn", take_guest_svn, 0, 0},
	{"host_data", take_values, AT(host_data), 32},
	{"id_key_digests", take_values, AT(id_keys), SNP_DIGEST_SIZE},
	{"author_key_digests", take_values, AT(author_keys), SNP_DIGEST_SIZE},
	{"family_ids", take_values, AT(family_ids), 16},
	{"image_ids", take_values, AT(image_ids), 16},
	{"pcrs", take_pcrs, 0, 0},
	{"require", take_required, 0, 0},
};

static bool take_key(
	struct policy *policy, const char *name, json_t *value, struct tool_error *error)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (!strcmp(keys[i].name, name))
			return keys[i].take(policy, &keys[i], value, error);
	}
	return fail_with(error, "unknown key \"%.64s\"", name);
}

void policy_default(struct policy *policy)
{
	*policy = (struct policy){.vmpls = VMPLS_DEFAULT};
}

static bool take_all(struct policy *policy, json_t *root, struct tool_error *error)
{
	const char *name;
	json_t *value;

	if (!json_is_object(root))
		return fail_with(error, "a policy is a JSON object");
	if (!json_object_get(root, "version"))
		return fail_with(error, "\"version\" is missing; it must be 1");
	json_object_foreach(root, name, value)
	{
		if (!take_key(policy, name, value, error))
			return false;
	}
	if (policy->bits_required & policy->bits_forbidden)
		return fail_with(error, "a bit of the guest policy is both required and forbidden");
	return true;
}

bool policy_read(const struct blob *blob, struct policy *policy, struct tool_error *error)
{
	json_error_t json_error;
	json_t *root;
	bool ok;

	policy_default(policy);
	if (blob->size > POLICY_FILE_MAX)
		return fail_at(error, POLICY_FILE_MAX, "a policy of more than 1 MiB");
	root = json_loadb(
		(const char *)blob->bytes, blob->size, JSON_REJECT_DUPLICATES, &json_error);
	if (!root)
		return fail_at(error, (uint64_t)json_error.position, "line %d of the JSON: %s",
			json_error.line, json_error.text);
	ok = take_all(policy, root, error);
	json_decref(root);
	return ok;
}

bool policy_has_value(const struct policy_values *values, const void *value, size_t size)
{
	for (size_t i = 0; i < values->count; i++) {
		if (!memcmp(values->values[i], value, size))
			return true;
	}
	return false;
}
