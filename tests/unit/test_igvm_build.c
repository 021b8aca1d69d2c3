/* SPDX-License-Identifier: MIT */
/*
 * The builder: the order and content of what it writes, and one bad ELF file
 * for every check.
 */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "igvm_fixture.h"
#include "snp.h"
#include "tools/igvm/build.h"
#include "tools/common/hash.h"
#include "tools/common/text.h"
#include "tools/igvm/measure.h"
#include "tools/igvm/qemu.h"

static struct build_options default_options(void)
{
	return (struct build_options){.policy = BUILD_DEFAULT_POLICY,
		.mode = BUILD_KERNEL_CHECKED,
		.kernel = {(const uint8_t *)"kernel", 6},
		.initrd = {(const uint8_t *)"initrd!", 7},
		.append = "console=ttyS0"};
}

static void build_elf(
	const struct buffer *elf, const struct build_options *options, struct buffer *image)
{
	const struct blob blob = {elf->bytes, elf->size};
	struct tool_error error;

	if (!igvm_build(&blob, options, image, &error))
		fail_msg("%s", error.text);
}

/* Builds the fixture and parses the result; end with fixture_close(). */
static void build_default(const struct build_options *options, struct igvm_file *parsed)
{
	struct fixture_elf elf;
	struct buffer image = {0};
	struct tool_error error;

	fixture_elf(&elf);
	build_elf(&elf.file, options, &image);
	if (!fixture_parse(&image, parsed, &error))
		fail_msg("%s", error.text);
	buffer_free(&image);
	buffer_free(&elf.file);
}

static void headers_stand_in_the_order_that_qemu_wants(void **state)
{
	static const uint32_t expected[] = {IGVM_SUPPORTED_PLATFORM, IGVM_GUEST_POLICY,
		IGVM_PARAMETER_AREA, IGVM_PARAMETER_AREA, IGVM_PARAMETER_AREA, IGVM_VP_COUNT,
		IGVM_ENVIRONMENT_INFO, IGVM_MEMORY_MAP, IGVM_MADT, IGVM_PARAMETER_INSERT,
		IGVM_PARAMETER_INSERT, IGVM_PARAMETER_INSERT, IGVM_REQUIRED_MEMORY, IGVM_PAGE_DATA,
		IGVM_PAGE_DATA, IGVM_PAGE_DATA, IGVM_PAGE_DATA, IGVM_PAGE_DATA, IGVM_PAGE_DATA,
		IGVM_PAGE_DATA, IGVM_PAGE_DATA, IGVM_VP_CONTEXT};
	const struct build_options options = default_options();
	struct igvm_file parsed;

	(void)state;
	build_default(&options, &parsed);
	assert_int_equal(parsed.version, 1);
	assert_int_equal(parsed.item_count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_int_equal(parsed.items[i].type, expected[i]);
	fixture_close(&parsed);
}

struct seen_page {
	enum snp_page_type type;
	uint64_t gpa;
	uint8_t first, last; /* bytes of its data */
};

struct seen_pages {
	size_t count;
	struct seen_page pages[32];
};

static bool note_page(void *context, const struct launch_page *page)
{
	struct seen_pages *seen = context;
	struct seen_page *entry = &seen->pages[seen->count++];

	assert_true(seen->count <= ARRAY_SIZE(seen->pages));
	*entry = (struct seen_page){.type = page->type, .gpa = page->gpa};
	if (page->data) {
		entry->first = page->data[0];
		entry->last = page->data[PAGE_SIZE - 1];
	}
	return true;
}

static void launch_updates_are_those_of_the_elf_file(void **state)
{
	static const struct seen_page expected[] = {
		{SNP_PAGE_UNMEASURED, FIXTURE_SPECIAL + 0x2000, 0, 0},
		{SNP_PAGE_UNMEASURED, FIXTURE_SPECIAL + 0x3000, 0, 0},
		{SNP_PAGE_UNMEASURED, FIXTURE_SPECIAL + 0x4000, 0, 0},
		{SNP_PAGE_UNMEASURED, FIXTURE_SPECIAL + 0x5000, 0, 0},
		{SNP_PAGE_NORMAL, FIXTURE_TEXT, 0x90, 0x90},
		{SNP_PAGE_NORMAL, FIXTURE_TEXT + 0x1000, 0x90, 0},
		{SNP_PAGE_NORMAL, FIXTURE_DATA, 0x11, 0x11},
		{SNP_PAGE_NORMAL, FIXTURE_DATA + 0x1000, 0, 0},
		{SNP_PAGE_NORMAL, FIXTURE_DATA + 0x2000, 0x33, 0x33},
		{SNP_PAGE_SECRETS, FIXTURE_SPECIAL, 0, 0},
		{SNP_PAGE_CPUID, FIXTURE_SPECIAL + 0x1000, 0, 0},
		{SNP_PAGE_NORMAL, FIXTURE_SPECIAL + 0x6000, LAUNCH_DIGESTS_VERSION, 0},
		{SNP_PAGE_VMSA, VMSA_LAUNCH_GPA, 0x10, 0},
	};
	const struct build_options options = default_options();
	const struct launch_options orders[] = {{LAUNCH_ORDER_QEMU, LAUNCH_VMSAS_OF_FILE},
		{LAUNCH_ORDER_FILE, LAUNCH_VMSAS_OF_FILE}};
	struct igvm_file parsed;
	struct tool_error error;

	(void)state;
	build_default(&options, &parsed);
	for (size_t order = 0; order < ARRAY_SIZE(orders); order++) {
		struct seen_pages seen = {0};

		assert_true(launch_walk(&parsed, &orders[order], note_page, &seen, &error));
		assert_int_equal(seen.count, ARRAY_SIZE(expected));
		for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
			assert_int_equal(seen.pages[i].type, expected[i].type);
			assert_int_equal(seen.pages[i].gpa, expected[i].gpa);
			assert_int_equal(seen.pages[i].first, expected[i].first);
			assert_int_equal(seen.pages[i].last, expected[i].last);
		}
	}
	fixture_close(&parsed);
}

