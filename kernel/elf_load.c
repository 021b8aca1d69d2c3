/* SPDX-License-Identifier: MIT */
/*
 * See elf_load.h. Each of image, heap, mmap() arena and stack has a quarter of
 * the addresses to itself, so that chance cannot bring them together, and each
 * ends at pages that are never mapped.
 */
#include <string.h>

#include "kernel/elf_load.h"
#include "elf_abi.h"
#include "lib/random.h"

#define PLACE_IMAGE 0x100000000000UL
#define PLACE_HEAP 0x300000000000UL
#define PLACE_ARENA 0x500000000000UL
#define PLACE_STACK 0x700000000000UL
#define PLACE_MASK 0x0ffffffff000UL /* 32 bits of chance each */

#define AUXV_COUNT 8U
#define AT_RANDOM_SIZE 16U
#define NAME_ROOM 32U

struct chance {
	uint64_t image, heap, arena, stack;
	uint64_t bytes[AT_RANDOM_SIZE / sizeof(uint64_t)];
};

/* What a fresh program finds at RSP, from the lowest address on. */
struct initial_stack {
	uint64_t argc, argv0, argv_end, environment_end;
	uint64_t auxv[AUXV_COUNT][2];
	uint8_t random[AT_RANDOM_SIZE];
	char name[NAME_ROOM];
};
static_assert(sizeof(struct initial_stack) % 16 == 0, "RSP is aligned at the entry");

static void copy_data(
	struct address_space *space, uint64_t address, const uint8_t *bytes, uint64_t size)
{
	while (size) {
		uint64_t room = PAGE_SIZE - (address & (PAGE_SIZE - 1));
		uint64_t part = size < room ? size : room;

		memcpy(space_pointer(space, address), bytes, part);
		address += part;
		bytes += part;
		size -= part;
	}
}

static bool load_segment(struct address_space *space, uint64_t base, const uint8_t *file,
	const struct elf_segment_plan *segment)
{
	uint64_t start = base + segment->start, bytes = segment->end - segment->start;

	if (!segment->write)
		return space_share(space, start, file + ALIGN_DOWN(segment->offset, PAGE_SIZE),
			bytes, SPACE_READ | (segment->execute ? SPACE_EXEC : 0));
	if (!space_add(space, start, bytes, SPACE_READ | SPACE_WRITE))
		return false;
	copy_data(space, base + segment->data, file + segment->offset, segment->data_size);
	return true;
}

static bool load_image(struct address_space *space, uint64_t base, const uint8_t *file,
	const struct elf_plan *plan)
{
	for (unsigned int i = 0; i < plan->count; i++)
		if (!load_segment(space, base, file, &plan->segments[i]))
			return false;
	return true;
}

static void fill_stack(struct initial_stack *stack, uint64_t at, uint64_t base,
	const struct elf_plan *plan, const char *name)
{
	const uint64_t auxv[AUXV_COUNT][2] = {
		{ELF_AT_PHDR, base + plan->headers},
		{ELF_AT_PHENT, sizeof(struct elf_program_header)},
		{ELF_AT_PHNUM, plan->header_count},
		{ELF_AT_PAGESZ, PAGE_SIZE},
		{ELF_AT_ENTRY, base + plan->entry},
		{ELF_AT_SECURE, 0},
		{ELF_AT_RANDOM, at + offsetof(struct initial_stack, random)},
		{ELF_AT_NULL, 0},
	};

	*stack = (struct initial_stack){
		.argc = 1,
		.argv0 = at + offsetof(struct initial_stack, name),
	};
	memcpy(stack->auxv, auxv, sizeof(auxv));
	for (unsigned int i = 0; i + 1 < NAME_ROOM && name[i]; i++)
		stack->name[i] = name[i];
}

/* The offset inside a page is chance too, in steps that keep the stack aligned. */
static uint64_t stack_top(const struct chance *chance)
{
	uint64_t place = PLACE_STACK + (chance->stack & PLACE_MASK);

	return place + USER_STACK_SIZE - (chance->stack & 0x7f0);
}

bool elf_load(struct address_space *space, const uint8_t *file, const struct elf_plan *plan,
	const char *name, struct elf_start *start)
{
	struct chance chance;
	struct initial_stack stack;
	uint64_t base, at;

	if (random_bytes(&chance, sizeof(chance)))
		return false;
	base = PLACE_IMAGE + (chance.image & PLACE_MASK);
	at = stack_top(&chance) - sizeof(stack);
	if (!load_image(space, base, file, plan) ||
		!space_add(space, PLACE_STACK + (chance.stack & PLACE_MASK), USER_STACK_SIZE,
			SPACE_READ | SPACE_WRITE))
		return false;
	fill_stack(&stack, at, base, plan, name);
	memcpy(stack.random, chance.bytes, sizeof(stack.random));
	copy_data(space, at, (const uint8_t *)&stack, sizeof(stack));
	*start = (struct elf_start){
		.rip = base + plan->entry,
		.rsp = at,
		.heap = PLACE_HEAP + (chance.heap & PLACE_MASK),
		.arena = PLACE_ARENA + (chance.arena & PLACE_MASK),
		.stack = PLACE_STACK + (chance.stack & PLACE_MASK),
	};
	return true;
}
