/* SPDX-License-Identifier: MIT */
/*
 * The table. A row that holds takes a line; one that does not says what was
 * found and what was expected, each on a line of its own. Digests, which have no
 * blanks to be broken at, go on in the next line.
 */
#include "output.h"

#include <string.h>

#define TITLE_WIDTH 20
#define RESULT_WIDTH 12
#define DIGITS_WIDTH 64

static void print_line(const char *title, const char *result, const char *text, int size, FILE *out)
{
	fprintf(out, "  %-*s %-*s %.*s\n", TITLE_WIDTH, title, RESULT_WIDTH, result, size, text);
}

static void print_value(const char *title, const char *result, const char *text, FILE *out)
{
	int size = (int)strlen(text), first = strchr(text, ' ') ? size : DIGITS_WIDTH;

	print_line(title, result, text, first, out);
	for (int at = first; at < size; at += DIGITS_WIDTH)
		print_line("", "", text + at, DIGITS_WIDTH, out);
}

static void print_row(const struct check *row, FILE *out)
{
	print_value(check_info(row->id)->title, check_result_name(row->result),
		row->found ? row->found : "", out);
	if (row->result == CHECK_REFUSED && row->expected)
		print_value("", "expected", row->expected, out);
	if (row->remark)
		print_value("", "", row->remark, out);
}

static void print_verdict(const struct checks *checks, FILE *out)
{
	const size_t refused = checks_count(checks, CHECK_REFUSED);
	const size_t open = checks_count(checks, CHECK_NOT_DONE);

	if (!checks_accepted(checks))
		fprintf(out, "\nverdict: REFUSED, %zu of %zu checks\n", refused, checks->count);
	else if (open)
		fprintf(out, "\nverdict: accepted; %zu of %zu not checked\n", open, checks->count);
	else
		fprintf(out, "\nverdict: accepted, all %zu checks hold\n", checks->count);
}

void output_table(const struct checks *checks, const struct output_facts *facts, FILE *out)
{
	fprintf(out, "%s\n", facts->report);
	for (size_t i = 0; i < checks->count; i++)
		print_row(&checks->rows[i], out);
	print_verdict(checks, out);
}