static void count_remark(void *context, const struct qemu_remark *remark)
{
	(void)context;
	print_message("remark: %s\n", remark->text);
}

static void both_orders_agree_and_qemu_has_no_objection(void **state)
{
	const struct launch_options qemu = {LAUNCH_ORDER_QEMU, 3}, file = {LAUNCH_ORDER_FILE, 3};
	const struct build_options options = default_options();
	struct snp_digest by_qemu, by_file;
	struct igvm_file parsed;
	struct tool_error error;

	(void)state;
	build_default(&options, &parsed);
	assert_true(igvm_measure(&parsed, &qemu, &by_qemu, &error));
	assert_true(igvm_measure(&parsed, &file, &by_file, &error));
	assert_memory_equal(&by_qemu, &by_file, sizeof(by_qemu));
	assert_int_equal(qemu_check(&parsed, count_remark, NULL), 0);
	fixture_close(&parsed);
}

static const struct igvm_item *find_item(
	const struct igvm_file *file, uint32_t type, unsigned int nth)
{
	for (size_t i = 0; i < file->item_count; i++) {
		if (file->items[i].type == type && nth-- == 0)
			return &file->items[i];
	}
	fail_msg("no header of type 0x%x", type);
	return NULL;
}

static void zero_page_has_no_file_data(void **state)
{
	const struct build_options options = default_options();
	struct igvm_page_data page;
	struct igvm_file parsed;

	(void)state;
	build_default(&options, &parsed);
	IGVM_BODY(find_item(&parsed, IGVM_PAGE_DATA, 3), &page);
	assert_int_equal(page.gpa, FIXTURE_DATA + 0x1000);
	assert_int_equal(page.file_offset, 0);
	assert_int_equal(page.flags, 0);
	/* 2 text pages, 2 data pages, digests, VMSA */
	assert_int_equal(parsed.size - parsed.data_offset, 6 * PAGE_SIZE);
	fixture_close(&parsed);
}

