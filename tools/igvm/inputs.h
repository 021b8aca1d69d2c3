/* SPDX-License-Identifier: MIT */
/*
 * The record of build inputs in an IGVM file (include/build_inputs.h): written
 * by build.c, shown by the inspector.
 */
#ifndef NACRE_TOOLS_INPUTS_H
#define NACRE_TOOLS_INPUTS_H

#include "build_inputs.h"
#include "parse.h"

/* The lines of a record; every one of them has been checked. */
struct inputs {
	const char *text; /* in the file's bytes; not terminated */
	size_t size;      /* 0: the file has no record */
};

/* One line. Neither word is terminated. */
struct input {
	const char *name, *version, *sha256;
	int name_size, version_size; /* sha256 has 64 characters */
};

/* Checks the lines of a record; an offset in @error is one in @text. */
MUST_CHECK bool inputs_check(const char *text, size_t size, struct tool_error *error);

/*
 * Finds the record of @file. False if there is a trailer but it is damaged or
 * lies; a file without one has an empty record.
 */
MUST_CHECK bool inputs_find(
	const struct igvm_file *file, struct inputs *inputs, struct tool_error *error);

/* Takes the next line off @inputs; false if there is none. */
bool inputs_next(struct inputs *inputs, struct input *input);

/* The trailer that goes behind @text. */
struct build_inputs_trailer inputs_trailer(const char *text, size_t size);

#endif
