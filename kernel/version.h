/* SPDX-License-Identifier: MIT */
/*
 * What this build is: the version, and the linker's build id as text.
 */
#ifndef NACRE_KERNEL_VERSION_H
#define NACRE_KERNEL_VERSION_H

#include <stdint.h>

#define BUILD_ID_SIZE 20U
#define BUILD_ID_TEXT 41 /* in hex, and the NUL */

extern const char nacre_version[];

/* BUILD_ID_SIZE bytes, or NULL if the image was linked without. */
const uint8_t *build_id(void);

void build_id_text(char text[BUILD_ID_TEXT]);

#endif
