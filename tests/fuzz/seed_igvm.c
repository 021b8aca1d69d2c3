/* SPDX-License-Identifier: MIT */
/*
 * Writes the first inputs of the IGVM fuzz target into the folder given: the
 * fixtures of the unit tests, an IGVM file with every header type and an ELF
 * file that the builder takes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/igvm_fixture.h"

static bool write_seed(const char *folder, const char *name, const struct buffer *seed)
{
	char path[512];
	FILE *file;
	bool written;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "wb");
	if (!file)
		return false;
	written = fwrite(seed->bytes, 1, seed->size, file) == seed->size;
	return fclose(file) == 0 && written;
}

int main(int argc, char **argv)
{
	struct buffer igvm = {0};
	struct fixture_elf elf;
	bool written;

	if (argc != 2) {
		fprintf(stderr, "usage: seed_igvm FOLDER\n");
		return 2;
	}
	fixture_rich(&igvm);
	fixture_elf(&elf);
	written = write_seed(argv[1], "every-header.igvm", &igvm) &&
		  write_seed(argv[1], "image.elf", &elf.file);
	buffer_free(&igvm);
	buffer_free(&elf.file);
	if (!written)
		perror(argv[1]);
	return !written;
}
