/* SPDX-License-Identifier: MIT */
/*
 * The text of --service; see services.h.
 */
#include "services.h"

#include <stdlib.h>
#include <string.h>

#include "tools/common/files.h"
#include "tools/common/hash.h"
#include "tools/common/text.h"

#define DEFAULT_CLASSES \
	(SERVICE_CLASS_BIT(SERVICE_CLASS_LINUX) | SERVICE_CLASS_BIT(SERVICE_CLASS_SERVICE))
#define DEFAULT_MEMORY (2 * MIB)
#define INIT_CLASSES \
	(SERVICE_CLASS_BIT(SERVICE_CLASS_LINUX) | SERVICE_CLASS_BIT(SERVICE_CLASS_INIT))
#define INIT_MEMORY (256 * KIB)
#define MEMORY_MAX (64 * MIB)
#define FILE_MAX (32 * MIB)
#define DEFAULT_SLICE 50000000UL
#define DEFAULT_LIMIT 20000000000UL

static bool set_name(struct service_table_entry *entry, const char *text, size_t length)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	if (!length || length >= SERVICE_NAME_MAX || strspn(text, allowed) < length)
		return false;
	memcpy(entry->name, text, length);
	return true;
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
	if (!parse_number(text, &entry->memory) || !entry->memory ||
		entry->memory > MEMORY_MAX / unit)
		return false;
	entry->memory *= unit;
	return true;
}

static bool set_end(struct service_table_entry *entry, const char *text)
{
	entry->at_end = strcmp(text, "restart") ? SERVICE_END_RETIRE : SERVICE_END_RESTART;
	return !strcmp(text, "restart") || !strcmp(text, "retire");
}

static bool set_option(struct service_table_entry *entry, char *word)
{
	if (!strncmp(word, "classes=", 8))
		return set_classes(entry, word + 8);
	if (!strncmp(word, "memory=", 7))
		return set_memory(entry, word + 7);
	if (!strncmp(word, "at-end=", 7))
		return set_end(entry, word + 7);
	return false;
}

static bool set_file(struct service_table_entry *entry, const char *path, struct tool_error *error)
{
	struct blob file;
	bool fits;

	if (!file_read(path, &file, error))
		return false;
	fits = file.size && file.size <= FILE_MAX;
	entry->size = file.size;
	sha256(file.bytes, file.size, entry->sha256);
	free((void *)file.bytes);
	return fits || fail_with(error, "%s: a service's file has 1 byte to 32 MiB", path);
}

static bool is_init(const struct service_table_entry *entry)
{
	return !strcmp(entry->name, SERVICE_INIT_NAME);
}

static bool parse(struct service_table_entry *entry, char *text, struct tool_error *error)
{
	char *equals = strchr(text, '='), *rest, *path, *word;

	if (!equals || !set_name(entry, text, (size_t)(equals - text)))
		return fail_with(error, "a service is NAME=FILE[,OPTION...], NAME of 1 to 15 of "
					"a-z, 0-9 and -");
	if (is_init(entry)) {
		entry->classes = INIT_CLASSES;
		entry->memory = INIT_MEMORY;
	}
	path = strtok_r(equals + 1, ",", &rest);
	if (!path)
		return fail_with(error, "service %s has no file", entry->name);
	while ((word = strtok_r(NULL, ",", &rest)))
		if (!set_option(entry, word))
			return fail_with(error,
				"service %s: classes=N+N, memory=SIZE (at most 64M) and "
				"at-end=retire|restart are the options",
				entry->name);
	return set_file(entry, path, error);
}

static bool has_name(const struct service_table *table, const char *name)
{
	for (uint32_t i = 0; i < table->count; i++)
		if (!strcmp(table->entries[i].name, name))
			return true;
	return false;
}

/* As the kernel wants them (kernel/services_start.c). */
static bool has_its_place(const struct service_table *table,
	const struct service_table_entry *entry, struct tool_error *error)
{
	if (!table->count && !is_init(entry))
		return fail_with(error, "the first service is init, which starts the others: "
					"--service init=build/init before this one");
	if (is_init(entry) && !(entry->classes & SERVICE_CLASS_BIT(SERVICE_CLASS_INIT)))
		return fail_with(error, "init needs class %d", SERVICE_CLASS_INIT);
	if (!is_init(entry) && (entry->classes & SERVICE_CLASS_BIT(SERVICE_CLASS_INIT)))
		return fail_with(error, "class %d is for init alone", SERVICE_CLASS_INIT);
	return true;
}

bool services_add(struct service_table *table, const char *text, struct tool_error *error)
{
	struct service_table_entry entry = {
		.memory = DEFAULT_MEMORY,
		.slice = DEFAULT_SLICE,
		.limit = DEFAULT_LIMIT,
		.classes = DEFAULT_CLASSES,
	};
	char *copy = strdup(text);
	bool fine = copy ? parse(&entry, copy, error) : fail_with(error, "out of memory");

	free(copy);
	if (!fine)
		return false;
	if (!has_its_place(table, &entry, error))
		return false;
	if (has_name(table, entry.name))
		return fail_with(error, "there are two services %s", entry.name);
	if (table->count == SERVICE_TABLE_MAX)
		return fail_with(error, "an image has at most %u services", SERVICE_TABLE_MAX);
	table->version = SERVICE_TABLE_VERSION;
	table->entries[table->count++] = entry;
	return true;
}
