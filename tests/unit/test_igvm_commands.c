/* SPDX-License-Identifier: MIT */
/*
 * The subcommands of nacre-igvm as a person calls them: exit status, what
 * they print where, and that a failed build leaves no file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include <jansson.h>

#include "igvm_fixture.h"
#include "tests/unit/folder_fixture.h"
#include "tests/unit/run_command.h"
#include "tools/igvm/commands.h"

#define VECTOR "tests/unit/vectors/min_v1.igvm"

static char elf_path[64], image_path[64], kernel_path[64];

static void make_path(char path[64], const char *name)
{
	snprintf(path, 64, "%s", in(name));
}

static int make_folder(void **state)
{
	struct fixture_elf elf;

	(void)state;
	folder_make();
	make_path(elf_path, "image.elf");
	make_path(image_path, "image.igvm");
	make_path(kernel_path, "kernel");
	fixture_elf(&elf);
	write_file("image.elf", elf.file.bytes, elf.file.size);
	write_file("kernel", "kernel", 6);
	buffer_free(&elf.file);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	return folder_remove();
}

static void build_then_inspect_then_measure(void **state)
{
	char digest[128];
	json_t *json;

	(void)state;
	assert_int_equal(run(command_build, "build", "--elf", elf_path, "-o", image_path,
				 "--kernel", kernel_path, "--append", "quiet"),
		STATUS_OK);
	assert_string_equal(ran_out, "");
	assert_string_equal(ran_err, "");
	assert_int_equal(run(command_inspect, "inspect", image_path), STATUS_OK);
	assert_says(ran_out, "launch updates        13 pages");
	assert_says(ran_out, "no objection found");
	assert_int_equal(run(command_measure, "measure", image_path), STATUS_OK);
	assert_says(ran_out, "order          qemu\n");
	assert_says(ran_out, "VMSAs          1\n");
	assert_int_equal(sscanf(ran_out, "launch digest %127s", digest), 1);
	assert_int_equal(strlen(digest), 96);
	assert_int_equal(run(command_measure, "measure", "--json", "--order", "file", "--vmsas",
				 "1", "--platform", "snp", image_path),
		STATUS_OK);
	json = json_loads(ran_out, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(json, "launch_digest")), digest);
	assert_string_equal(json_string_value(json_object_get(json, "order")), "file");
	json_decref(json);
	assert_int_equal(run(command_inspect, "inspect", "--json", image_path), STATUS_OK);
	json = json_loads(ran_out, 0, NULL);
	assert_non_null(json);
	json_decref(json);
}

/* The same words after the build as of the file. */
static void build_tells_what_a_firmware_adds(void **state)
{
	char told[sizeof(ran_out) + 2];

	(void)state;
	assert_int_equal(run(command_build, "build", "--elf", elf_path, "-o", image_path,
				 "--firmware", OVMF_IMAGE),
		STATUS_OK);
	assert_string_equal(ran_err, "");
	assert_says(ran_out, "\n  paravisor              7 measured pages");
	assert_says(ran_out, "\n  calling area ");
	snprintf(told, sizeof(told), "\n%s\n", ran_out);
	assert_int_equal(run(command_inspect, "inspect", image_path), STATUS_OK);
	assert_says(ran_out, told);
}

static void record_of_inputs_is_checked(void **state)
{
	static const char good[] =
		"cc 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n";

	(void)state;
	write_file("kernel", good, strlen(good));
	assert_int_equal(run(command_build, "build", "--elf", elf_path, "-o", image_path,
				 "--unchecked-kernel", "--inputs", kernel_path),
		STATUS_OK);
	assert_int_equal(run(command_inspect, "inspect", image_path), STATUS_OK);
	assert_says(ran_out, "  cc  1  0123456789abcdef");
	write_file("kernel", "kernel", 6);
	assert_int_equal(run(command_build, "build", "--elf", elf_path, "-o", image_path,
				 "--unchecked-kernel", "--inputs", kernel_path),
		STATUS_FAILED);
	assert_says(ran_err, "kernel: offset 0x0: not a line \"NAME VERSION SHA256\"");
}

