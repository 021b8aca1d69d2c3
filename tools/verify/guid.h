/* SPDX-License-Identifier: MIT */
/*
 * GUIDs as text. Certificate tables have them in the order of their text,
 * manifests as UEFI does: the first three fields little-endian.
 */
#ifndef NACRE_VERIFY_GUID_H
#define NACRE_VERIFY_GUID_H

#include "compiler.h"

#define GUID_TEXT_SIZE 37

/* Both return @text. */
const char *guid_text(const uint8_t guid[16], char text[GUID_TEXT_SIZE]);
const char *guid_text_uefi(const uint8_t guid[16], char text[GUID_TEXT_SIZE]);

#endif
