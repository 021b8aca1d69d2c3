/* SPDX-License-Identifier: MIT */
/*
 * An ID block as lines and as JSON, for `inspect` and `measure`.
 */
#include "report.h"

#include <inttypes.h>

#include "tools/common/text.h"

#define HEX_MAX (2 * SNP_DIGEST_SIZE + 1)

static const char *signature_word(bool present, bool good)
{
	if (!present)
		return "absent";
	return good ? "good" : "wrong";
}

struct field {
	const char *name, *key; /* in text, in JSON */
	const uint8_t *bytes;   /* NULL: there is none */
	size_t size;
};

#define ID_BLOCK_FIELDS 5
static void list_fields(const struct id_block *block, struct field fields[ID_BLOCK_FIELDS])
{
	const struct igvm_snp_id_block *header = &block->header;
	const uint8_t *author = block->has_author ? block->author_key_digest : NULL;

	fields[0] = (struct field){
		"launch digest", "launch_digest", header->launch_digest, SNP_DIGEST_SIZE};
	fields[1] = (struct field){"family id", "family_id", header->family_id, 16};
	fields[2] = (struct field){"image id", "image_id", header->image_id, 16};
	fields[3] = (struct field){
		"ID key digest", "id_key_digest", block->id_key_digest, SNP_DIGEST_SIZE};
	fields[4] = (struct field){
		"author key digest", "author_key_digest", author, SNP_DIGEST_SIZE};
}

void id_block_text(const struct id_block *block, const char *indent, int width, FILE *out)
{
	struct field fields[ID_BLOCK_FIELDS];
	char text[HEX_MAX];

	if (!block->present)
		return;
	list_fields(block, fields);
	for (size_t i = 0; i < ID_BLOCK_FIELDS; i++) {
		if (fields[i].bytes)
			hex_encode(fields[i].bytes, fields[i].size, text);
		fprintf(out, "%s%-*s%s\n", indent, width, fields[i].name,
			fields[i].bytes ? text : "none");
	}
	fprintf(out, "%s%-*s%" PRIu32 "\n", indent, width, "guest SVN", block->header.guest_svn);
	fprintf(out, "%s%-*sof the block %s, of the ID key %s\n", indent, width, "signatures",
		signature_word(true, block->id_signature_good),
		signature_word(block->has_author, block->author_signature_good));
}

json_t *id_block_json(const struct id_block *block)
{
	struct field fields[ID_BLOCK_FIELDS];
	char text[HEX_MAX];
	json_t *json;

	if (!block->present)
		return json_null();
	json = json_pack("{s:I, s:I, s:s, s:s}", "offset", (json_int_t)block->offset, "guest_svn",
		(json_int_t)block->header.guest_svn, "id_signature",
		signature_word(true, block->id_signature_good), "author_signature",
		signature_word(block->has_author, block->author_signature_good));
	list_fields(block, fields);
	for (size_t i = 0; i < ID_BLOCK_FIELDS; i++) {
		if (fields[i].bytes)
			hex_encode(fields[i].bytes, fields[i].size, text);
		json_object_set_new(
			json, fields[i].key, fields[i].bytes ? json_string(text) : json_null());
	}
	return json;
}
