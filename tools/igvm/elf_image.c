/* SPDX-License-Identifier: MIT */
/*
 * Reading the ELF file that becomes an IGVM image. Every field is checked
 * before use; errors name the offset in the ELF file.
 */
#include "elf_image.h"

#include <elf.h>
#include <inttypes.h>
#include <string.h>

struct reader {
	const uint8_t *bytes;
	size_t size;
	struct elf_image *image;
	struct tool_error *error;
	bool note_found;
};

static bool in_file(const struct reader *reader, uint64_t offset, uint64_t size)
{
	return offset <= reader->size && size <= reader->size - offset;
}

static bool check_ident(const struct reader *reader, const Elf64_Ehdr *header)
{
	struct tool_error *error = reader->error;

	if (memcmp(header->e_ident, ELFMAG, SELFMAG))
		return fail_at(error, 0, "not an ELF file");
	if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB)
		return fail_at(error, EI_CLASS, "not a little-endian 64-bit ELF file");
	if (header->e_type != ET_EXEC)
		return fail_at(error, offsetof(Elf64_Ehdr, e_type),
			"ELF type %u is not a static executable (ET_EXEC)", header->e_type);
	if (header->e_machine != EM_X86_64)
		return fail_at(error, offsetof(Elf64_Ehdr, e_machine),
			"ELF machine %u is not x86-64", header->e_machine);
	return true;
}

static bool check_program_headers(const struct reader *reader, const Elf64_Ehdr *header)
{
	struct tool_error *error = reader->error;

	if (header->e_phentsize != sizeof(Elf64_Phdr))
		return fail_at(error, offsetof(Elf64_Ehdr, e_phentsize),
			"program headers of %u bytes instead of %zu", header->e_phentsize,
			sizeof(Elf64_Phdr));
	if (header->e_phnum == 0 || header->e_phnum == PN_XNUM)
		return fail_at(error, offsetof(Elf64_Ehdr, e_phnum),
			"%u program headers cannot be read", header->e_phnum);
	if (!in_file(reader, header->e_phoff, (uint64_t)header->e_phnum * sizeof(Elf64_Phdr)))
		return fail_at(error, offsetof(Elf64_Ehdr, e_phoff),
			"program headers at 0x%" PRIx64 " end past the end of the file",
			header->e_phoff);
	return true;
}

static bool read_segment(struct reader *reader, const Elf64_Phdr *program, uint64_t offset)
{
	struct elf_image *image = reader->image;

	if (program->p_filesz > program->p_memsz)
		return fail_at(reader->error, offset,
			"segment has 0x%" PRIx64 " bytes in the file, but only 0x%" PRIx64
			" in memory",
			program->p_filesz, program->p_memsz);
	if (program->p_filesz == 0)
		return true;
	if (program->p_paddr % PAGE_SIZE)
		return fail_at(reader->error, offset,
			"segment at physical address 0x%" PRIx64 ", not a multiple of 4096",
			program->p_paddr);
	if (program->p_paddr + program->p_memsz < program->p_paddr)
		return fail_at(reader->error, offset,
			"segment at physical address 0x%" PRIx64 " wraps around", program->p_paddr);
	if (image->segment_count == ELF_SEGMENTS_MAX)
		return fail_at(reader->error, offset, "more than %d segments", ELF_SEGMENTS_MAX);
	image->segments[image->segment_count++] = (struct elf_segment){.gpa = program->p_paddr,
		.bytes = reader->bytes + program->p_offset,
		.size = program->p_filesz,
		.header = offset};
	return true;
}

static bool read_launch_note(struct reader *reader, uint64_t offset, uint64_t size)
{
	struct launch_note *note = &reader->image->note;

	if (reader->note_found)
		return fail_at(reader->error, offset, "second launch note");
	if (size != sizeof(*note))
		return fail_at(reader->error, offset,
			"launch note of %" PRIu64 " bytes instead of %zu", size, sizeof(*note));
	memcpy(note, reader->bytes + offset, sizeof(*note));
	if (note->version != LAUNCH_NOTE_VERSION)
		return fail_at(reader->error, offset,
			"launch note of version %" PRIu32 " instead of %u", note->version,
			LAUNCH_NOTE_VERSION);
	reader->image->note_offset = offset;
	reader->note_found = true;
	return true;
}

/* One note at @offset, which has @left bytes; sets @used to where the next one starts. */
static bool read_note(
	struct reader *reader, uint64_t offset, uint64_t left, uint64_t alignment, uint64_t *used)
{
	uint64_t content;
	Elf64_Nhdr header;

	if (left < sizeof(header))
		return fail_at(reader->error, offset, "note section ends inside a note");
	memcpy(&header, reader->bytes + offset, sizeof(header));
	content = ALIGN_UP(sizeof(header) + header.n_namesz, alignment);
	if (content > left || header.n_descsz > left - content)
		return fail_at(reader->error, offset, "note is longer than its segment");
	*used = ALIGN_UP(content + header.n_descsz, alignment);
	if (header.n_type != LAUNCH_NOTE_TYPE || header.n_namesz != sizeof(LAUNCH_NOTE_OWNER) ||
		memcmp(reader->bytes + offset + sizeof(header), LAUNCH_NOTE_OWNER,
			sizeof(LAUNCH_NOTE_OWNER)))
		return true;
	return read_launch_note(reader, offset + content, header.n_descsz);
}

static bool read_notes(struct reader *reader, const Elf64_Phdr *program)
{
	uint64_t alignment = program->p_align == 8 ? 8 : 4;
	uint64_t at = 0;

	while (at < program->p_filesz) {
		uint64_t used = 0;

		if (!read_note(reader, program->p_offset + at, program->p_filesz - at, alignment,
			    &used))
			return false;
		at += used;
	}
	return true;
}

static bool read_program_header(struct reader *reader, uint64_t offset)
{
	Elf64_Phdr program;

	memcpy(&program, reader->bytes + offset, sizeof(program));
	if (program.p_type == PT_INTERP || program.p_type == PT_DYNAMIC)
		return fail_at(reader->error, offset,
			"the executable is linked dynamically; link it with -static");
	if (program.p_type != PT_LOAD && program.p_type != PT_NOTE)
		return true;
	if (!in_file(reader, program.p_offset, program.p_filesz))
		return fail_at(reader->error, offset,
			"segment of 0x%" PRIx64 " bytes at 0x%" PRIx64
			" ends past the end of the file",
			program.p_filesz, program.p_offset);
	if (program.p_type == PT_NOTE)
		return read_notes(reader, &program);
	return read_segment(reader, &program, offset);
}

bool elf_image_read(
	const uint8_t *bytes, size_t size, struct elf_image *image, struct tool_error *error)
{
	struct reader reader = {.bytes = bytes, .size = size, .image = image, .error = error};
	Elf64_Ehdr header;

	*image = (struct elf_image){0};
	if (size < sizeof(header))
		return fail_at(error, 0, "%zu bytes are too few for an ELF header", size);
	memcpy(&header, bytes, sizeof(header));
	if (!check_ident(&reader, &header) || !check_program_headers(&reader, &header))
		return false;
	for (unsigned int i = 0; i < header.e_phnum; i++) {
		if (!read_program_header(&reader, header.e_phoff + i * sizeof(Elf64_Phdr)))
			return false;
	}
	if (!reader.note_found)
		return fail_with(error,
			"no launch note (owner \"%s\", type %u) in a PT_NOTE segment",
			LAUNCH_NOTE_OWNER, LAUNCH_NOTE_TYPE);
	if (image->segment_count == 0)
		return fail_with(error, "no PT_LOAD segment with bytes in the file");
	return true;
}
