/* SPDX-License-Identifier: MIT */
/*
 * Manifests and what Nacre's own hold, CBOR, in plain words.
 */
#include <inttypes.h>
#include <string.h>

#include "explain.h"
#include "guid.h"

#define BYTES_SHOWN 64

static void print_text(const uint8_t *text, size_t size, FILE *out)
{
	fputc('"', out);
	for (size_t i = 0; i < size; i++)
		fputc(text[i] < 0x20 || text[i] == 0x7f || text[i] == '"' ? '?' : text[i], out);
	fputc('"', out);
}

static void print_bytes(const uint8_t *bytes, size_t size, FILE *out)
{
	fputs("h'", out);
	for (size_t i = 0; i < size && i < BYTES_SHOWN; i++)
		fprintf(out, "%02x", bytes[i]);
	fprintf(out, "'%s", size > BYTES_SHOWN ? "..." : "");
}

static void new_line(unsigned int indent, FILE *out)
{
	fprintf(out, "\n%*s", (int)indent, "");
}

/* Whether the item takes lines of its own. */
static bool is_listed(const cbor_item_t *item)
{
	return (cbor_isa_map(item) && cbor_map_size(item)) ||
	       (cbor_isa_array(item) && cbor_array_size(item));
}

static void print_map(const cbor_item_t *map, unsigned int indent, FILE *out)
{
	const struct cbor_pair *pairs = cbor_map_handle(map);

	for (size_t i = 0; i < cbor_map_size(map); i++) {
		new_line(indent, out);
		explain_cbor(pairs[i].key, indent + 2, out);
		fputs(is_listed(pairs[i].value) ? ":" : ": ", out);
		explain_cbor(pairs[i].value, indent + 2, out);
	}
	if (!cbor_map_size(map))
		fputs("{}", out);
}

static void print_array(const cbor_item_t *array, unsigned int indent, FILE *out)
{
	for (size_t i = 0; i < cbor_array_size(array); i++) {
		new_line(indent, out);
		fputs("- ", out);
		explain_cbor(cbor_array_handle(array)[i], indent + 2, out);
	}
	if (!cbor_array_size(array))
		fputs("[]", out);
}

static void print_simple(const cbor_item_t *item, FILE *out)
{
	if (cbor_is_bool(item))
		fputs(cbor_get_bool(item) ? "true" : "false", out);
	else
		fputs("null", out);
}

/* dcbor_decode() bounds the depth of what comes here. */
void explain_cbor(const cbor_item_t *item, unsigned int indent, FILE *out)
{
	cbor_item_t *content;

	switch (cbor_typeof(item)) {
	case CBOR_TYPE_UINT:
		fprintf(out, "%" PRIu64, cbor_get_int(item));
		break;
	case CBOR_TYPE_NEGINT:
		fprintf(out, "-1 - %" PRIu64, cbor_get_int(item));
		break;
	case CBOR_TYPE_BYTESTRING:
		print_bytes(cbor_bytestring_handle(item), cbor_bytestring_length(item), out);
		break;
	case CBOR_TYPE_STRING:
		print_text(cbor_string_handle(item), cbor_string_length(item), out);
		break;
	case CBOR_TYPE_ARRAY:
		print_array(item, indent, out);
		break;
	case CBOR_TYPE_MAP:
		print_map(item, indent, out);
		break;
	case CBOR_TYPE_TAG:
		fprintf(out, "tag %" PRIu64 " ", cbor_tag_value(item));
		content = cbor_tag_item(item);
		explain_cbor(content, indent, out);
		cbor_decref(&content);
		break;
	default:
		print_simple(item, out);
		break;
	}
}

/* The keys, or the one of a bare manifest. */
static void print_vtpm(const struct manifest_service *service, FILE *out)
{
	struct vtpm_identity identity;
	struct tool_error error;

	fputc('\n', out);
	if (vtpm_identity_read(&service->body, &identity, &error)) /* always: it was checked */
		explain_vtpm(&identity, 4, out);
	vtpm_identity_free(&identity);
}

static void print_map_of(const struct manifest_service *service, FILE *out)
{
	struct tool_error error;
	cbor_item_t *map = dcbor_decode(service->body.bytes, service->body.size, &error);

	if (map)
		explain_cbor(map, 4, out);
	dcbor_free(map);
	fputc('\n', out);
}

static void print_service(
	const struct manifest *manifest, const struct manifest_service *service, FILE *out)
{
	char text[GUID_TEXT_SIZE];

	fprintf(out, "  0x%05zx  %6zu bytes  %s  %s\n", service->offset, service->content.size,
		guid_text_uefi(service->guid, text), service->name ? service->name : "unknown");
	if (!service->name)
		return;
	fprintf(out, "    version %" PRIu32, service->version);
	if (service == manifest_vtpm(manifest))
		print_vtpm(service, out);
	else
		print_map_of(service, out);
}

void explain_manifest(const struct manifest *manifest, FILE *out)
{
	if (manifest->single)
		fprintf(out, "manifest of one service\n");
	else
		fprintf(out, "services manifest, %zu service(s)\n", manifest->count);
	for (size_t i = 0; i < manifest->count; i++)
		print_service(manifest, &manifest->services[i], out);
}
