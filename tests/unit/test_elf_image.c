/* SPDX-License-Identifier: MIT */
/*
 * The loader's view of a service's ELF file: one that is right, and each way of
 * being wrong.
 */
#include "unit_test.h"

#include "elf_fixture.h"
#include "kernel/elf_image.h"

#define HEADERS 5U
#define FILE_SIZE 0x3000U
enum {
	TEXT,
	DATA,
	DYNAMIC,
	STACK,
	SPARE
};

/* The file begins with its headers, which lie in the code's segment. */
static struct {
	struct elf_header header;
	struct elf_program_header segments[HEADERS];
	uint8_t rest[FILE_SIZE - sizeof(struct elf_header) -
		     HEADERS * sizeof(struct elf_program_header)];
} file ALIGNED(4096);
static struct elf_dynamic *dynamic;
static struct elf_plan plan;

static int set_up(void **state)
{
	(void)state;
	memset(&file, 0, sizeof(file));
	file.header = elf_fixture_header(HEADERS, 0x800);
	file.segments[TEXT] = (struct elf_program_header){.type = ELF_PT_LOAD,
		.flags = ELF_PF_R | ELF_PF_X,
		.filesz = 0x1800,
		.memsz = 0x1800};
	file.segments[DATA] = (struct elf_program_header){.type = ELF_PT_LOAD,
		.flags = ELF_PF_R | ELF_PF_W,
		.offset = 0x1800,
		.vaddr = 0x2800,
		.filesz = 0x400,
		.memsz = 0x2000};
	file.segments[DYNAMIC] = (struct elf_program_header){
		.type = ELF_PT_DYNAMIC, .offset = 0x1900, .filesz = 4 * sizeof(struct elf_dynamic)};
	file.segments[STACK] = (struct elf_program_header){
		.type = ELF_PT_GNU_STACK, .flags = ELF_PF_R | ELF_PF_W};
	dynamic = (struct elf_dynamic *)((uint8_t *)&file + 0x1900);
	dynamic[0].tag = 5; /* a table of strings, harmless */
	return 0;
}

static enum elf_error decode(void)
{
	return elf_plan((const uint8_t *)&file, FILE_SIZE, &plan);
}

static void good(void **state)
{
	(void)state;
	assert_int_equal(decode(), ELF_OK);
	assert_int_equal(plan.count, 2);
	assert_int_equal(plan.span, 0x5000);
	assert_int_equal(plan.entry, 0x800);
	assert_int_equal(plan.headers, sizeof(struct elf_header));
	assert_int_equal(plan.header_count, HEADERS);
	assert_true(plan.segments[0].execute && !plan.segments[0].write);
	assert_int_equal(plan.segments[0].end, 0x2000);
	assert_true(!plan.segments[1].execute && plan.segments[1].write);
	assert_int_equal(plan.segments[1].start, 0x2000);
	assert_int_equal(plan.segments[1].data, 0x2800);
	assert_int_equal(plan.segments[1].data_size, 0x400);
	assert_int_equal(plan.segments[1].offset, 0x1800);
}

/* One field changed, the answer, and the field as it was. */
#define WITH(field, value, expected)                    \
	do {                                            \
		typeof(field) before_ = (field);        \
		(field) = (typeof(field))(value);       \
		assert_int_equal(decode(), (expected)); \
		(field) = before_;                      \
		assert_int_equal(decode(), ELF_OK);     \
	} while (0)

static void kinds(void **state)
{
	(void)state;
	WITH(file.header.magic, 0, ELF_NOT_ELF);
	WITH(file.header.class, 1, ELF_NOT_ELF);
	WITH(file.header.data, 2, ELF_NOT_ELF);
	WITH(file.header.ident_version, 0, ELF_NOT_ELF);
	WITH(file.header.type, 2, ELF_NOT_ELF);
	WITH(file.header.machine, 3, ELF_NOT_ELF);
	assert_int_equal(elf_plan((const uint8_t *)&file, 63, &plan), ELF_NOT_ELF);
	assert_int_equal(elf_plan((const uint8_t *)&file, 0, &plan), ELF_NOT_ELF);
}

static void headers(void **state)
{
	(void)state;
	WITH(file.header.phentsize, 57, ELF_HEADERS);
	WITH(file.header.phnum, 0, ELF_HEADERS);
	WITH(file.header.phnum, 17, ELF_HEADERS);
	WITH(file.header.phoff, FILE_SIZE, ELF_HEADERS);
	WITH(file.header.phoff, UINT64_MAX, ELF_HEADERS);
	assert_int_equal(elf_plan((const uint8_t *)&file, 64 + 56, &plan), ELF_HEADERS);
}

