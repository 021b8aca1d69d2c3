/* SPDX-License-Identifier: MIT */
/*
 * The log: a ring in memory, of which lines up to the chosen level also go to
 * the host's console. The host reads the console, so nothing secret and
 * nothing of the guest's data is ever logged below LOG_DEBUG.
 */
#ifndef NACRE_KERNEL_LOG_H
#define NACRE_KERNEL_LOG_H

#include "compiler.h"

enum log_level {
	LOG_ERROR = 0, /* the paravisor or the guest cannot go on */
	LOG_WARN = 1,  /* something was refused or left out */
	LOG_INFO = 2,  /* what a person at the console wants to see */
	LOG_DEBUG = 3, /* ring only */
};

#define LOG_LINE_MAX 160U

/* One line, without the newline; longer ones are cut. */
void log_line(enum log_level level, const char *text, ...) PRINTF_LIKE(2, 3);

#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)

/* Sends what is pending to the console; until then lines are gathered. */
void log_flush(void);

/* From now on: no locks, and each line goes out at once. For a panic. */
void log_emergency(void);

/* The console can be written to from now on; before, lines only gather. */
void log_console_ready(void);

#endif
