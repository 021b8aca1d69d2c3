/* SPDX-License-Identifier: MIT */
/*
 * The table. A row that holds takes a line; one that does not says what was
 * found and what was expected, each on a line of its own.
 */
#include "output.h"

#define TITLE_WIDTH 20
#define RESULT_WIDTH 12

static void print_more(const char *word, const char *text, FILE *out)
{
	if (text)
		fprintf(out, "  %*s %-*s %s\n", TITLE_WIDTH, "", RESULT_WIDTH, word, text);
}

static void print_row(const struct check *row, FILE *out)
{
	fprintf(out, "  %-*s %-*s %s\n", TITLE_WIDTH, check_info(row->id)->title, RESULT_WIDTH,
		check_result_name(row->result), row->found ? row->found : "");
	if (row->result == CHECK_REFUSED)
		print_more("expected", row->expected, out);
	print_more("", row->remark, out);
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
