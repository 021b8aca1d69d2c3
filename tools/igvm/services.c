/* SPDX-License-Identifier: MIT */
/*
 * The text of --service, and the files that it names; see services.h.
 */
#include "services.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/elf_image.h"
#include "tools/common/files.h"
#include "tools/common/hash.h"
#include "tools/common/text.h"

#define DEFAULT_CLASSES \
	(SERVICE_CLASS_BIT(SERVICE_CLASS_LINUX) | SERVICE_CLASS_BIT(SERVICE_CLASS_SERVICE))
#define CLASSES_ALL (SERVICE_CLASS_BIT(SERVICE_CLASS_INIT + 1) - 1)
#define DEFAULT_MEMORY (2 * MIB)
#define INIT_CLASSES \
	(SERVICE_CLASS_BIT(SERVICE_CLASS_LINUX) | SERVICE_CLASS_BIT(SERVICE_CLASS_INIT))
#define INIT_MEMORY (256 * KIB)
#define MEMORY_MAX (64 * MIB)
#define FILE_MAX (32 * MIB)
#define DEFAULT_SLICE 50000000UL
#define DEFAULT_LIMIT 20000000000UL

/* ---- Names and options ---- */

static bool is_name(const char *text, size_t length)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	return length && length < SERVICE_NAME_MAX && strspn(text, allowed) >= length;
}

/* Numbers with + between them. */
static bool set_classes(struct service_table_entry *entry, char *text)
{
	char *rest;

	entry->classes = 0;
	for (char *word = strtok_r(text, "+", &rest); word; word = strtok_r(NULL, "+", &rest)) {
		uint64_t class;

		if (!parse_number(word, &class) || class > SERVICE_CLASS_INIT)
			return false;
		entry->classes |= SERVICE_CLASS_BIT(class);
	}
	return entry->classes != 0;
}

/* Bytes, or with K or M. */
static bool set_memory(struct service_table_entry *entry, char *text)
{
	size_t length = strlen(text);
	uint64_t unit = 1;

	if (length && (text[length - 1] == 'K' || text[length - 1] == 'M')) {
		unit = text[length - 1] == 'K' ? KIB : MIB;
		text[length - 1] = 0;
	}
	if (!parse_number(text, &entry->memory) || entry->memory > MEMORY_MAX / unit)
		return false;
	entry->memory *= unit;
	return entry->memory >= PAGE_SIZE;
}

static bool set_slice(struct service_table_entry *entry, char *text)
{
	return parse_number(text, &entry->slice) && entry->slice;
}

static bool set_limit(struct service_table_entry *entry, char *text)
{
	return parse_number(text, &entry->limit) && entry->limit;
}

static bool set_end(struct service_table_entry *entry, char *text)
{
	entry->at_end = strcmp(text, "restart") ? SERVICE_END_RETIRE : SERVICE_END_RESTART;
	return !strcmp(text, "restart") || !strcmp(text, "retire");
}

static const struct {
	const char *name;
	bool (*set)(struct service_table_entry *entry, char *text);
	const char *wanted;
} options[] = {
	{"classes", set_classes, "numbers from 0 to 4 with + between them, as 0+1"},
	{"memory", set_memory, "bytes, or with K or M: 4K to 64M"},
	{"slice", set_slice, "a number of instructions"},
	{"limit", set_limit, "a number of instructions"},
	{"at-end", set_end, "retire or restart"},
};

/* @given has a bit for each option that was there before. */
static bool set_option(struct service_table_entry *entry, char *word, unsigned int *given,
	struct tool_error *error)
{
	char *equals = strchr(word, '='), *value = equals ? equals + 1 : word + strlen(word);
	const size_t length = equals ? (size_t)(equals - word) : strlen(word);

	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		if (length != strlen(options[i].name) || memcmp(word, options[i].name, length))
			continue;
		if (*given & 1U << i)
			return fail_with(error, "%s= is there twice", options[i].name);
		*given |= 1U << i;
		return options[i].set(entry, value) ||
		       fail_with(error, "%s= is %s", options[i].name, options[i].wanted);
	}
	return fail_with(error,
		"no option \"%s\"; expected classes=, memory=, slice=, limit=, at-end=", word);
}

