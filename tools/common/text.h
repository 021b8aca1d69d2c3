/* SPDX-License-Identifier: MIT */
/*
 * Numbers and bytes as text, for command lines and output of the host programs.
 */
#ifndef NACRE_TOOLS_TEXT_H
#define NACRE_TOOLS_TEXT_H

#include "compiler.h"

/* Writes 2 * @size hexadecimal digits and a NUL. */
void hex_encode(const uint8_t *bytes, size_t size, char *text);

/* Reads exactly 2 * @size hexadecimal digits, and nothing behind them; false if @text is else. */
MUST_CHECK bool hex_decode(const char *text, uint8_t *bytes, size_t size);

/* A whole argument as a number, decimal or with 0x; false if it is none. */
MUST_CHECK bool parse_number(const char *text, uint64_t *value);

/* Whether @size bytes are UTF-8 (RFC 3629) throughout. */
MUST_CHECK bool text_is_utf8(const char *text, size_t size);

#endif
