/* SPDX-License-Identifier: MIT */
/*
 * The services of an image, as `nacre-igvm build --service` names them: from
 * the option's text to the measured table.
 */
#ifndef NACRE_TOOLS_SERVICES_H
#define NACRE_TOOLS_SERVICES_H

#include "service_table.h"
#include "tools/common/error.h"

/*
 * Adds NAME=FILE[,classes=N+N...][,memory=SIZE][,at-end=retire|restart] to @table,
 * with FILE's size and digest. The first is init, and class 4 init's alone. False with
 * what is wrong, and nothing added.
 */
MUST_CHECK bool services_add(
	struct service_table *table, const char *text, struct tool_error *error);

#endif
