/* SPDX-License-Identifier: MIT */
/*
 * Reference values as JSON, for nacre-verify and for people. Numbers of 64 bits
 * are strings in hexadecimal, since JSON's lose bits in many readers.
 */
#include <inttypes.h>

#include "reference.h"
#include "services.h"
#include "tools/common/text.h"

#define FORMAT_VERSION 1

static json_t *hex_string(const uint8_t *bytes, size_t size)
{
	char text[2 * SNP_DIGEST_SIZE + 1];

	hex_encode(bytes, size, text);
	return json_string(text);
}

static json_t *hex_number(uint64_t value)
{
	return json_sprintf("0x%" PRIx64, value);
}

/* What reports have only of a launch with an ID block; null without one. */
static void add_id_block(json_t *json, const struct id_block *block)
{
	const struct igvm_snp_id_block *header = &block->header;
	bool author = block->present && block->has_author;
	bool present = block->present;

	json_object_set_new(json, "family_id",
		present ? hex_string(header->family_id, sizeof(header->family_id)) : json_null());
	json_object_set_new(json, "image_id",
		present ? hex_string(header->image_id, sizeof(header->image_id)) : json_null());
	json_object_set_new(
		json, "svn", present ? json_integer((json_int_t)header->guest_svn) : json_null());
	json_object_set_new(json, "id_key_digest",
		present ? hex_string(block->id_key_digest, SNP_DIGEST_SIZE) : json_null());
	json_object_set_new(json, "author_key_digest",
		author ? hex_string(block->author_key_digest, SNP_DIGEST_SIZE) : json_null());
}

static json_t *service_json(const struct service_table_entry *entry)
{
	return json_pack("{s:s, s:I, s:o, s:o}", "name", entry->name, "bytes",
		(json_int_t)entry->size, "sha256", hex_string(entry->sha256, sizeof(entry->sha256)),
		"classes", service_classes_json(entry));
}

static json_t *services_json(const struct service_table *table)
{
	json_t *services = json_array();

	for (uint32_t i = 0; i < table->count; i++)
		json_array_append_new(services, service_json(&table->entries[i]));
	return services;
}

static json_t *value_json(const struct reference_value *value)
{
	json_t *json = json_object();
	char vmsa[64];

	reference_vmsa_text(value, vmsa);
	json_object_set_new(json, "platform", json_string("sev-snp"));
	json_object_set_new(
		json, "measurement", hex_string(value->digest.value, sizeof(value->digest.value)));
	json_object_set_new(json, "sev_features", hex_number(value->sev_features));
	json_object_set_new(json, "vmsa", json_string(vmsa));
	json_object_set_new(json, "vmsas", json_integer((json_int_t)value->vmsas));
	json_object_set_new(json, "order", json_string(launch_order_name(value->launch.order)));
	json_object_set_new(json, "policy", hex_number(value->policy));
	add_id_block(json, &value->block);
	json_object_set_new(json, "image", json_string(value->image->name));
	json_object_set_new(json, "image_sha256", hex_string(value->image->sha256, 32));
	json_object_set_new(json, "services", services_json(&value->image->services));
	return json;
}

static json_t *input_json(const struct input *input)
{
	return json_pack("{s:s%, s:s%, s:s%}", "name", input->name, (size_t)input->name_size,
		"version", input->version, (size_t)input->version_size, "sha256", input->sha256,
		(size_t)64);
}

json_t *references_json(const struct references *references)
{
	json_t *platforms = json_array(), *inputs = json_array();

	for (size_t i = 0; i < references->value_count; i++)
		json_array_append_new(platforms, value_json(&references->values[i]));
	for (size_t i = 0; i < references->input_count; i++)
		json_array_append_new(inputs, input_json(&references->inputs[i]));
	return json_pack("{s:s, s:i, s:o, s:o}", "format", "nacre-reference-values", "version",
		FORMAT_VERSION, "platforms", platforms, "inputs", inputs);
}
