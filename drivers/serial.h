/* SPDX-License-Identifier: MIT */
/*
 * The console: COM1, written to with string output, so that a line costs one
 * exit and not two for each character.
 */
#ifndef NACRE_DRIVERS_SERIAL_H
#define NACRE_DRIVERS_SERIAL_H

#include <stddef.h>

void serial_write(const char *text, size_t length);

#endif