static void parameters_and_memory_are_as_the_note_says(void **state)
{
	const struct build_options options = default_options();
	struct igvm_required_memory memory;
	struct igvm_parameter_area area;
	struct igvm_parameter parameter;
	struct igvm_file parsed;

	(void)state;
	build_default(&options, &parsed);
	IGVM_BODY(find_item(&parsed, IGVM_REQUIRED_MEMORY, 0), &memory);
	assert_int_equal(memory.gpa, FIXTURE_TEXT);
	assert_int_equal(memory.number_of_bytes, 0x300000);
	IGVM_BODY(find_item(&parsed, IGVM_PARAMETER_AREA, 1), &area);
	assert_int_equal(area.number_of_bytes, 2 * PAGE_SIZE);
	IGVM_BODY(find_item(&parsed, IGVM_VP_COUNT, 0), &parameter);
	assert_int_equal(parameter.parameter_area_index, 0);
	assert_int_equal(parameter.byte_offset, 0);
	IGVM_BODY(find_item(&parsed, IGVM_ENVIRONMENT_INFO, 0), &parameter);
	assert_int_equal(parameter.byte_offset, 4);
	IGVM_BODY(find_item(&parsed, IGVM_MEMORY_MAP, 0), &parameter);
	assert_int_equal(parameter.parameter_area_index, 1);
	assert_int_equal(parameter.byte_offset, 0);
	IGVM_BODY(find_item(&parsed, IGVM_MADT, 0), &parameter);
	assert_int_equal(parameter.parameter_area_index, 2);
	fixture_close(&parsed);
}

static void policy_and_features_can_be_chosen(void **state)
{
	struct build_options options = default_options();
	struct igvm_guest_policy policy;
	struct igvm_vp_context context;
	struct igvm_file parsed;
	struct vmsa vmsa;

	(void)state;
	options.policy = 0xb0000;
	options.override_sev_features = true;
	options.sev_features = SEV_FEATURE_SNP | SEV_FEATURE_DEBUG_SWAP;
	build_default(&options, &parsed);
	IGVM_BODY(find_item(&parsed, IGVM_GUEST_POLICY, 0), &policy);
	assert_int_equal(policy.policy, 0xb0000);
	IGVM_BODY(find_item(&parsed, IGVM_VP_CONTEXT, 0), &context);
	memcpy(&vmsa, parsed.bytes + context.file_offset, sizeof(vmsa));
	assert_int_equal(vmsa.sev_features, 0x21);
	fixture_close(&parsed);
}

static void assert_segment(
	const struct vmsa_segment *segment, uint16_t selector, uint16_t attributes, uint32_t limit)
{
	assert_int_equal(segment->selector, selector);
	assert_int_equal(segment->attributes, attributes);
	assert_int_equal(segment->limit, limit);
	assert_int_equal(segment->base, 0);
}

