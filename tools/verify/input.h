/* SPDX-License-Identifier: MIT */
/*
 * Whole files with an upper limit: whoever delivers evidence does not decide
 * how much memory the verifier takes.
 */
#ifndef NACRE_VERIFY_INPUT_H
#define NACRE_VERIFY_INPUT_H

#include "tools/common/buffer.h"
#include "tools/common/error.h"

/* Reads @path, "-" being standard input. The caller frees @blob->bytes. */
MUST_CHECK bool input_read(
	const char *path, size_t limit, struct blob *blob, struct tool_error *error);

#endif
