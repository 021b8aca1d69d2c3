/* SPDX-License-Identifier: MIT */
/*
 * The services of an image: from the texts of `nacre-igvm build --service` to the
 * measured table (include/service_table.h), and the table's fields as words.
 */
#ifndef NACRE_TOOLS_SERVICES_H
#define NACRE_TOOLS_SERVICES_H

#include <jansson.h>

#include "service_table.h"
#include "tools/common/error.h"

/* Services as they are named on a command line. */
struct service_list {
	struct service_table table;
	char *paths[SERVICE_TABLE_MAX]; /* owned: of each entry's file */
};

/*
 * Adds NAME=FILE[,OPTION...] (see the manual page) to @list. The file is not looked at.
 * The first is init, and class 4 is init's alone.
 * False with what is wrong, and nothing added.
 */
MUST_CHECK bool services_add(struct service_list *list, const char *text, struct tool_error *error);

/*
 * Reads the files for their sizes and digests, and checks by the kernel's own rules that
 * each can be loaded. On failure @failed is the path that @error is about, of @list.
 */
MUST_CHECK bool services_read_files(
	struct service_list *list, const char **failed, struct tool_error *error);
void services_free(struct service_list *list);

/* Whether an image may have @table: none at all is all zeros. */
bool services_are_sound(const struct service_table *table);

#define SERVICE_CLASSES_TEXT_SIZE 16

/* "0+1"; returns @text. */
const char *service_classes_text(
	const struct service_table_entry *entry, char text[SERVICE_CLASSES_TEXT_SIZE]);

/* An array of the classes' numbers; a new reference. */
json_t *service_classes_json(const struct service_table_entry *entry);

/* "retire" or "restart". */
const char *service_end_text(const struct service_table_entry *entry);

#endif
