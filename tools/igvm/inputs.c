/* SPDX-License-Identifier: MIT */
/*
 * Reading and checking the record of build inputs. What it holds is printed to
 * a terminal, so nothing but plain words gets through.
 */
#include "inputs.h"

#include <inttypes.h>

#include "tools/common/hash.h"

#define SHA256_DIGITS 64

static bool is_word(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	}
	return size && size <= BUILD_INPUTS_WORD_MAX;
}

static bool is_digest(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (!(text[i] >= '0' && text[i] <= '9') && !(text[i] >= 'a' && text[i] <= 'f'))
			return false;
	}
	return size == SHA256_DIGITS;
}

/* Characters before @end or the first @separator. */
static size_t span(const char *text, const char *end, char separator)
{
	const char *found = memchr(text, separator, (size_t)(end - text));

	return (size_t)((found ? found : end) - text);
}

/* Splits the line of @size characters at @line. */
static bool split_line(const char *line, size_t size, struct input *input)
{
	const char *end = line + size;
	size_t name_size = span(line, end, ' '), version_size;

	if (name_size == size || !is_word(line, name_size))
		return false;
	input->name = line;
	input->name_size = (int)name_size;
	input->version = line + name_size + 1;
	version_size = span(input->version, end, ' ');
	if (input->version + version_size == end || !is_word(input->version, version_size))
		return false;
	input->version_size = (int)version_size;
	input->sha256 = input->version + version_size + 1;
	return is_digest(input->sha256, (size_t)(end - input->sha256));
}

bool inputs_check(const char *text, size_t size, struct tool_error *error)
{
	const char *line = text, *end = text + size;
	struct input input;

	if (!size || size > BUILD_INPUTS_TEXT_MAX)
		return fail_at(error, 0,
			"a record of build inputs has 1 to %lu bytes, this has %zu",
			BUILD_INPUTS_TEXT_MAX, size);
	while (line < end) {
		size_t length = span(line, end, '\n');

		if (line + length == end || !split_line(line, length, &input))
			return fail_at(error, (uint64_t)(line - text),
				"not a line \"NAME VERSION SHA256\" of build inputs");
		line += length + 1;
	}
	return true;
}

bool inputs_next(struct inputs *inputs, struct input *input)
{
	size_t length;

	if (!inputs->size)
		return false;
	length = span(inputs->text, inputs->text + inputs->size, '\n');
	if (!split_line(inputs->text, length, input))
		return false;
	inputs->text += length + 1;
	inputs->size -= length + 1;
	return true;
}

struct build_inputs_trailer inputs_trailer(const char *text, size_t size)
{
	struct build_inputs_trailer trailer = {
		.text_size = (uint32_t)size, .version = BUILD_INPUTS_VERSION};

	sha256(text, size, trailer.text_sha256);
	memcpy(trailer.magic, BUILD_INPUTS_MAGIC, sizeof(trailer.magic));
	return trailer;
}

/* Checks what the trailer at @offset says of the text before it. */
static bool check_trailer(const struct igvm_file *file, uint64_t offset,
	const struct build_inputs_trailer *trailer, struct tool_error *error)
{
	uint8_t digest[sizeof(trailer->text_sha256)];

	if (trailer->version != BUILD_INPUTS_VERSION)
		return fail_at(error, offset, "record of build inputs has version %" PRIu32,
			trailer->version);
	if (trailer->text_size > offset - file->data_offset)
		return fail_at(error, offset,
			"record of build inputs of %" PRIu32 " bytes starts before the file data",
			trailer->text_size);
	sha256(file->bytes + offset - trailer->text_size, trailer->text_size, digest);
	if (memcmp(digest, trailer->text_sha256, sizeof(digest)))
		return fail_at(error, offset, "record of build inputs does not have its SHA-256");
	return true;
}

bool inputs_find(const struct igvm_file *file, struct inputs *inputs, struct tool_error *error)
{
	struct build_inputs_trailer trailer;
	uint64_t offset, start;

	*inputs = (struct inputs){0};
	if (file->size - file->data_offset < sizeof(trailer))
		return true;
	offset = file->size - sizeof(trailer);
	memcpy(&trailer, file->bytes + offset, sizeof(trailer));
	if (memcmp(trailer.magic, BUILD_INPUTS_MAGIC, sizeof(trailer.magic)))
		return true;
	if (!check_trailer(file, offset, &trailer, error))
		return false;
	start = offset - trailer.text_size;
	if (!inputs_check((const char *)file->bytes + start, trailer.text_size, error)) {
		error->offset += start;
		return false;
	}
	*inputs = (struct inputs){(const char *)file->bytes + start, trailer.text_size};
	return true;
}
