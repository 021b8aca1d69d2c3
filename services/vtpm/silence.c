/* SPDX-License-Identifier: MIT */
/*
 * libtpms writes some lines to standard error whatever its log level is, one of them
 * the whole command that led to failure mode, with what passwords are in it. The host
 * reads the paravisor's log, so the linker puts these in place of the two functions
 * (--wrap, services/vtpm/vtpm.mk); tpm.c says what is to be said.
 */
#include "compiler.h"

void __wrap_TPMLIB_LogArray(unsigned int indent, const unsigned char *data, size_t size);
void __wrap_TPMLIB_LogPrintfA(unsigned int indent, const char *format, ...);

void __wrap_TPMLIB_LogArray(unsigned int indent, const unsigned char *data, size_t size)
{
	(void)indent;
	(void)data;
	(void)size;
}

void __wrap_TPMLIB_LogPrintfA(unsigned int indent, const char *format, ...)
{
	(void)indent;
	(void)format;
}
