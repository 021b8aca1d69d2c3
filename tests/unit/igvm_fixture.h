/* SPDX-License-Identifier: MIT */
/*
 * IGVM and ELF files in memory for the tests of tools/igvm: one IGVM file with
 * every kind of header, one ELF file as the builder wants it, and the means to
 * damage them.
 */
#ifndef NACRE_TEST_IGVM_FIXTURE_H
#define NACRE_TEST_IGVM_FIXTURE_H

#include "tools/common/buffer.h"
#include "tools/igvm/parse.h"
#include "tools/igvm/writer.h"

#include "launch.h"

#define FIXTURE_SNP 0x1U
#define FIXTURE_NATIVE 0x2U
#define FIXTURE_TDX 0x4U
#define FIXTURE_VSM 0x8U

/* Reads tests/unit/vectors/@name; fails the test if it cannot. */
void fixture_vector(const char *name, struct buffer *file);

/* A valid file with every header type that x86-64 can have, each at least once. */
void fixture_rich(struct buffer *file);

/* Adds the header of a platform; the first thing in a file. */
void fixture_platform(struct writer *writer, uint32_t mask, enum igvm_platform platform);

/* A page of PAGE_DATA; @fill is the value of its bytes, or negative: no file data. */
void fixture_page(struct writer *writer, uint64_t gpa, int fill, uint32_t flags, uint16_t type);

void fixture_area(struct writer *writer, uint32_t index, uint64_t bytes);
void fixture_insert(struct writer *writer, uint32_t index, uint64_t gpa);
void fixture_parameter(struct writer *writer, enum igvm_type type, uint32_t index, uint32_t byte);

/* A VMSA of efer 0x1000, sev_features 1, rip @rip, at the address that KVM uses. */
void fixture_vp_context(struct writer *writer, uint16_t vp_index, uint64_t rip);

/* Finishes @writer; fails the test if that fails. */
void fixture_finish(struct writer *writer, struct buffer *file);

/* File offset of the @nth (from 0) variable header of @type. */
uint64_t fixture_find(const struct buffer *file, uint32_t type, unsigned int nth);

/* Makes the checksum right again after a change. */
void fixture_seal(struct buffer *file);

/* Sets @size bytes (up to 8) at @offset. */
void fixture_poke(struct buffer *file, uint64_t offset, uint64_t value, size_t size);

/*
 * Parses a copy of the file that ends where its bytes end, so that ASan sees a
 * read past them. On success the result must be given to fixture_close().
 */
bool fixture_parse(const struct buffer *file, struct igvm_file *parsed, struct tool_error *error);
void fixture_close(struct igvm_file *parsed);

struct fixture_elf {
	struct buffer file;
	uint64_t text_header, data_header, note_header; /* offsets of program headers */
	uint64_t note;                                  /* offset of the struct launch_note */
};

#define FIXTURE_TEXT 0x100000ULL
#define FIXTURE_DATA 0x200000ULL
#define FIXTURE_SPECIAL 0x300000ULL

/* What fixture_elf() puts into the note. */
struct launch_note fixture_note(void);

/*
 * An executable with text of 0x1800 bytes at FIXTURE_TEXT (bytes 0x90), data of
 * three pages at FIXTURE_DATA (0x11, zeros, 0x33) with a larger memory size,
 * a GNU note and the launch note.
 */
void fixture_elf(struct fixture_elf *elf);

#endif
