/* SPDX-License-Identifier: MIT */
/*
 * Services of an image: what --service takes and refuses, the measured table,
 * and how inspect and reference-values show it.
 */
#include "tests/unit/unit_test.h"

#include <jansson.h>
#include <unistd.h>

#include "igvm_fixture.h"
#include "tests/unit/elf_fixture.h"
#include "tests/unit/folder_fixture.h"
#include "tests/unit/run_command.h"
#include "tools/common/cbor.h"
#include "tools/common/hash.h"
#include "tools/common/text.h"
#include "tools/igvm/commands.h"
#include "tools/igvm/measured_page.h"
#include "tools/igvm/services.h"

#define FILE_SIZE 0x1000U
#define MILLION 1000000UL

static char elf_path[64], image_path[64], program_path[64];

#define build(...)                                                                             \
	run(command_build, "build", "--elf", elf_path, "--unchecked-kernel", "-o", image_path, \
		__VA_ARGS__)

/* A program that the loader would take: one segment, which has all of the file. */
static void make_program(uint8_t bytes[FILE_SIZE])
{
	const struct elf_header header = elf_fixture_header(1, 0x800);
	const struct elf_program_header segment = {.type = ELF_PT_LOAD,
		.flags = ELF_PF_R | ELF_PF_X,
		.filesz = FILE_SIZE,
		.memsz = FILE_SIZE};

	memset(bytes, 0x90, FILE_SIZE);
	memcpy(bytes, &header, sizeof(header));
	memcpy(bytes + sizeof(header), &segment, sizeof(segment));
}

static int set_up(void **state)
{
	uint8_t program[FILE_SIZE];
	struct fixture_elf elf;

	(void)state;
	folder_make();
	snprintf(elf_path, sizeof(elf_path), "%s", in("image.elf"));
	snprintf(image_path, sizeof(image_path), "%s", in("image.igvm"));
	snprintf(program_path, sizeof(program_path), "%s", in("program"));
	fixture_elf(&elf);
	write_file("image.elf", elf.file.bytes, elf.file.size);
	buffer_free(&elf.file);
	make_program(program);
	write_file("program", program, sizeof(program));
	write_file("empty", "", 0);
	write_file("script", "#!/bin/sh\n", 10);
	memcpy(program + offsetof(struct elf_header, type), &(uint16_t){2}, 2); /* ET_EXEC */
	write_file("fixed", program, sizeof(program));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return folder_remove();
}

/* ---- The option's text ---- */

static void options_and_defaults(void **state)
{
	struct service_list list = {.table.count = 0};
	const struct service_table_entry *entry = list.table.entries;
	struct tool_error error;

	(void)state;
	assert_true(services_add(&list, "init=init", &error));
	assert_true(services_add(&list, "vtpm=a/b.elf", &error));
	assert_true(services_add(&list,
		"x-9=f,classes=0+1+2,memory=512K,slice=1000,limit=0x2000,at-end=restart", &error));
	assert_true(services_add(&list, "third=f,classes=3,memory=4096,at-end=retire", &error));
	assert_int_equal(list.table.version, SERVICE_TABLE_VERSION);
	assert_int_equal(list.table.count, 4);
	assert_int_equal(entry->classes, 1 + 16);
	assert_int_equal((entry++)->memory, 256 * KIB);
	assert_string_equal(list.paths[1], "a/b.elf");
	assert_string_equal(entry[0].name, "vtpm");
	assert_int_equal(entry[0].classes, 3);
	assert_int_equal(entry[0].memory, 2 * MIB);
	assert_int_equal(entry[0].slice, 50 * MILLION);
	assert_int_equal(entry[0].limit, 20000 * MILLION);
	assert_int_equal(entry[0].at_end, SERVICE_END_RETIRE);
	assert_string_equal(list.paths[2], "f");
	assert_int_equal(entry[1].classes, 7);
	assert_int_equal(entry[1].memory, 512 * KIB);
	assert_int_equal(entry[1].slice, 1000);
	assert_int_equal(entry[1].limit, 0x2000);
	assert_int_equal(entry[1].at_end, SERVICE_END_RESTART);
	assert_int_equal(entry[2].classes, 8);
	assert_int_equal(entry[2].memory, 4096);
	services_free(&list);
	assert_int_equal(list.table.count, 0);
}