static void first_vcpu_starts_in_flat_32_bit_mode(void **state)
{
	const struct build_options options = default_options();
	struct igvm_vp_context context;
	struct igvm_file parsed;
	struct vmsa vmsa;

	(void)state;
	build_default(&options, &parsed);
	IGVM_BODY(find_item(&parsed, IGVM_VP_CONTEXT, 0), &context);
	assert_int_equal(context.gpa, VMSA_LAUNCH_GPA);
	assert_int_equal(context.vp_index, 0);
	memcpy(&vmsa, parsed.bytes + context.file_offset, sizeof(vmsa));
	assert_int_equal(vmsa.rip, FIXTURE_TEXT + 0x10);
	assert_int_equal(vmsa.cr0, 0x31);
	assert_int_equal(vmsa.cr3, 0);
	assert_int_equal(vmsa.cr4, 0x60);
	assert_int_equal(vmsa.efer, 0x1800);
	assert_int_equal(vmsa.rflags, 2);
	assert_int_equal(vmsa.xcr0, 1);
	assert_int_equal(vmsa.g_pat, 0x0007040600070406);
	assert_int_equal(vmsa.dr6, 0);
	assert_int_equal(vmsa.dr7, 0);
	assert_int_equal(vmsa.vmpl, 0);
	assert_int_equal(vmsa.mxcsr, 0x1f80);
	assert_int_equal(vmsa.x87_fcw, 0x37f);
	assert_int_equal(vmsa.sev_features, 0x9);
	assert_segment(&vmsa.cs, 0x08, 0xc9b, 0xffffffff);
	assert_segment(&vmsa.ds, 0x10, 0xc93, 0xffffffff);
	assert_segment(&vmsa.es, 0x10, 0xc93, 0xffffffff);
	assert_segment(&vmsa.ss, 0x10, 0xc93, 0xffffffff);
	assert_segment(&vmsa.fs, 0x10, 0xc93, 0xffffffff);
	assert_segment(&vmsa.gs, 0x10, 0xc93, 0xffffffff);
	assert_segment(&vmsa.tr, 0, 0x8b, 0xffff);
	assert_segment(&vmsa.ldtr, 0, 0x82, 0xffff);
	fixture_close(&parsed);
}

static void read_digests(const struct build_options *options, struct launch_digests *digests)
{
	struct igvm_page_data page;
	struct igvm_file parsed;

	build_default(options, &parsed);
	IGVM_BODY(find_item(&parsed, IGVM_PAGE_DATA, 7), &page);
	assert_int_equal(page.gpa, FIXTURE_SPECIAL + 0x6000);
	memcpy(digests, parsed.bytes + page.file_offset, sizeof(*digests));
	for (size_t i = sizeof(*digests); i < PAGE_SIZE; i++)
		assert_int_equal(parsed.bytes[page.file_offset + i], 0);
	fixture_close(&parsed);
}

static void assert_sha256(const uint8_t *digest, const char *expected)
{
	char text[2 * SHA256_SIZE + 1];

	hex_encode(digest, SHA256_SIZE, text);
	assert_string_equal(text, expected);
}

#define SHA256_OF_NOTHING "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void digests_tie_the_kernel_to_the_image(void **state)
{
	const struct build_options options = default_options();
	struct launch_digests digests;

	(void)state;
	read_digests(&options, &digests);
	assert_int_equal(digests.version, 1);
	assert_int_equal(digests.flags, 0);
	assert_int_equal(digests.kernel_size, 6);
	assert_int_equal(digests.initrd_size, 7);
	assert_int_equal(digests.cmdline_size, 14);
	assert_sha256(
		digests.kernel, "6923dd1bc0460082c5d55a831908c24a282860b7f1cd6c2b79cf1bc8857c639c");
}