static void places(void **state)
{
	(void)state;
	WITH(file.segments[TEXT].offset, FILE_SIZE, ELF_SEGMENT);
	WITH(file.segments[TEXT].offset, UINT64_MAX, ELF_SEGMENT);
	WITH(file.segments[DATA].filesz, 0x1801, ELF_SEGMENT);
	WITH(file.segments[DATA].filesz, UINT64_MAX, ELF_SEGMENT);
	WITH(file.segments[DATA].memsz, 0x3ff, ELF_SEGMENT);
	WITH(file.segments[DATA].vaddr, 0x2801, ELF_SEGMENT);
	WITH(file.segments[DATA].vaddr, 0x1800, ELF_OVERLAP);
	WITH(file.segments[DATA].vaddr, ELF_SPAN_MAX, ELF_TOO_LARGE);
	WITH(file.segments[DATA].vaddr, UINT64_MAX - 0x7ff, ELF_TOO_LARGE);
	WITH(file.segments[DATA].memsz, ELF_SPAN_MAX, ELF_TOO_LARGE);
	WITH(file.segments[DATA].memsz, UINT64_MAX, ELF_TOO_LARGE);
	WITH(file.segments[TEXT].memsz, 0x1801, ELF_SEGMENT); /* zeros behind code */
}

static void rights(void **state)
{
	(void)state;
	WITH(file.segments[TEXT].flags, ELF_PF_R | ELF_PF_W | ELF_PF_X, ELF_RIGHTS);
	WITH(file.segments[DATA].flags, ELF_PF_R | ELF_PF_W | ELF_PF_X, ELF_RIGHTS);
	WITH(file.segments[TEXT].flags, ELF_PF_X, ELF_RIGHTS);
	WITH(file.segments[DATA].flags, 0, ELF_RIGHTS);
	WITH(file.segments[STACK].flags, ELF_PF_R | ELF_PF_W | ELF_PF_X, ELF_RIGHTS);
}

static void entries(void **state)
{
	(void)state;
	WITH(file.header.entry, 0x1800, ELF_ENTRY);
	WITH(file.header.entry, 0x2900, ELF_ENTRY);
	WITH(file.header.entry, UINT64_MAX, ELF_ENTRY);
	WITH(file.segments[TEXT].flags, ELF_PF_R, ELF_ENTRY);
}

static void libraries(void **state)
{
	(void)state;
	WITH(file.segments[SPARE].type, ELF_PT_INTERP, ELF_INTERPRETER);
	WITH(dynamic[1].tag, ELF_DT_NEEDED, ELF_INTERPRETER);
	dynamic[0].tag = ELF_DT_NULL;
	WITH(dynamic[1].tag, ELF_DT_NEEDED, ELF_OK); /* behind the end */
}

static void dynamics(void **state)
{
	(void)state;
	WITH(dynamic[0].tag, ELF_DT_NEEDED, ELF_INTERPRETER);
	WITH(dynamic[0].tag, ELF_DT_TEXTREL, ELF_RELOCATION);
	dynamic[0].value = ELF_DF_TEXTREL;
	WITH(dynamic[0].tag, ELF_DT_FLAGS, ELF_RELOCATION);
	WITH(file.segments[DYNAMIC].offset, FILE_SIZE - 1, ELF_SEGMENT);
}

static void too_many(void **state)
{
	(void)state;
	file.header.phnum = 16;
	file.header.phoff = 0x1c00;
	for (unsigned int i = 0; i < 16; i++) {
		struct elf_program_header segment = {.type = ELF_PT_LOAD,
			.flags = ELF_PF_R,
			.vaddr = i * PAGE_SIZE,
			.filesz = 1,
			.memsz = 1};

		memcpy((uint8_t *)&file + 0x1c00 + i * sizeof(segment), &segment, sizeof(segment));
	}
	assert_int_equal(decode(), ELF_TOO_LARGE);
}

static void texts(void **state)
{
	(void)state;
	for (enum elf_error error = ELF_OK; error <= ELF_TOO_LARGE; error++)
		assert_non_null(elf_error_text(error));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(good, set_up),
		cmocka_unit_test_setup(kinds, set_up),
		cmocka_unit_test_setup(headers, set_up),
		cmocka_unit_test_setup(places, set_up),
		cmocka_unit_test_setup(rights, set_up),
		cmocka_unit_test_setup(entries, set_up),
		cmocka_unit_test_setup(libraries, set_up),
		cmocka_unit_test_setup(dynamics, set_up),
		cmocka_unit_test_setup(too_many, set_up),
		cmocka_unit_test_setup(texts, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