static void texts_that_are_refused(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {{"", "expected NAME=FILE"}, {"name", "expected NAME=FILE"},
		{"=f", "expected NAME=FILE"}, {"Name=f", "1 to 15 of a-z, 0-9 and -"},
		{"sixteen-letters-=f", "1 to 15 of a-z, 0-9 and -"},
		{"a_b=f", "1 to 15 of a-z, 0-9 and -"}, {"a=", "no file behind a="},
		{"a=,classes=0", "no file behind a="},
		{"a=f,classes=5", "classes= is numbers from 0"},
		{"a=f,classes=", "classes= is numbers from 0"},
		{"a=f,classes=0+x", "classes= is numbers from 0"},
		{"a=f,classes", "classes= is numbers from 0"}, {"a=f,memory=4095", "4K to 64M"},
		{"a=f,memory=65M", "4K to 64M"}, {"a=f,memory=1G", "4K to 64M"},
		{"a=f,memory=18014398509481985K", "4K to 64M"}, {"a=f,memory=", "4K to 64M"},
		{"a=f,slice=0", "slice= is a number"}, {"a=f,slice=9x", "slice= is a number"},
		{"a=f,limit=0", "limit= is a number"},
		{"a=f,limit=100", "limit= is less than slice="},
		{"a=f,at-end=again", "at-end= is retire or restart"},
		{"a=f,color=red", "no option \"color=red\"; expected classes="},
		{"a=f,class=0", "no option \"class=0\""},
		{"a=f,memory=1M,memory=2M", "memory= is there twice"},
		{"a=f,classes=0,at-end=retire,classes=0", "classes= is there twice"},
		{"a=f", "the first service of an image is init"},
		{"init=f,classes=0+1", "init needs class 4"}};
	struct service_list list = {.table.count = 0};
	struct tool_error error;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (services_add(&list, cases[i].text, &error))
			fail_msg("\"%s\" was taken", cases[i].text);
		assert_says(error.text, cases[i].says);
	}
	assert_int_equal(list.table.count, 0);
	assert_int_equal(list.table.version, 0);
}

static void names_and_numbers_of_services(void **state)
{
	struct service_list list = {.table.count = 0};
	struct tool_error error;
	char text[16];

	(void)state;
	for (unsigned int i = 0; i < SERVICE_TABLE_MAX; i++) {
		snprintf(text, sizeof(text), i ? "s%u=f" : "init=f", i);
		assert_true(services_add(&list, text, &error));
	}
	assert_false(services_add(&list, "s3=g", &error));
	assert_says(error.text, "there is a service s3 already");
	assert_false(services_add(&list, "init=f", &error));
	assert_says(error.text, "there is a service init already");
	assert_false(services_add(&list, "other=f,classes=0+4", &error));
	assert_says(error.text, "class 4 is for init alone");
	assert_false(services_add(&list, "more=f", &error));
	assert_says(error.text, "at most 12 services");
	assert_int_equal(list.table.count, SERVICE_TABLE_MAX);
	services_free(&list);
}

/* ---- The command ---- */

/* A message of build's over a service's file, which it names. */
static void refuses_file(const char *name, const char *says)
{
	char option[128], whole[256];

	snprintf(option, sizeof(option), "init=%s", in(name));
	snprintf(whole, sizeof(whole), "nacre-igvm: %s: ", in(name));
	unlink(image_path);
	assert_int_equal(build("--service", option), STATUS_FAILED);
	assert_says(ran_err, whole);
	assert_says(ran_err, says);
	assert_int_equal(access(image_path, F_OK), -1);
}

static void files_that_are_refused(void **state)
{
	static uint8_t large[32 * MIB + 1];

	(void)state;
	refuses_file("absent", "cannot be opened");
	refuses_file("empty", "1 byte to 32 MiB, this has 0 bytes");
	refuses_file("script", "not a position-independent x86-64 program");
	refuses_file("fixed", "Expected an ELF file as gcc -static-pie makes it");
	make_program(large);
	write_file("large", large, sizeof(large));
	refuses_file("large", "1 byte to 32 MiB, this has 33554433 bytes");
	unlink(in("large"));
}

static void wrong_use(void **state)
{
	(void)state;
	assert_int_equal(build("--service", "a=f,color=red"), STATUS_USAGE);
	assert_says(ran_err, "--service a=f,color=red: no option \"color=red\"");
	assert_int_equal(build("--service", "init=f", "--service", "init=g"), STATUS_USAGE);
	assert_says(ran_err, "--service init=g: there is a service init already");
}

static void build_two(void)
{
	char first[96], second[128];

	snprintf(first, sizeof(first), "init=%s", program_path);
	snprintf(second, sizeof(second), "second=%s,classes=0+1+2,memory=1M,at-end=restart",
		program_path);
	assert_int_equal(build("--service", first, "--service", second), STATUS_OK);
	assert_string_equal(ran_err, "");
}

static void program_digest(char text[65])
{
	struct blob program = read_file(program_path);
	uint8_t digest[32];

	assert_int_equal(program.size, FILE_SIZE);
	sha256(program.bytes, program.size, digest);
	hex_encode(digest, sizeof(digest), text);
	free((void *)program.bytes);
}

