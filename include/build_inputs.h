/* SPDX-License-Identifier: MIT */
/*
 * The record of what an image was built from, at the end of an IGVM file. The
 * format has no place for it, so it stands in the file data where no header
 * points: loaders skip it, and neither the checksum nor the launch digest
 * covers it. It is a claim, proved only by building again from the same inputs.
 *
 * The last bytes of the file are a struct build_inputs_trailer; its text comes
 * directly before. The text is ASCII, one line for each input, in any order:
 *
 *	NAME VERSION SHA256\n
 *
 * NAME and VERSION are one or more printable characters without blanks, SHA256
 * is 64 lower-case hexadecimal digits. For the sources of the project itself
 * SHA256 is of their names and contents as scripts/build-inputs lists them.
 */
#ifndef NACRE_BUILD_INPUTS_H
#define NACRE_BUILD_INPUTS_H

#include "compiler.h"

#define BUILD_INPUTS_MAGIC "NACREINP"
#define BUILD_INPUTS_VERSION 1U

/* Limits that a reader may rely on. */
#define BUILD_INPUTS_TEXT_MAX (64 * KIB)
#define BUILD_INPUTS_WORD_MAX 128U /* characters of NAME, and of VERSION */

struct build_inputs_trailer {
	uint8_t text_sha256[32];
	uint32_t text_size; /* bytes, 1 to BUILD_INPUTS_TEXT_MAX */
	uint32_t version;
	uint8_t magic[8];
};
ASSERT_SIZE(struct build_inputs_trailer, 48);

#endif
