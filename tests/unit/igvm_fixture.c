/* SPDX-License-Identifier: MIT */
/*
 * The files that the tests of tools/igvm take apart.
 */
#include "igvm_fixture.h"

#include <elf.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "snp.h"
#include "tools/common/hash.h"

#define ADD(writer, type, body) \
	writer_header((writer), (type), (body), sizeof(*(body)), WRITER_NO_OFFSET)
#define ADD_DATA(writer, type, body)                             \
	writer_header((writer), (type), (body), sizeof(*(body)), \
		offsetof(__typeof__(*(body)), file_offset))

void fixture_vector(const char *name, struct buffer *file)
{
	uint8_t chunk[4096];
	char path[256];
	size_t got;
	FILE *in;

	snprintf(path, sizeof(path), "tests/unit/vectors/%s", name);
	in = fopen(path, "rb");
	if (!in)
		fail_msg("%s is missing; run the test at the top of the tree", path);
	while ((got = fread(chunk, 1, sizeof(chunk), in)) > 0)
		buffer_append(file, chunk, got);
	fclose(in);
}

void fixture_platform(struct writer *writer, uint32_t mask, enum igvm_platform platform)
{
	const struct igvm_supported_platform body = {
		.compatibility_mask = mask, .platform_type = platform, .platform_version = 1};

	ADD(writer, IGVM_SUPPORTED_PLATFORM, &body);
}

void fixture_page(struct writer *writer, uint64_t gpa, int fill, uint32_t flags, uint16_t type)
{
	struct igvm_page_data body = {
		.gpa = gpa, .compatibility_mask = FIXTURE_SNP, .flags = flags, .data_type = type};
	uint8_t page[PAGE_SIZE];

	if (fill < 0) {
		ADD(writer, IGVM_PAGE_DATA, &body);
		return;
	}
	memset(page, fill, sizeof(page));
	body.file_offset = writer_page(writer, page, sizeof(page));
	ADD_DATA(writer, IGVM_PAGE_DATA, &body);
}

void fixture_area(struct writer *writer, uint32_t index, uint64_t bytes)
{
	const struct igvm_parameter_area body = {
		.number_of_bytes = bytes, .parameter_area_index = index};

	ADD(writer, IGVM_PARAMETER_AREA, &body);
}

void fixture_insert(struct writer *writer, uint32_t index, uint64_t gpa)
{
	const struct igvm_parameter_insert body = {
		.gpa = gpa, .compatibility_mask = FIXTURE_SNP, .parameter_area_index = index};

	ADD(writer, IGVM_PARAMETER_INSERT, &body);
}

void fixture_parameter(struct writer *writer, enum igvm_type type, uint32_t index, uint32_t byte)
{
	const struct igvm_parameter body = {.parameter_area_index = index, .byte_offset = byte};

	ADD(writer, type, &body);
}

void fixture_vp_context(struct writer *writer, uint16_t vp_index, uint64_t rip)
{
	const struct vmsa vmsa = {.efer = 0x1000, .sev_features = SEV_FEATURE_SNP, .rip = rip};
	struct igvm_vp_context body = {
		.gpa = VMSA_LAUNCH_GPA, .compatibility_mask = FIXTURE_SNP, .vp_index = vp_index};

	body.file_offset = writer_page(writer, &vmsa, sizeof(vmsa));
	ADD_DATA(writer, IGVM_VP_CONTEXT, &body);
}

void fixture_finish(struct writer *writer, struct buffer *file)
{
	struct tool_error error;

	if (!writer_finish(writer, file, &error))
		fail_msg("writer: %s", error.text);
}

