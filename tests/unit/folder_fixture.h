/* SPDX-License-Identifier: MIT */
/*
 * A folder for the files of a test, and files in and out of it. What fails fails
 * the test.
 */
#ifndef NACRE_UNIT_FOLDER_FIXTURE_H
#define NACRE_UNIT_FOLDER_FIXTURE_H

#include "tools/common/buffer.h"

/* Makes a new folder under /tmp, or takes one that is there, which stays. */
void folder_make(void);
void folder_use(const char *path);

/* Removes the folder with all files in it; 0 if it is gone. */
int folder_remove(void);

/* A file of the folder; the text is good until the eighth call after this one. */
const char *in(const char *name);

/* Writes @name in the folder. */
void write_file(const char *name, const void *bytes, size_t size);

/* Reads @path, as in() gives it. The caller frees @bytes. */
struct blob read_file(const char *path);

#endif