static void failed_build_leaves_no_file(void **state)
{
	(void)state;
	unlink(image_path);
	assert_int_equal(
		run(command_build, "build", "--elf", elf_path, "-o", image_path), STATUS_FAILED);
	assert_says(ran_err, "image.elf: the image starts a guest; give --firmware");
	assert_int_equal(access(image_path, F_OK), -1);
	assert_int_equal(
		run(command_build, "build", "--elf", kernel_path, "-o", image_path), STATUS_FAILED);
	assert_says(ran_err, "kernel: offset 0x0: 6 bytes are too few for an ELF header");
	assert_int_equal(run(command_build, "build", "--elf", elf_path, "-o", image_path,
				 "--kernel", "/nonexistent"),
		STATUS_FAILED);
	assert_says(ran_err, "/nonexistent: cannot be opened: No such file");
	assert_int_equal(run(command_build, "build", "--elf", elf_path, "-o", "/nonexistent/image",
				 "--unchecked-kernel"),
		STATUS_FAILED);
	assert_says(ran_err, "/nonexistent/image: cannot be created");
}

/* The vector, two pages of which are also for a platform that it does not name. */
static void write_strays(void)
{
	struct buffer file = {0};

	fixture_vector("min_v1.igvm", &file);
	for (unsigned int i = 0; i < 2; i++)
		fixture_poke(&file,
			fixture_find(&file, IGVM_PAGE_DATA, i) +
				sizeof(struct igvm_variable_header) +
				offsetof(struct igvm_page_data, compatibility_mask),
			FIXTURE_SNP | 0x10, 4);
	fixture_seal(&file);
	write_file("image.igvm", file.bytes, file.size);
	buffer_free(&file);
}

static void stray_mask_bits_change_nothing_and_are_told(void **state)
{
	char measured[sizeof(ran_out)];
	json_t *json;

	(void)state;
	write_strays();
	assert_int_equal(run(command_measure, "measure", VECTOR), STATUS_OK);
	assert_string_equal(ran_err, "");
	memcpy(measured, ran_out, sizeof(measured));
	assert_int_equal(run(command_measure, "measure", image_path), STATUS_OK);
	assert_string_equal(ran_out, measured);
	assert_says(ran_err, "offset 0x48: note: mask bits 0x10 of 2 headers are of no platform");
	assert_int_equal(run(command_inspect, "inspect", VECTOR), STATUS_OK);
	assert_null(strstr(ran_out, "stray"));
	assert_int_equal(run(command_inspect, "inspect", image_path), STATUS_OK);
	assert_says(ran_out, "\n  stray mask bits   0x10 in 2 headers, the first at offset 0x48:");
	assert_int_equal(run(command_inspect, "inspect", "--json", image_path), STATUS_OK);
	json = json_loads(ran_out, 0, NULL);
	assert_int_equal(json_integer_value(json_object_get(
				 json_object_get(json, "stray_mask_bits"), "headers")),
		2);
	json_decref(json);
}

static void usage_of_build(void **state)
{
	(void)state;
	assert_int_equal(run(command_build, "build", "--elf", elf_path), STATUS_USAGE);
	assert_says(ran_err, "--elf and --output are needed; see nacre-igvm --help");
	assert_int_equal(run(command_build, "build", "--elf", elf_path, "-o", image_path,
				 "--unchecked-kernel", "--kernel", kernel_path),
		STATUS_USAGE);
	assert_says(ran_err, "does not go with");
	assert_int_equal(run(command_build, "build", "--elf", elf_path, "-o", image_path,
				 "--append", "quiet"),
		STATUS_USAGE);
	assert_says(ran_err, "need --kernel");
	assert_int_equal(run(command_build, "build", "--elf", elf_path, "-o", image_path,
				 "--policy", "0x3000g"),
		STATUS_USAGE);
	assert_says(ran_err, "--policy takes a number, not \"0x3000g\"");
	assert_int_equal(run(command_build, "build", "--sev-features", "-1"), STATUS_USAGE);
	assert_says(ran_err, "--sev-features takes a number");
	assert_int_equal(run(command_build, "build", "--elf", "a", "-o", "b", "c"), STATUS_USAGE);
	assert_says(ran_err, "too many arguments");
	assert_int_equal(run(command_build, "build", "--no-such-option"), STATUS_USAGE);
}