static void add_initialization(struct writer *writer)
{
	const struct igvm_guest_policy policy = {
		.policy = 0x30000, .compatibility_mask = FIXTURE_SNP};
	const struct igvm_guest_policy tdx_policy = {
		.policy = 1, .compatibility_mask = FIXTURE_TDX};
	const struct igvm_relocatable_region region = {.compatibility_mask = FIXTURE_NATIVE,
		.relocation_alignment = PAGE_2M_SIZE,
		.relocation_region_gpa = 16 * PAGE_2M_SIZE,
		.relocation_region_size = PAGE_SIZE,
		.maximum_relocation_gpa = 32 * PAGE_2M_SIZE};
	const struct igvm_page_table_relocation table = {.compatibility_mask = FIXTURE_NATIVE,
		.gpa = 64 * PAGE_2M_SIZE,
		.size = 4 * PAGE_SIZE,
		.used_size = PAGE_SIZE};
	struct igvm_corim_data corim = {.compatibility_mask = FIXTURE_SNP, .size_bytes = 100};

	ADD(writer, IGVM_GUEST_POLICY, &policy);
	ADD(writer, IGVM_GUEST_POLICY, &tdx_policy);
	ADD(writer, IGVM_RELOCATABLE_REGION, &region);
	ADD(writer, IGVM_PAGE_TABLE_RELOCATION, &table);
	corim.file_offset = writer_page(writer, "corim", 6);
	ADD_DATA(writer, IGVM_CORIM_DOCUMENT, &corim);
	ADD_DATA(writer, IGVM_CORIM_SIGNATURE, &corim);
}

static void add_parameters(struct writer *writer)
{
	static const enum igvm_type types[] = {IGVM_VP_COUNT, IGVM_SRAT, IGVM_MADT,
		IGVM_MMIO_RANGES, IGVM_MEMORY_MAP, IGVM_COMMAND_LINE, IGVM_SLIT, IGVM_PPTT,
		IGVM_DEVICE_TREE, IGVM_ENVIRONMENT_INFO};
	struct igvm_parameter_area area = {.number_of_bytes = PAGE_SIZE, .parameter_area_index = 8};

	fixture_area(writer, 7, 2 * PAGE_SIZE);
	area.file_offset = writer_page(writer, "initial", 8);
	ADD_DATA(writer, IGVM_PARAMETER_AREA, &area);
	for (uint32_t i = 0; i < ARRAY_SIZE(types); i++)
		fixture_parameter(writer, types[i], 7, 64 * i);
	fixture_insert(writer, 7, 0x10000);
}

static void add_memory(struct writer *writer)
{
	const struct igvm_required_memory memory = {
		.gpa = 0x100000, .compatibility_mask = FIXTURE_SNP, .number_of_bytes = 0x10000};
	const struct igvm_error_range range = {
		.gpa = 0x20000, .compatibility_mask = FIXTURE_SNP, .size_bytes = PAGE_SIZE};
	const struct igvm_snp_id_block id = {
		.compatibility_mask = FIXTURE_SNP, .guest_svn = 3, .version = 1};
	const struct igvm_vbs_measurement vbs = {.compatibility_mask = FIXTURE_VSM, .version = 1};

	ADD(writer, IGVM_REQUIRED_MEMORY, &memory);
	ADD(writer, IGVM_ERROR_RANGE, &range);
	ADD(writer, IGVM_SNP_ID_BLOCK, &id);
	ADD(writer, IGVM_VBS_MEASUREMENT, &vbs);
	fixture_page(writer, 0x1000, 0xaa, 0, IGVM_PAGE_NORMAL);
	fixture_page(writer, 0x2000, 0xbb, 0, IGVM_PAGE_NORMAL);
	fixture_page(writer, 0x3000, -1, 0, IGVM_PAGE_NORMAL);
	fixture_page(writer, 0x4000, 0xcc, IGVM_PAGE_FLAG_UNMEASURED, IGVM_PAGE_NORMAL);
	fixture_page(writer, 0x5000, 0xdd, IGVM_PAGE_FLAG_SHARED, IGVM_PAGE_NORMAL);
	fixture_page(writer, 0x6000, -1, 0, IGVM_PAGE_SECRETS);
	fixture_page(writer, 0x7000, -1, 0, IGVM_PAGE_CPUID);
	fixture_page(writer, 0x8000, -1, 0, IGVM_PAGE_CPUID_XF);
}

