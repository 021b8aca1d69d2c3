/* SPDX-License-Identifier: MIT */
/*
 * The version, and the build id that links a running image to its ELF file.
 */
#include "kernel/version.h"
#include "kernel/image.h"
#include "lib/printf.h"

#define NOTE_HEADER 16U /* sizes, type, "GNU" */

const char nacre_version[] = "0.1";

const uint8_t *build_id(void)
{
	const uint8_t *id = __build_id + NOTE_HEADER;

	return __build_id_end < id + BUILD_ID_SIZE ? NULL : id;
}

void build_id_text(char text[BUILD_ID_TEXT])
{
	const uint8_t *id = build_id();

	text[0] = '\0';
	for (unsigned int i = 0; id && i < BUILD_ID_SIZE; i++)
		format(text + 2 * i, 3, "%02x", (unsigned int)id[i]);
}