static void inspection(void **state)
{
	char digest[65], line[256];

	(void)state;
	build_two();
	program_digest(digest);
	assert_int_equal(run(command_inspect, "inspect", image_path), STATUS_OK);
	assert_says(ran_out, "\nServices in ring 3, whose files are not in the image");
	snprintf(line, sizeof(line),
		"\n  init                4 KiB    256 KiB  0+4           50000000    20000000000"
		"  retire   %s\n",
		digest);
	assert_says(ran_out, line);
	snprintf(line, sizeof(line),
		"\n  second              4 KiB      1 MiB  0+1+2         50000000    20000000000"
		"  restart  %s\n",
		digest);
	assert_says(ran_out, line);
}

static void assert_service(const json_t *service, const char *name, const char *digest)
{
	assert_string_equal(json_string_value(json_object_get(service, "name")), name);
	assert_string_equal(json_string_value(json_object_get(service, "sha256")), digest);
	assert_int_equal(json_integer_value(json_object_get(service, "bytes")), FILE_SIZE);
}

static void inspection_as_json(void **state)
{
	json_t *json, *services, *second;
	char digest[65];

	(void)state;
	build_two();
	program_digest(digest);
	assert_int_equal(run(command_inspect, "inspect", "--json", image_path), STATUS_OK);
	json = json_loads(ran_out, JSON_REJECT_DUPLICATES, NULL);
	services = json_object_get(json, "services");
	assert_int_equal(json_array_size(services), 2);
	assert_service(json_array_get(services, 0), "init", digest);
	second = json_array_get(services, 1);
	assert_service(second, "second", digest);
	assert_int_equal(json_object_size(second), 8);
	assert_int_equal(json_integer_value(json_object_get(second, "memory")), MIB);
	assert_int_equal(json_array_size(json_object_get(second, "classes")), 3);
	assert_string_equal(json_string_value(json_object_get(second, "at_end")), "restart");
	json_decref(json);
}

static void an_image_without(void **state)
{
	json_t *json;

	(void)state;
	assert_int_equal(build("--policy", "0x30000"), STATUS_OK);
	assert_int_equal(run(command_inspect, "inspect", image_path), STATUS_OK);
	assert_null(strstr(ran_out, "Services"));
	assert_int_equal(run(command_inspect, "inspect", "--json", image_path), STATUS_OK);
	json = json_loads(ran_out, 0, NULL);
	assert_true(json_is_array(json_object_get(json, "services")));
	assert_int_equal(json_array_size(json_object_get(json, "services")), 0);
	json_decref(json);
}

static void an_image_that_cannot_have_any(void **state)
{
	struct fixture_elf elf;
	uint64_t place;
	char option[96];

	(void)state;
	fixture_elf(&elf);
	place = elf.note + offsetof(struct launch_note, digests);
	memset(elf.file.bytes + place, 0, sizeof(uint64_t));
	write_file("bare.elf", elf.file.bytes, elf.file.size);
	buffer_free(&elf.file);
	snprintf(option, sizeof(option), "init=%s", program_path);
	assert_int_equal(run(command_build, "build", "--elf", in("bare.elf"), "-o", image_path,
				 "--service", option),
		STATUS_FAILED);
	assert_says(ran_err, "bare.elf: the image has no digests page, so it has no services");
}

/* ---- Reference values (docs/reference-values.cddl) ---- */

static void reference_values_as_json(void **state)
{
	json_t *json, *services;
	char digest[65];

	(void)state;
	build_two();
	program_digest(digest);
	assert_int_equal(run(command_reference_values, "reference-values", image_path), STATUS_OK);
	json = json_loads(ran_out, JSON_REJECT_DUPLICATES, NULL);
	services = json_object_get(
		json_array_get(json_object_get(json, "platforms"), 0), "services");
	assert_int_equal(json_array_size(services), 2);
	assert_service(json_array_get(services, 0), "init", digest);
	assert_service(json_array_get(services, 1), "second", digest);
	assert_int_equal(json_object_size(json_array_get(services, 1)), 4);
	json_decref(json);
}

/* The item behind @tag in @bytes, which must be it. */
static cbor_item_t *decode(const struct blob *bytes)
{
	struct tool_error error;
	cbor_item_t *item = dcbor_decode(bytes->bytes, bytes->size, &error);

	if (!item)
		fail_msg("offset %d: %s", (int)error.offset, error.text);
	return item;
}

static const cbor_item_t *untag(const cbor_item_t *item)
{
	cbor_item_t *inner = cbor_tag_item(item);

	dcbor_free(inner); /* the tag still holds it */
	return inner;
}

