/* SPDX-License-Identifier: MIT */
/*
 * The order of the checks. Each part looks at all it can, even where another
 * has refused already, so that one run says everything that is wrong.
 */
#include "verify.h"

#include <stdlib.h>

static int by_id(const void *a, const void *b)
{
	return (int)((const struct check *)a)->id - (int)((const struct check *)b)->id;
}

void verify_evidence(const struct verify_request *request, struct checks *checks)
{
	struct snp_report report;
	struct chain chain;

	if (!verify_form(request, &report, checks))
		return;
	verify_chain(request, report_signer(&report), &chain, checks);
	verify_binding(&report, &chain, checks);
	verify_launch(request, &report, checks);
	verify_policy(request, &report, &chain, checks);
	verify_data(request, &report, checks);
	verify_quote(request, checks);
	qsort(checks->rows, checks->count, sizeof(checks->rows[0]), by_id);
}
