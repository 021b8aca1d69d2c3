/* SPDX-License-Identifier: MIT */
/*
 * The checks on a service's ELF file; see elf_image.h. Its digest has been
 * compared before, so that this guards against mistakes more than against lies;
 * it takes no byte on trust all the same.
 */
#include <string.h>

#include "kernel/elf_image.h"
#include "elf_abi.h"

#define HEADERS_MAX 16U

static bool is_ours(const struct elf_header *header)
{
	return header->magic == ELF_MAGIC && header->class == ELF_CLASS_64 &&
	       header->data == ELF_LITTLE_ENDIAN && header->ident_version == ELF_VERSION &&
	       header->type == ELF_TYPE_DYN && header->machine == ELF_MACHINE_X86_64;
}

static bool headers_fit(const struct elf_header *header, uint64_t size)
{
	return header->phentsize == sizeof(struct elf_program_header) && header->phnum &&
	       header->phnum <= HEADERS_MAX && header->phoff <= size &&
	       header->phnum * sizeof(struct elf_program_header) <= size - header->phoff;
}

static bool in_file(const struct elf_program_header *segment, uint64_t size)
{
	return segment->offset <= size && segment->filesz <= size - segment->offset;
}

static bool is_placed_well(const struct elf_program_header *segment)
{
	return segment->memsz && segment->filesz <= segment->memsz &&
	       ((segment->vaddr ^ segment->offset) & (PAGE_SIZE - 1)) == 0;
}

static enum elf_error check_rights(const struct elf_program_header *segment)
{
	uint32_t flags = segment->flags;

	if (!(flags & ELF_PF_R) || ((flags & ELF_PF_W) && (flags & ELF_PF_X)))
		return ELF_RIGHTS;
	if (!(flags & ELF_PF_W) && segment->filesz != segment->memsz)
		return ELF_SEGMENT; /* it is mapped where the file lies */
	return ELF_OK;
}

static enum elf_error add_load(
	struct elf_plan *plan, const struct elf_program_header *segment, uint64_t size)
{
	struct elf_segment_plan *next = &plan->segments[plan->count];
	enum elf_error error = check_rights(segment);

	if (error)
		return error;
	if (segment->vaddr > ELF_SPAN_MAX || segment->memsz > ELF_SPAN_MAX - segment->vaddr ||
		plan->count == ELF_SEGMENTS_MAX)
		return ELF_TOO_LARGE;
	if (!in_file(segment, size) || !is_placed_well(segment))
		return ELF_SEGMENT;
	*next = (struct elf_segment_plan){
		.start = ALIGN_DOWN(segment->vaddr, PAGE_SIZE),
		.end = ALIGN_UP(segment->vaddr + segment->memsz, PAGE_SIZE),
		.data = segment->vaddr,
		.data_size = segment->filesz,
		.offset = segment->offset,
		.write = segment->flags & ELF_PF_W,
		.execute = segment->flags & ELF_PF_X,
	};
	if (next->start < plan->span)
		return ELF_OVERLAP;
	plan->span = next->end;
	plan->count++;
	return ELF_OK;
}

static enum elf_error check_dynamic(
	const uint8_t *file, const struct elf_program_header *segment, uint64_t size)
{
	struct elf_dynamic entry;

	if (!in_file(segment, size))
		return ELF_SEGMENT;
	for (uint64_t at = 0; segment->filesz - at >= sizeof(entry); at += sizeof(entry)) {
		memcpy(&entry, file + segment->offset + at, sizeof(entry));
		if (entry.tag == ELF_DT_NULL)
			break;
		if (entry.tag == ELF_DT_NEEDED)
			return ELF_INTERPRETER;
		if (entry.tag == ELF_DT_TEXTREL ||
			(entry.tag == ELF_DT_FLAGS && (entry.value & ELF_DF_TEXTREL)))
			return ELF_RELOCATION;
	}
	return ELF_OK;
}

static enum elf_error take_segment(struct elf_plan *plan, const uint8_t *file, uint64_t size,
	const struct elf_program_header *segment)
{
	switch (segment->type) {
	case ELF_PT_LOAD:
		return add_load(plan, segment, size);
	case ELF_PT_DYNAMIC:
		return check_dynamic(file, segment, size);
	case ELF_PT_INTERP:
		return ELF_INTERPRETER;
	case ELF_PT_GNU_STACK:
		return segment->flags & ELF_PF_X ? ELF_RIGHTS : ELF_OK;
	default:
		return ELF_OK;
	}
}

static bool is_code(const struct elf_plan *plan, uint64_t address)
{
	for (unsigned int i = 0; i < plan->count; i++) {
		const struct elf_segment_plan *segment = &plan->segments[i];

		if (segment->execute && address >= segment->data &&
			address - segment->data < segment->data_size)
			return true;
	}
	return false;
}

/* The program finds its own headers in memory: they lie in a segment, unchanged. */
static bool place_headers(struct elf_plan *plan, const struct elf_header *header)
{
	uint64_t bytes = header->phnum * sizeof(struct elf_program_header);

	plan->header_count = header->phnum;
	for (unsigned int i = 0; i < plan->count; i++) {
		const struct elf_segment_plan *segment = &plan->segments[i];
		uint64_t inside = header->phoff - segment->offset;

		if (header->phoff < segment->offset || inside > segment->data_size ||
			bytes > segment->data_size - inside)
			continue;
		plan->headers = segment->data + inside;
		return true;
	}
	return false;
}

enum elf_error elf_plan(const uint8_t *file, uint64_t size, struct elf_plan *plan)
{
	struct elf_header header;
	enum elf_error error = ELF_OK;

	*plan = (struct elf_plan){0};
	if (size < sizeof(header))
		return ELF_NOT_ELF;
	memcpy(&header, file, sizeof(header));
	if (!is_ours(&header))
		return ELF_NOT_ELF;
	if (!headers_fit(&header, size))
		return ELF_HEADERS;
	for (unsigned int i = 0; i < header.phnum && !error; i++) {
		struct elf_program_header segment;

		memcpy(&segment, file + header.phoff + i * sizeof(segment), sizeof(segment));
		error = take_segment(plan, file, size, &segment);
	}
	plan->entry = header.entry;
	if (!error && (!is_code(plan, header.entry) || !place_headers(plan, &header)))
		error = ELF_ENTRY;
	return error;
}

const char *elf_error_text(enum elf_error error)
{
	static const char *const texts[] = {
		[ELF_OK] = "fine",
		[ELF_NOT_ELF] = "not a position-independent x86-64 program",
		[ELF_HEADERS] = "program headers outside the file",
		[ELF_INTERPRETER] = "not a static program",
		[ELF_SEGMENT] = "a segment that is badly placed",
		[ELF_OVERLAP] = "segments that share a page or are out of order",
		[ELF_RIGHTS] = "memory that is writable and executable, or not readable",
		[ELF_RELOCATION] = "relocations in its code",
		[ELF_ENTRY] = "an entry outside its code, or headers that are not loaded",
		[ELF_TOO_LARGE] = "too large",
	};

	return texts[error];
}
