/* SPDX-License-Identifier: MIT */
/*
 * What this build is: the version, and the linker's build id as text.
 */
#ifndef NACRE_KERNEL_VERSION_H
#define NACRE_KERNEL_VERSION_H

#define BUILD_ID_TEXT 41 /* 20 bytes in hex, and the NUL */

extern const char nacre_version[];

void build_id_text(char text[BUILD_ID_TEXT]);

#endif