static bool set_options(struct service_table_entry *entry, char *text, struct tool_error *error)
{
	unsigned int given = 0;
	char *rest;

	for (char *word = strtok_r(text, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
		if (!set_option(entry, word, &given, error))
			return false;
	}
	return entry->slice <= entry->limit ||
	       fail_with(error, "limit= is less than slice=: %lu and %lu instructions",
		       entry->limit, entry->slice);
}

/* ---- The list ---- */

static bool has_name(const struct service_table *table, const char *name)
{
	for (uint32_t i = 0; i < table->count; i++) {
		if (!strcmp(table->entries[i].name, name))
			return true;
	}
	return false;
}

static bool is_init(const struct service_table_entry *entry)
{
	return !strcmp(entry->name, SERVICE_INIT_NAME);
}

static bool may_start_others(const struct service_table_entry *entry)
{
	return (entry->classes & SERVICE_CLASS_BIT(SERVICE_CLASS_INIT)) != 0;
}

/* Init comes first, and what it may no other may: the kernel takes no other table. */
static bool has_its_place(
	const struct service_table_entry *entry, bool first, struct tool_error *error)
{
	if (first && !is_init(entry))
		return fail_with(error, "the first service of an image is init, which starts the "
					"others; put --service init=build/init before this one");
	if (is_init(entry) && !may_start_others(entry))
		return fail_with(error, "init needs class %d", SERVICE_CLASS_INIT);
	if (!is_init(entry) && may_start_others(entry))
		return fail_with(error, "class %d is for init alone", SERVICE_CLASS_INIT);
	return true;
}

/* Takes @text apart; *@path is where in it the file's name is. */
static bool parse(
	struct service_table_entry *entry, char *text, char **path, struct tool_error *error)
{
	char *equals = strchr(text, '='), *comma;

	if (!equals || !is_name(text, (size_t)(equals - text)))
		return fail_with(error,
			"expected NAME=FILE[,OPTION...], NAME of 1 to %u of a-z, "
			"0-9 and -",
			SERVICE_NAME_MAX - 1);
	memcpy(entry->name, text, (size_t)(equals - text));
	if (is_init(entry)) {
		entry->classes = INIT_CLASSES;
		entry->memory = INIT_MEMORY;
	}
	*path = equals + 1;
	comma = strchr(*path, ',');
	if (comma)
		*comma = 0;
	if (!**path)
		return fail_with(error, "there is no file behind %s=", entry->name);
	return !comma || set_options(entry, comma + 1, error);
}

static bool append(struct service_list *list, const struct service_table_entry *entry,
	const char *path, struct tool_error *error)
{
	struct service_table *table = &list->table;

	if (!has_its_place(entry, !table->count, error))
		return false;
	if (has_name(table, entry->name))
		return fail_with(error, "there is a service %s already", entry->name);
	if (table->count == SERVICE_TABLE_MAX)
		return fail_with(error, "an image has at most %u services", SERVICE_TABLE_MAX);
	list->paths[table->count] = strdup(path);
	if (!list->paths[table->count])
		return fail_with(error, "out of memory");
	table->version = SERVICE_TABLE_VERSION;
	table->entries[table->count++] = *entry;
	return true;
}

bool services_add(struct service_list *list, const char *text, struct tool_error *error)
{
	struct service_table_entry entry = {
		.memory = DEFAULT_MEMORY,
		.slice = DEFAULT_SLICE,
		.limit = DEFAULT_LIMIT,
		.classes = DEFAULT_CLASSES,
	};
	char *copy = strdup(text), *path = NULL;
	bool fine;

	if (!copy)
		return fail_with(error, "out of memory");
	fine = parse(&entry, copy, &path, error) && append(list, &entry, path, error);
	free(copy);
	return fine;
}

void services_free(struct service_list *list)
{
	for (uint32_t i = 0; i < list->table.count; i++)
		free(list->paths[i]);
	*list = (struct service_list){0};
}

/* ---- Files ---- */

static bool check_program(const struct blob *file, struct tool_error *error)
{
	struct elf_plan plan;
	enum elf_error fault;

	if (!file->size || file->size > FILE_MAX)
		return fail_with(error,
			"a service's file has 1 byte to %lu MiB, this has %zu bytes",
			FILE_MAX / MIB, file->size);
	fault = elf_plan(file->bytes, file->size, &plan);
	return fault == ELF_OK ||
	       fail_with(error,
		       "no kernel of Nacre's would load it: %s. Expected an ELF file as "
		       "gcc -static-pie makes it",
		       elf_error_text(fault));
}

static bool read_file(struct service_table_entry *entry, const char *path, struct tool_error *error)
{
	struct blob file;
	bool fine;

	if (!file_read(path, &file, error))
		return false;
	fine = check_program(&file, error);
	entry->size = file.size;
	sha256(file.bytes, file.size, entry->sha256);
	free((void *)file.bytes);
	return fine;
}

bool services_read_files(struct service_list *list, const char **failed, struct tool_error *error)
{
	for (uint32_t i = 0; i < list->table.count; i++) {
		*failed = list->paths[i];
		if (!read_file(&list->table.entries[i], list->paths[i], error))
			return false;
	}
	return true;
}

/* ---- A table ---- */

static bool is_sound(const struct service_table_entry *entry)
{
	const size_t length = strnlen(entry->name, SERVICE_NAME_MAX);

	return is_name(entry->name, length) && entry->size && entry->size <= FILE_MAX &&
	       entry->memory && entry->memory <= MEMORY_MAX && entry->classes &&
	       !(entry->classes & ~CLASSES_ALL) && entry->at_end <= SERVICE_END_RESTART;
}

bool services_are_sound(const struct service_table *table)
{
	if (!table->version && !table->count)
		return true;
	if (table->version != SERVICE_TABLE_VERSION || !table->count ||
		table->count > SERVICE_TABLE_MAX)
		return false;
	for (uint32_t i = 0; i < table->count; i++) {
		const struct service_table_entry *entry = &table->entries[i];

		if (!is_sound(entry) || is_init(entry) != !i || may_start_others(entry) != !i)
			return false;
	}
	return true;
}

const char *service_classes_text(
	const struct service_table_entry *entry, char text[SERVICE_CLASSES_TEXT_SIZE])
{
	size_t at = 0;

	text[0] = 0;
	for (unsigned int i = 0; i <= SERVICE_CLASS_INIT; i++) {
		if (entry->classes & SERVICE_CLASS_BIT(i))
			at += (size_t)snprintf(text + at, SERVICE_CLASSES_TEXT_SIZE - at, "%s%u",
				at ? "+" : "", i);
	}
	return text;
}

json_t *service_classes_json(const struct service_table_entry *entry)
{
	json_t *classes = json_array();

	for (unsigned int i = 0; i <= SERVICE_CLASS_INIT; i++) {
		if (entry->classes & SERVICE_CLASS_BIT(i))
			json_array_append_new(classes, json_integer(i));
	}
	return classes;
}

const char *service_end_text(const struct service_table_entry *entry)
{
	return entry->at_end == SERVICE_END_RESTART ? "restart" : "retire";
}
