/* SPDX-License-Identifier: MIT */
/*
 * The version, and the build id that links a running image to its ELF file.
 */
#include "kernel/version.h"
#include "kernel/image.h"
#include "lib/printf.h"

#define NOTE_HEADER 16U /* sizes, type, "GNU" */
#define ID_BYTES 20U

const char nacre_version[] = "0.1";

void build_id_text(char text[BUILD_ID_TEXT])
{
	const uint8_t *id = __build_id + NOTE_HEADER;

	text[0] = '\0';
	if (__build_id_end < id + ID_BYTES)
		return;
	for (unsigned int i = 0; i < ID_BYTES; i++)
		format(text + 2 * i, 3, "%02x", (unsigned int)id[i]);
}
