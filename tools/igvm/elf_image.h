/* SPDX-License-Identifier: MIT */
/*
 * What nacre-igvm build takes from an ELF file: the bytes to load, by physical
 * address, and the launch note (include/launch.h).
 */
#ifndef NACRE_TOOLS_ELF_IMAGE_H
#define NACRE_TOOLS_ELF_IMAGE_H

#include "tools/common/error.h"
#include "launch.h"

#define ELF_SEGMENTS_MAX 64

/* A PT_LOAD segment with bytes in the file. Memory past @size is not listed. */
struct elf_segment {
	uint64_t gpa;         /* page aligned */
	const uint8_t *bytes; /* in the ELF file */
	uint64_t size;
	uint64_t header; /* file offset of its program header, for messages */
};

struct elf_image {
	struct elf_segment segments[ELF_SEGMENTS_MAX];
	size_t segment_count;
	struct launch_note note;
	uint64_t note_offset; /* of the note's content in the file */
};

/* Reads a static x86-64 executable of @size bytes, which must outlive @image. */
MUST_CHECK bool elf_image_read(
	const uint8_t *bytes, size_t size, struct elf_image *image, struct tool_error *error);

#endif