static void check_service_item(
	const cbor_item_t *item, const char *name, const char *digest, int second_class)
{
	uint8_t bytes[32];
	struct blob found = {0};

	assert_int_equal(cbor_array_size(item), 4);
	assert_true(dcbor_is_text(dcbor_at(item, 0), name));
	assert_true(dcbor_is_int(dcbor_at(item, 1), FILE_SIZE));
	assert_true(dcbor_is_int(dcbor_at(dcbor_at(item, 2), 0), 1));
	assert_true(dcbor_get_bytes(dcbor_at(dcbor_at(item, 2), 1), &found));
	assert_true(hex_decode(digest, bytes, sizeof(bytes)));
	assert_int_equal(found.size, sizeof(bytes));
	assert_memory_equal(found.bytes, bytes, sizeof(bytes));
	assert_true(dcbor_is_int(dcbor_at(dcbor_at(item, 3), 1), second_class));
}

static void reference_values_as_corim(void **state)
{
	cbor_item_t *corim, *comid;
	const cbor_item_t *services;
	struct blob bytes, inner = {0};
	char digest[65];

	(void)state;
	build_two();
	program_digest(digest);
	assert_int_equal(run(command_reference_values, "reference-values", "--corim", image_path,
				 "-o", in("corim")),
		STATUS_OK);
	bytes = read_file(in("corim"));
	corim = decode(&bytes);
	assert_true(dcbor_get_bytes(untag(dcbor_at(dcbor_get_int(untag(corim), 1), 0)), &inner));
	comid = decode(&inner);
	services = dcbor_get_int(dcbor_get_int(comid, -1), 8);
	assert_non_null(services);
	assert_int_equal(cbor_array_size(services), 2);
	check_service_item(dcbor_at(services, 0), "init", digest, 4);
	check_service_item(dcbor_at(services, 1), "second", digest, 1);
	assert_int_equal(cbor_array_size(dcbor_at(dcbor_at(services, 1), 3)), 3);
	dcbor_free(comid);
	dcbor_free(corim);
	free((void *)bytes.bytes);
}

/* ---- Tables in files of others ---- */

static struct service_table sound_table(void)
{
	struct service_table table = {.version = SERVICE_TABLE_VERSION, .count = 1};

	table.entries[0] = (struct service_table_entry){
		.name = "init", .size = 1, .memory = PAGE_SIZE, .classes = 1 + 16};
	return table;
}

#define UNSOUND(change)                                            \
	do {                                                       \
		struct service_table table = sound_table();        \
		struct service_table_entry *entry = table.entries; \
		(void)entry;                                       \
		change;                                            \
		assert_false(services_are_sound(&table));          \
	} while (0)

static void tables_that_are_not_sound(void **state)
{
	const struct service_table none = {.version = 0}, one = sound_table();

	(void)state;
	assert_true(services_are_sound(&none));
	assert_true(services_are_sound(&one));
	UNSOUND(table.version = 2);
	UNSOUND(table.version = 0);
	UNSOUND(table.count = 0);
	UNSOUND(table.count = SERVICE_TABLE_MAX + 1);
	UNSOUND(table.count = 2); /* the second is all zeros */
	UNSOUND(memset(entry->name, 'a', sizeof(entry->name)));
	UNSOUND(entry->name[0] = 0);
	UNSOUND(entry->name[1] = 27); /* not for a terminal */
	UNSOUND(entry->size = 0);
	UNSOUND(entry->size = 32 * MIB + 1);
	UNSOUND(entry->memory = 0);
	UNSOUND(entry->memory = 64 * MIB + 1);
	UNSOUND(entry->classes = 0);
	UNSOUND(entry->classes = 32 + 16);
	UNSOUND(entry->classes = 1); /* init without class 4 */
	UNSOUND(entry->name[0] = 'a');
	UNSOUND((table.count = 2, entry[1] = entry[0]));
	UNSOUND((table.count = 2, entry[1] = entry[0], entry[1].name[0] = 'a'));
	UNSOUND(entry->at_end = 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_and_defaults),
		cmocka_unit_test(texts_that_are_refused),
		cmocka_unit_test(names_and_numbers_of_services),
		cmocka_unit_test(files_that_are_refused),
		cmocka_unit_test(wrong_use),
		cmocka_unit_test(inspection),
		cmocka_unit_test(inspection_as_json),
		cmocka_unit_test(an_image_without),
		cmocka_unit_test(an_image_that_cannot_have_any),
		cmocka_unit_test(reference_values_as_json),
		cmocka_unit_test(reference_values_as_corim),
		cmocka_unit_test(tables_that_are_not_sound),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