static void add_other_contexts(struct writer *writer)
{
	const struct igvm_native_vp_context native = {.rip = 0x1234};
	uint8_t vsm[PAGE_SIZE] = {2};
	struct igvm_vp_context body = {.compatibility_mask = FIXTURE_NATIVE};

	body.file_offset = writer_page(writer, &native, sizeof(native));
	ADD_DATA(writer, IGVM_VP_CONTEXT, &body);
	body.compatibility_mask = FIXTURE_VSM;
	body.file_offset = writer_page(writer, vsm, sizeof(vsm));
	ADD_DATA(writer, IGVM_VP_CONTEXT, &body);
}

void fixture_rich(struct buffer *file)
{
	const struct igvm_variable_header unknown = {.type = 0x3ff | 1U << 31, .length = 3};
	struct writer writer = {0};

	fixture_platform(&writer, FIXTURE_SNP, IGVM_PLATFORM_SEV_SNP);
	fixture_platform(&writer, FIXTURE_NATIVE, IGVM_PLATFORM_NATIVE);
	fixture_platform(&writer, FIXTURE_TDX, IGVM_PLATFORM_TDX);
	fixture_platform(&writer, FIXTURE_VSM, IGVM_PLATFORM_VSM);
	add_initialization(&writer);
	add_parameters(&writer);
	add_memory(&writer);
	buffer_append(&writer.headers, &unknown, sizeof(unknown));
	buffer_append(&writer.headers, "odd\0\0\0\0", 8);
	add_other_contexts(&writer);
	fixture_vp_context(&writer, 0, 0x1000);
	fixture_finish(&writer, file);
}

uint64_t fixture_find(const struct buffer *file, uint32_t type, unsigned int nth)
{
	struct igvm_variable_header header;
	struct igvm_fixed_header fixed;
	uint64_t offset, end;

	memcpy(&fixed, file->bytes, sizeof(fixed));
	offset = fixed.variable_header_offset;
	end = offset + fixed.variable_header_size;
	for (; offset < end; offset += sizeof(header) + ALIGN_UP(header.length, 8)) {
		memcpy(&header, file->bytes + offset, sizeof(header));
		if (header.type == type && nth-- == 0)
			return offset;
	}
	fail_msg("the fixture has no such header of type 0x%x", type);
	return 0;
}

void fixture_seal(struct buffer *file)
{
	uint64_t at = offsetof(struct igvm_fixed_header, checksum);
	struct igvm_fixed_header fixed;
	uint64_t fixed_size = sizeof(fixed);
	uint32_t crc;

	memset(file->bytes + at, 0, 4);
	memcpy(&fixed, file->bytes, sizeof(fixed));
	if (fixed.version == 2)
		fixed_size += sizeof(struct igvm_fixed_header_v2_tail);
	if ((uint64_t)fixed.variable_header_offset + fixed.variable_header_size > file->size)
		return; /* nothing to seal; the parser sees the layout first */
	crc = crc32_update(0, file->bytes, fixed_size);
	crc = crc32_update(
		crc, file->bytes + fixed.variable_header_offset, fixed.variable_header_size);
	memcpy(file->bytes + at, &crc, sizeof(crc));
}

void fixture_poke(struct buffer *file, uint64_t offset, uint64_t value, size_t size)
{
	assert_true(offset + size <= file->size);
	memcpy(file->bytes + offset, &value, size);
}

bool fixture_parse(const struct buffer *file, struct igvm_file *parsed, struct tool_error *error)
{
	uint8_t *copy = malloc(file->size ? file->size : 1);

	assert_non_null(copy);
	if (file->size)
		memcpy(copy, file->bytes, file->size);
	if (igvm_parse(copy, file->size, parsed, error))
		return true;
	free(copy);
	return false;
}

void fixture_close(struct igvm_file *parsed)
{
	free((void *)parsed->bytes);
	igvm_free(parsed);
}

