/* SPDX-License-Identifier: MIT */
/*
 * What of an ELF file is to be mapped where: decoded and checked in full before
 * anything is mapped. Pure functions over bytes; kernel/elf_load.c acts on the
 * plan. A service is a static-pie, which relocates itself.
 */
#ifndef NACRE_KERNEL_ELF_IMAGE_H
#define NACRE_KERNEL_ELF_IMAGE_H

#include "compiler.h"

#define ELF_SEGMENTS_MAX 8U
#define ELF_SPAN_MAX (64 * MIB) /* of addresses */

struct elf_segment_plan {
	uint64_t start, end;      /* pages, from the image's base */
	uint64_t data, data_size; /* where the file's bytes go, from the base, and how many */
	uint64_t offset;          /* of them in the file; like @data modulo the page size */
	bool write, execute;      /* never both */
};

struct elf_plan {
	struct elf_segment_plan segments[ELF_SEGMENTS_MAX]; /* ascending, in pages of their own */
	unsigned int count;
	uint64_t span;  /* bytes from the base to the last segment's end */
	uint64_t entry; /* from the base, like @headers: where the program headers are */
	uint64_t headers;
	unsigned int header_count;
};

enum elf_error {
	ELF_OK = 0,
	ELF_NOT_ELF,     /* not a position-independent x86-64 program in ELF */
	ELF_HEADERS,     /* program headers outside the file, or not of the one size */
	ELF_INTERPRETER, /* or libraries: not a static program */
	ELF_SEGMENT,     /* outside the file or its pages, out of order, without memory */
	ELF_OVERLAP,     /* two segments in one page */
	ELF_RIGHTS,      /* writable and executable, or not readable; an executable stack */
	ELF_RELOCATION,  /* wants to write to its code */
	ELF_ENTRY,       /* the entry is not in code, or the headers are not loaded */
	ELF_TOO_LARGE,
};

/* Decodes the file at @file, which stands still. */
MUST_CHECK enum elf_error elf_plan(const uint8_t *file, uint64_t size, struct elf_plan *plan);

const char *elf_error_text(enum elf_error error);

#endif