static void absent_files_and_unchecked_kernels(void **state)
{
	struct build_options options = default_options();
	struct launch_digests digests;

	(void)state;
	options.initrd = (struct blob){0};
	options.append = "";
	read_digests(&options, &digests);
	assert_int_equal(digests.initrd_size, 0);
	assert_sha256(digests.initrd, SHA256_OF_NOTHING);
	assert_int_equal(digests.cmdline_size, 1);
	assert_sha256(digests.cmdline,
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
	options = (struct build_options){
		.policy = BUILD_DEFAULT_POLICY, .mode = BUILD_KERNEL_UNCHECKED};
	read_digests(&options, &digests);
	assert_int_equal(digests.flags, LAUNCH_FLAG_UNCHECKED);
	assert_int_equal(digests.kernel_size, 0);
	assert_int_equal(digests.cmdline_size, 0);
	assert_sha256(digests.kernel, SHA256_OF_NOTHING);
}

static void same_input_gives_the_same_bytes(void **state)
{
	const struct build_options options = default_options();
	struct buffer images[2] = {{0}, {0}};
	struct fixture_elf elf;

	(void)state;
	fixture_elf(&elf);
	for (size_t i = 0; i < 2; i++)
		build_elf(&elf.file, &options, &images[i]);
	assert_int_equal(images[0].size, images[1].size);
	assert_memory_equal(images[0].bytes, images[1].bytes, images[0].size);
	for (size_t i = 0; i < 2; i++)
		buffer_free(&images[i]);
	buffer_free(&elf.file);
}

static void image_without_special_pages(void **state)
{
	const struct build_options options = {
		.policy = BUILD_DEFAULT_POLICY, .mode = BUILD_KERNEL_NONE};
	struct launch_note note = {.version = LAUNCH_NOTE_VERSION,
		.entry = FIXTURE_TEXT,
		.sev_features = SEV_FEATURE_SNP};
	struct buffer image = {0};
	struct fixture_elf elf;
	struct igvm_file parsed;
	struct tool_error error;

	(void)state;
	fixture_elf(&elf);
	memcpy(elf.file.bytes + elf.note, &note, sizeof(note));
	build_elf(&elf.file, &options, &image);
	assert_true(fixture_parse(&image, &parsed, &error));
	assert_int_equal(parsed.item_count, 2 + 5 + 1);
	fixture_close(&parsed);
	buffer_free(&image);
	buffer_free(&elf.file);
}

enum part {
	PART_FILE,
	PART_TEXT,
	PART_DATA,
	PART_NOTE_HEADER,
	PART_NOTE,
	PART_NONE
};

/* A changed field of the ELF file, and what the builder must say about it. */
struct damage {
	const char *what;
	enum part part; /* what @field counts from */
	size_t field, size;
	uint64_t value;
	enum part error_part; /* where the error points; PART_NONE: no offset */
	size_t error_field;
};

#define EHDR_AT(name) offsetof(Elf64_Ehdr, name)
#define EHDR(name) offsetof(Elf64_Ehdr, name), sizeof(((Elf64_Ehdr *)0)->name)
#define PHDR(name) offsetof(Elf64_Phdr, name), sizeof(((Elf64_Phdr *)0)->name)
#define NOTE(name) offsetof(struct launch_note, name), sizeof(((struct launch_note *)0)->name)
#define IN_NOTE(name, value) PART_NOTE, NOTE(name), value, PART_NOTE, 0
/* Before the note's content: 12 bytes of header, "Nacre" and a NUL, padded to 8. */
#define NHDR (-(size_t)20)

static const struct damage damages[] = {
	{"not an ELF file", PART_FILE, 0, 1, 0x7e, PART_FILE, 0},
	{"64-bit ELF", PART_FILE, EI_CLASS, 1, ELFCLASS32, PART_FILE, EI_CLASS},
	{"64-bit ELF", PART_FILE, EI_DATA, 1, ELFDATA2MSB, PART_FILE, EI_CLASS},
	{"not a static executable", PART_FILE, EHDR(e_type), ET_DYN, PART_FILE,
		offsetof(Elf64_Ehdr, e_type)},
	{"not x86-64", PART_FILE, EHDR(e_machine), EM_AARCH64, PART_FILE,
		offsetof(Elf64_Ehdr, e_machine)},
	{"headers of 57 bytes", PART_FILE, EHDR(e_phentsize), 57, PART_FILE,
		offsetof(Elf64_Ehdr, e_phentsize)},
	{"0 program headers", PART_FILE, EHDR(e_phnum), 0, PART_FILE,
		offsetof(Elf64_Ehdr, e_phnum)},
	{"65535 program headers", PART_FILE, EHDR(e_phnum), PN_XNUM, PART_FILE,
		offsetof(Elf64_Ehdr, e_phnum)},
	{"end past the end", PART_FILE, EHDR(e_phnum), 0xfffe, PART_FILE,
		offsetof(Elf64_Ehdr, e_phoff)},
	{"end past the end", PART_FILE, EHDR(e_phoff), UINT64_MAX - 8, PART_FILE,
		offsetof(Elf64_Ehdr, e_phoff)},
	{"linked dynamically", PART_TEXT, PHDR(p_type), PT_INTERP, PART_TEXT, 0},
	{"linked dynamically", PART_TEXT, PHDR(p_type), PT_DYNAMIC, PART_TEXT, 0},
	{"only 0x17ff in memory", PART_TEXT, PHDR(p_memsz), 0x17ff, PART_TEXT, 0},
	{"past the end of the file", PART_DATA, PHDR(p_offset), 0x100000, PART_DATA, 0},
	{"past the end of the file", PART_DATA, PHDR(p_offset), UINT64_MAX - 16, PART_DATA, 0},
	{"past the end of the file", PART_DATA, PHDR(p_filesz), UINT64_MAX, PART_DATA, 0},
	{"past the end of the file", PART_NOTE_HEADER, PHDR(p_filesz), 0x1000, PART_NOTE_HEADER, 0},
	{"0x100010, not a multiple", PART_TEXT, PHDR(p_paddr), FIXTURE_TEXT + 16, PART_TEXT, 0},
	{"wraps around", PART_DATA, PHDR(p_paddr), 0xfffffffffffff000, PART_DATA, 0},
	{"image segment at 0xffffffffff", PART_DATA, PHDR(p_paddr), 0xffffffffff0000, PART_NOTE, 0},
	{"image segment at guest address 0x101000 overlaps", PART_DATA, PHDR(p_paddr),
		FIXTURE_TEXT + 0x1000, PART_NONE, 0},
	{"no launch note", PART_NOTE_HEADER, PHDR(p_type), PT_NULL, PART_NONE, 0},
	{"no launch note", PART_NOTE, NHDR + 8, 4, 2, PART_NONE, 0},
	{"no launch note", PART_NOTE, NHDR + 12, 1, 'n', PART_NONE, 0},
	{"longer than its segment", PART_NOTE, NHDR + 4, 4, 105, PART_NOTE, NHDR},
	{"longer than its segment", PART_NOTE, NHDR + 4, 4, 0xffffffff, PART_NOTE, NHDR},
	{"longer than its segment", PART_NOTE, NHDR, 4, 0xffffffff, PART_NOTE, NHDR},
	{"ends inside a note", PART_NOTE_HEADER, PHDR(p_filesz), 32, PART_NOTE, NHDR},
	{"launch note of 103 bytes", PART_NOTE, NHDR + 4, 4, 103, PART_NOTE, 0},
	{"launch note of version 2", IN_NOTE(version, 2)},
	{"entry at 0x100000000 is out of reach", IN_NOTE(entry, 0x100000000)},
	{"entry at 0x101800 is in no segment", IN_NOTE(entry, FIXTURE_TEXT + 0x1800)},
	{"entry at 0xfffff is in no segment", IN_NOTE(entry, FIXTURE_TEXT - 1)},
	{"region at 0x100001", IN_NOTE(region_base, FIXTURE_TEXT + 1)},
	{"not a multiple", IN_NOTE(region_size, 0x1001)},
	{"is 4 GiB or larger", IN_NOTE(region_size, 0x100000000)},
	{"past the 52-bit", IN_NOTE(region_base, 0xfffffffffffff000)},
	{"secrets page at 0x300001", IN_NOTE(secrets, FIXTURE_SPECIAL + 1)},
	{"CPUID page at 0x800", IN_NOTE(cpuid, 0x800)},
	{"parameters page at 0x1", IN_NOTE(parameters, 1)},
	{"digests page at 0x1", IN_NOTE(digests, 1)},
	{"memory map at 0x303000 has no pages", IN_NOTE(memory_map_pages, 0)},
	{"MADT at 0x305000 has no pages or more", IN_NOTE(madt_pages, 4097)},
	{"MADT at 0x305000 has no pages or more", IN_NOTE(madt_pages, UINT64_MAX)},
	{"past the 52-bit", IN_NOTE(secrets, 0x10000000000000)},
	{"past the 52-bit", IN_NOTE(memory_map, 0xffffffffff000)},
	{"CPUID page at guest address 0x300000 overlaps the secrets page", PART_NOTE, NOTE(cpuid),
		FIXTURE_SPECIAL, PART_NONE, 0},
	{"CPUID page at guest address 0x304000 overlaps the memory map", PART_NOTE, NOTE(cpuid),
		FIXTURE_SPECIAL + 0x4000, PART_NONE, 0},
	{"overlaps the image segment", PART_NOTE, NOTE(secrets), FIXTURE_TEXT + 0x1000, PART_NONE,
		0},
	{"the image has no digests page", PART_NOTE, NOTE(digests), 0, PART_NONE, 0},
	{"lacks the SNP bit", PART_NOTE, NOTE(sev_features), 8, PART_NONE, 0},
};

static size_t part_offset(const struct fixture_elf *elf, enum part part)
{
	const size_t offsets[] = {
		0, elf->text_header, elf->data_header, elf->note_header, elf->note, 0};

	return offsets[part];
}

static void expect_build_error(const struct fixture_elf *elf, const struct build_options *options,
	const struct damage *damage)
{
	uint8_t *copy = test_malloc(elf->file.size);
	const struct blob blob = {copy, elf->file.size};
	struct buffer image = {0};
	struct tool_error error = {0};

	memcpy(copy, elf->file.bytes, elf->file.size);
	if (igvm_build(&blob, options, &image, &error))
		fail_msg("the builder takes a file with: %s", damage->what);
	if (!strstr(error.text, damage->what))
		fail_msg("\"%s\" does not say \"%s\"", error.text, damage->what);
	assert_int_equal(error.has_offset, damage->error_part != PART_NONE);
	if (error.has_offset)
		assert_int_equal(
			error.offset, part_offset(elf, damage->error_part) + damage->error_field);
	assert_null(image.bytes);
	test_free(copy);
}

static void every_damage_is_found(void **state)
{
	const struct build_options options = default_options();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(damages); i++) {
		const struct damage *damage = &damages[i];
		struct fixture_elf elf;

		fixture_elf(&elf);
		fixture_poke(&elf.file, part_offset(&elf, damage->part) + damage->field,
			damage->value, damage->size);
		expect_build_error(&elf, &options, damage);
		buffer_free(&elf.file);
	}
}