struct launch_note fixture_note(void)
{
	return (struct launch_note){
		.version = LAUNCH_NOTE_VERSION,
		.entry = FIXTURE_TEXT + 0x10,
		.region_base = FIXTURE_TEXT,
		.region_size = 0x300000,
		.secrets = FIXTURE_SPECIAL,
		.cpuid = FIXTURE_SPECIAL + 0x1000,
		.parameters = FIXTURE_SPECIAL + 0x2000,
		.memory_map = FIXTURE_SPECIAL + 0x3000,
		.memory_map_pages = 2,
		.madt = FIXTURE_SPECIAL + 0x5000,
		.madt_pages = 1,
		.digests = FIXTURE_SPECIAL + 0x6000,
		.sev_features = SEV_FEATURE_SNP | SEV_FEATURE_RESTRICTED_INJECTION,
	};
}

static void add_note(
	struct buffer *notes, const char *owner, uint32_t type, const void *content, size_t size)
{
	const Elf64_Nhdr header = {.n_namesz = (uint32_t)strlen(owner) + 1,
		.n_descsz = (uint32_t)size,
		.n_type = type};

	buffer_append(notes, &header, sizeof(header));
	buffer_append(notes, owner, strlen(owner) + 1);
	buffer_append_zeros(notes, ALIGN_UP(notes->size, 4) - notes->size);
	buffer_append(notes, content, size);
	buffer_append_zeros(notes, ALIGN_UP(notes->size, 4) - notes->size);
}

static void add_load(struct buffer *file, uint64_t offset, uint64_t gpa, uint64_t file_size,
	uint64_t memory_size)
{
	const Elf64_Phdr program = {.p_type = PT_LOAD,
		.p_offset = offset,
		.p_paddr = gpa,
		.p_vaddr = gpa,
		.p_filesz = file_size,
		.p_memsz = memory_size,
		.p_align = PAGE_SIZE};

	buffer_append(file, &program, sizeof(program));
}

static void add_fill(struct buffer *file, int fill, size_t size)
{
	size_t at = file->size;

	buffer_append_zeros(file, size);
	memset(file->bytes + at, fill, size);
}

void fixture_elf(struct fixture_elf *elf)
{
	const struct launch_note note = fixture_note();
	Elf64_Ehdr header = {.e_type = ET_EXEC,
		.e_machine = EM_X86_64,
		.e_phoff = sizeof(header),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 3};
	const uint64_t text = sizeof(header) + 3 * sizeof(Elf64_Phdr), data = text + 0x1800,
		       note_at = data + 3 * PAGE_SIZE;
	Elf64_Phdr program = {.p_type = PT_NOTE, .p_offset = note_at, .p_align = 4};
	struct buffer notes = {0};

	*elf = (struct fixture_elf){.text_header = sizeof(header),
		.data_header = sizeof(header) + sizeof(program),
		.note_header = sizeof(header) + 2 * sizeof(program)};
	add_note(&notes, "GNU", NT_GNU_BUILD_ID, "0123456789", 10);
	add_note(&notes, LAUNCH_NOTE_OWNER, LAUNCH_NOTE_TYPE, &note, sizeof(note));
	program.p_filesz = notes.size;
	elf->note = note_at + notes.size - sizeof(note);
	memcpy(header.e_ident, ELFMAG, SELFMAG);
	header.e_ident[EI_CLASS] = ELFCLASS64;
	header.e_ident[EI_DATA] = ELFDATA2LSB;
	buffer_append(&elf->file, &header, sizeof(header));
	add_load(&elf->file, text, FIXTURE_TEXT, 0x1800, 0x1800);
	add_load(&elf->file, data, FIXTURE_DATA, 3 * PAGE_SIZE, 16 * PAGE_SIZE);
	buffer_append(&elf->file, &program, sizeof(program));
	add_fill(&elf->file, 0x90, 0x1800);
	add_fill(&elf->file, 0x11, PAGE_SIZE);
	add_fill(&elf->file, 0, PAGE_SIZE);
	add_fill(&elf->file, 0x33, PAGE_SIZE);
	buffer_append(&elf->file, notes.bytes, notes.size);
	buffer_free(&notes);
}
