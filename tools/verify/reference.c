/* SPDX-License-Identifier: MIT */
/*
 * Collecting reference values.
 */
#include "reference.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "tools/common/text.h"
#include "tools/igvm/id_block.h"
#include "tools/igvm/measure.h"

static struct reference_value *add(
	struct reference *reference, const char *source, struct tool_error *error)
{
	struct reference_value *value;

	if (reference->count == REFERENCE_VALUES_MAX) {
		fail_with(error, "more than %d reference values", REFERENCE_VALUES_MAX);
		return NULL;
	}
	value = &reference->values[reference->count++];
	*value = (struct reference_value){.has_policy = false};
	snprintf(value->source, sizeof(value->source), "%s", source);
	return value;
}

static void take_id_block(struct reference_value *value, const struct id_block *block)
{
	if (!block->present)
		return;
	value->has_family_id = value->has_image_id = value->has_svn = value->has_id_key = true;
	memcpy(value->family_id, block->header.family_id, sizeof(value->family_id));
	memcpy(value->image_id, block->header.image_id, sizeof(value->image_id));
	value->svn = block->header.guest_svn;
	memcpy(value->id_key, block->id_key_digest, sizeof(value->id_key));
	value->has_author_key = block->has_author;
	memcpy(value->author_key, block->author_key_digest, sizeof(value->author_key));
}

static bool add_file(struct reference *reference, const struct igvm_file *file, const char *name,
	const struct launch_options *options, struct tool_error *error)
{
	struct reference_value *value;
	struct snp_digest digest;
	struct id_block block;
	char source[REFERENCE_SOURCE_SIZE];

	if (!igvm_measure(file, options, &digest, error))
		return false;
	snprintf(source, sizeof(source), "%.80s, in the order of %s", name,
		options->order == LAUNCH_ORDER_QEMU ? "QEMU" : "the file");
	value = add(reference, source, error);
	if (!value)
		return false;
	memcpy(value->measurement, digest.value, sizeof(value->measurement));
	value->has_policy = id_block_policy(file, &value->policy);
	id_block_read(file, &block);
	take_id_block(value, &block);
	return true;
}

bool reference_add_igvm(struct reference *reference, const struct blob *blob, const char *name,
	const struct launch_options *options, struct tool_error *error)
{
	struct igvm_file file;
	bool ok;

	if (!igvm_parse(blob->bytes, blob->size, &file, error))
		return false;
	ok = add_file(reference, &file, name, options, error);
	igvm_free(&file);
	return ok;
}

/* A key that is absent or null leaves *@has false. */
static bool get_hex(json_t *object, const char *key, uint8_t *bytes, size_t size, bool *has,
	struct tool_error *error)
{
	json_t *item = json_object_get(object, key);

	if (!item || json_is_null(item))
		return true;
	if (!json_is_string(item) || !hex_decode(json_string_value(item), bytes, size))
		return fail_with(error, "\"%s\" must be %zu hexadecimal digits", key, 2 * size);
	*has = true;
	return true;
}

static bool get_policy(json_t *object, struct reference_value *value, struct tool_error *error)
{
	json_t *item = json_object_get(object, "policy");

	if (!item || json_is_null(item))
		return true;
	value->has_policy = json_is_string(item) && !strncmp(json_string_value(item), "0x", 2) &&
			    parse_number(json_string_value(item), &value->policy);
	return value->has_policy ||
	       fail_with(error, "\"policy\" must be a text with a number such as \"0x30000\"");
}

static bool get_svn(json_t *object, struct reference_value *value, struct tool_error *error)
{
	json_t *item = json_object_get(object, "svn");

	if (!item || json_is_null(item))
		return true;
	if (!json_is_integer(item) || json_integer_value(item) < 0 ||
		json_integer_value(item) > UINT32_MAX)
		return fail_with(error, "\"svn\" must be a number of 32 bits");
	value->has_svn = true;
	value->svn = (uint32_t)json_integer_value(item);
	return true;
}

static bool add_platform(
	struct reference *reference, json_t *object, const char *name, struct tool_error *error)
{
	const char *vmsa = json_string_value(json_object_get(object, "vmsa"));
	char source[REFERENCE_SOURCE_SIZE];
	struct reference_value *value;
	bool has = false;

	snprintf(source, sizeof(source), "%.80s%s%.40s", name, vmsa ? ", VMSA " : "",
		vmsa ? vmsa : "");
	value = add(reference, source, error);
	if (!value ||
		!get_hex(object, "measurement", value->measurement, SNP_DIGEST_SIZE, &has, error))
		return false;
	if (!has)
		return fail_with(error, "a platform has no \"measurement\"");
	return get_policy(object, value, error) && get_svn(object, value, error) &&
	       get_hex(object, "family_id", value->family_id, sizeof(value->family_id),
		       &value->has_family_id, error) &&
	       get_hex(object, "image_id", value->image_id, sizeof(value->image_id),
		       &value->has_image_id, error) &&
	       get_hex(object, "id_key_digest", value->id_key, sizeof(value->id_key),
		       &value->has_id_key, error) &&
	       get_hex(object, "author_key_digest", value->author_key, sizeof(value->author_key),
		       &value->has_author_key, error);
}

static bool add_platforms(
	struct reference *reference, json_t *root, const char *name, struct tool_error *error)
{
	json_t *platforms = json_object_get(root, "platforms"), *item;
	size_t before = reference->count, i;
	const char *platform;

	if (!json_is_array(platforms))
		return fail_with(error, "there is no list \"platforms\" in it");
	json_array_foreach(platforms, i, item)
	{
		platform = json_string_value(json_object_get(item, "platform"));
		if (!platform)
			return fail_with(error, "entry %zu of \"platforms\" names none", i + 1);
		if (!strcmp(platform, "sev-snp") && !add_platform(reference, item, name, error))
			return false;
	}
	if (reference->count == before)
		return fail_with(error, "no entry of \"platforms\" is for sev-snp");
	return true;
}

bool reference_add_json(struct reference *reference, const struct blob *blob, const char *name,
	struct tool_error *error)
{
	json_error_t json_error;
	json_t *root;
	bool ok;

	root = json_loadb(
		(const char *)blob->bytes, blob->size, JSON_REJECT_DUPLICATES, &json_error);
	if (!root)
		return fail_at(error, (uint64_t)json_error.position, "line %d of the JSON: %s",
			json_error.line, json_error.text);
	ok = add_platforms(reference, root, name, error);
	json_decref(root);
	return ok;
}

bool reference_add_text(struct reference *reference, const char *text, struct tool_error *error)
{
	struct reference_value *value = add(reference, "--measurement", error);

	if (!value)
		return false;
	if (!hex_decode(text, value->measurement, sizeof(value->measurement)))
		return fail_with(error, "a measurement has 96 hexadecimal digits");
	return true;
}

const struct reference_value *reference_find(
	const struct reference *reference, const uint8_t measurement[SNP_DIGEST_SIZE])
{
	for (size_t i = 0; i < reference->count; i++) {
		if (!memcmp(reference->values[i].measurement, measurement, SNP_DIGEST_SIZE))
			return &reference->values[i];
	}
	return NULL;
}