static void options_must_fit_the_image(void **state)
{
	const struct damage kernel = {.what = "the image starts a guest", .error_part = PART_NONE};
	const struct damage bit_17 = {.what = "lacks bit 17", .error_part = PART_NONE};
	const struct damage features = {.what = "lacks the SNP bit", .error_part = PART_NONE};
	struct build_options options = default_options();
	struct fixture_elf elf;

	(void)state;
	fixture_elf(&elf);
	options.mode = BUILD_KERNEL_NONE;
	expect_build_error(&elf, &options, &kernel);
	options = default_options();
	options.policy = 0x10000;
	expect_build_error(&elf, &options, &bit_17);
	options.policy = 0x4030000;
	expect_build_error(&elf, &options, &bit_17);
	options = default_options();
	options.override_sev_features = true;
	expect_build_error(&elf, &options, &features);
	buffer_free(&elf.file);
}

static void every_shorter_file_is_refused(void **state)
{
	const struct build_options options = default_options();
	struct fixture_elf elf;

	(void)state;
	fixture_elf(&elf);
	for (size_t size = elf.file.size; size-- > 0;) {
		uint8_t *copy = test_malloc(size ? size : 1);
		const struct blob blob = {copy, size};
		struct buffer image = {0};
		struct tool_error error;

		memcpy(copy, elf.file.bytes, size);
		assert_false(igvm_build(&blob, &options, &image, &error));
		test_free(copy);
	}
	buffer_free(&elf.file);
}

