/* SPDX-License-Identifier: MIT */
/*
 * What the manifest of nacre-platform holds behind its header, as
 * docs/platform-manifest.cddl describes it. The bytes may be hostile.
 */
#ifndef NACRE_VERIFY_MANIFEST_PLATFORM_H
#define NACRE_VERIFY_MANIFEST_PLATFORM_H

#include "tools/common/buffer.h"
#include "tools/common/error.h"

/* False if @body is anything else; @error has the offset in it. */
MUST_CHECK bool manifest_platform_check(const struct blob *body, struct tool_error *error);

/* Appends version and features of a @body that was checked, as words. */
void manifest_platform_describe(const struct blob *body, struct buffer *text);

#endif