static void usage_of_measure_and_inspect(void **state)
{
	(void)state;
	assert_int_equal(run(command_measure, "measure"), STATUS_USAGE);
	assert_says(ran_err, "one file is needed");
	assert_int_equal(
		run(command_measure, "measure", "--order", "random", VECTOR), STATUS_USAGE);
	assert_says(ran_err, "--order is qemu or file");
	assert_int_equal(run(command_measure, "measure", "--vmsas", "0", VECTOR), STATUS_USAGE);
	assert_says(ran_err, "--vmsas is 1 to 4096");
	assert_int_equal(
		run(command_measure, "measure", "--platform", "tdx", VECTOR), STATUS_USAGE);
	assert_says(ran_err, "--platform is snp");
	assert_int_equal(run(command_inspect, "inspect", VECTOR, VECTOR), STATUS_USAGE);
	assert_int_equal(run(command_inspect, "inspect", "--xml", VECTOR), STATUS_USAGE);
}

static void damaged_file_is_named_with_its_offset(void **state)
{
	struct buffer file = {0};

	(void)state;
	fixture_vector("min_v1.igvm", &file);
	fixture_poke(&file, fixture_find(&file, IGVM_PAGE_DATA, 1), 0x3f0, 4);
	fixture_seal(&file);
	write_file("image.igvm", file.bytes, file.size);
	buffer_free(&file);
	assert_int_equal(run(command_inspect, "inspect", image_path), STATUS_FAILED);
	assert_says(ran_err, "image.igvm: offset 0x68: header type 0x3f0 is not known\n");
	assert_string_equal(ran_out, "");
	assert_int_equal(run(command_measure, "measure", image_path), STATUS_FAILED);
	assert_int_equal(run(command_measure, "measure", "/nonexistent"), STATUS_FAILED);
	assert_says(ran_err, "cannot be opened");
}

static void id_block_is_compared(void **state)
{
	struct igvm_snp_id_block id = {.compatibility_mask = FIXTURE_SNP};

	(void)state;
	for (int round = 0; round < 2; round++) {
		struct writer writer = {0};
		struct buffer file = {0};

		fixture_platform(&writer, FIXTURE_SNP, IGVM_PLATFORM_SEV_SNP);
		writer_header(&writer, IGVM_SNP_ID_BLOCK, &id, sizeof(id), WRITER_NO_OFFSET);
		fixture_page(&writer, 0x1000, 1, 0, IGVM_PAGE_NORMAL);
		fixture_finish(&writer, &file);
		write_file("image.igvm", file.bytes, file.size);
		buffer_free(&file);
		assert_int_equal(run(command_measure, "measure", image_path), STATUS_OK);
		assert_says(ran_out, round ? "for this digest" : "for another digest");
		assert_says(ran_err, "warning: no VP_CONTEXT");
		for (size_t i = 0; i < sizeof(id.launch_digest); i++)
			sscanf(ran_out + strlen("launch digest  ") + 2 * i, "%2hhx",
				&id.launch_digest[i]);
	}
}

static void warning_about_what_qemu_refuses(void **state)
{
	struct buffer file = {0};

	(void)state;
	fixture_rich(&file);
	write_file("image.igvm", file.bytes, file.size);
	buffer_free(&file);
	assert_int_equal(run(command_measure, "measure", image_path), STATUS_OK);
	assert_says(ran_err, "warning: QEMU: refused: header DEVICE_TREE is not recognised");
	assert_int_equal(run(command_measure, "measure", "--order", "file", image_path), STATUS_OK);
	assert_string_equal(ran_err, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(build_then_inspect_then_measure),
		cmocka_unit_test(build_tells_what_a_firmware_adds),
		cmocka_unit_test(record_of_inputs_is_checked),
		cmocka_unit_test(failed_build_leaves_no_file),
		cmocka_unit_test(stray_mask_bits_change_nothing_and_are_told),
		cmocka_unit_test(usage_of_build),
		cmocka_unit_test(usage_of_measure_and_inspect),
		cmocka_unit_test(damaged_file_is_named_with_its_offset),
		cmocka_unit_test(id_block_is_compared),
		cmocka_unit_test(warning_about_what_qemu_refuses),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