/* Two launch notes: the second one is the first, found through another program header. */
static void second_note_is_refused(void **state)
{
	struct damage second = {.what = "second launch note", .error_part = PART_NOTE};
	const struct build_options options = default_options();
	struct fixture_elf elf;

	(void)state;
	fixture_elf(&elf);
	memcpy(elf.file.bytes + elf.data_header, elf.file.bytes + elf.note_header,
		sizeof(Elf64_Phdr));
	expect_build_error(&elf, &options, &second);
	buffer_free(&elf.file);
}

/* Replaces the program headers with @count copies of the text's, of @size bytes each. */
static void repeat_text(struct fixture_elf *elf, unsigned int count, uint64_t size)
{
	uint64_t table = elf->file.size;
	Elf64_Phdr text;

	memcpy(&text, elf->file.bytes + elf->text_header, sizeof(text));
	text.p_filesz = text.p_memsz = size;
	for (unsigned int i = 0; i < count; i++)
		buffer_append(&elf->file, &text, sizeof(text));
	fixture_poke(&elf->file, EHDR_AT(e_phoff), table, 8);
	fixture_poke(&elf->file, EHDR_AT(e_phnum), count, 2);
}

static void number_of_segments_is_checked(void **state)
{
	const struct damage none = {
		.what = "no PT_LOAD segment with bytes", .error_part = PART_NONE};
	struct damage many = {.what = "more than 64 segments", .error_part = PART_FILE};
	const struct build_options options = default_options();
	struct fixture_elf elf;

	(void)state;
	fixture_elf(&elf);
	fixture_poke(&elf.file, elf.text_header + offsetof(Elf64_Phdr, p_filesz), 0, 8);
	fixture_poke(&elf.file, elf.data_header + offsetof(Elf64_Phdr, p_filesz), 0, 8);
	expect_build_error(&elf, &options, &none);
	buffer_free(&elf.file);
	fixture_elf(&elf);
	many.error_field = elf.file.size + 64 * sizeof(Elf64_Phdr);
	repeat_text(&elf, 65, 0x1800);
	expect_build_error(&elf, &options, &many);
	buffer_free(&elf.file);
}

/* 63 segments that share 8 MiB of the file, and the note. */
static void number_of_pages_is_checked(void **state)
{
	const struct damage many = {.what = "more than 65536 pages", .error_part = PART_NONE};
	const struct build_options options = default_options();
	struct fixture_elf elf;
	Elf64_Phdr note;

	(void)state;
	fixture_elf(&elf);
	memcpy(&note, elf.file.bytes + elf.note_header, sizeof(note));
	buffer_append_zeros(&elf.file, 8 * MIB);
	repeat_text(&elf, 63, 8 * MIB);
	buffer_append(&elf.file, &note, sizeof(note));
	fixture_poke(&elf.file, EHDR_AT(e_phnum), 64, 2);
	expect_build_error(&elf, &options, &many);
	buffer_free(&elf.file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_stand_in_the_order_that_qemu_wants),
		cmocka_unit_test(launch_updates_are_those_of_the_elf_file),
		cmocka_unit_test(both_orders_agree_and_qemu_has_no_objection),
		cmocka_unit_test(zero_page_has_no_file_data),
		cmocka_unit_test(parameters_and_memory_are_as_the_note_says),
		cmocka_unit_test(policy_and_features_can_be_chosen),
		cmocka_unit_test(first_vcpu_starts_in_flat_32_bit_mode),
		cmocka_unit_test(digests_tie_the_kernel_to_the_image),
		cmocka_unit_test(absent_files_and_unchecked_kernels),
		cmocka_unit_test(same_input_gives_the_same_bytes),
		cmocka_unit_test(image_without_special_pages),
		cmocka_unit_test(every_damage_is_found),
		cmocka_unit_test(options_must_fit_the_image),
		cmocka_unit_test(every_shorter_file_is_refused),
		cmocka_unit_test(second_note_is_refused),
		cmocka_unit_test(number_of_segments_is_checked),
		cmocka_unit_test(number_of_pages_is_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
