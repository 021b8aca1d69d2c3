/* SPDX-License-Identifier: MIT */
/*
 * Usage: spoil elf KIND GOOD BAD     a copy of a service's file, wrong in one way
 *        spoil table IMAGE NAME FILE gives the table's entry NAME the digest of FILE
 *
 * For tests/services/check-refusals: nacre-igvm makes no image of a file that the
 * kernel would refuse, so its table is changed afterwards. All files are of one size.
 */
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elf_abi.h"
#include "service_table.h"

struct bytes {
	uint8_t *data;
	size_t size;
};

static void fail(const char *what, const char *with)
{
	fprintf(stderr, "spoil: %s: %s\n", what, with);
	exit(2);
}

static struct bytes read_file(const char *path)
{
	struct bytes file = {0};
	FILE *stream = fopen(path, "rb");

	if (!stream || fseek(stream, 0, SEEK_END))
		fail("cannot read", path);
	file.size = (size_t)ftell(stream);
	file.data = malloc(file.size + 1);
	rewind(stream);
	if (!file.data || fread(file.data, 1, file.size, stream) != file.size)
		fail("cannot read", path);
	fclose(stream);
	return file;
}

static void write_file(const char *path, const struct bytes *file)
{
	FILE *stream = fopen(path, "wb");

	if (!stream || fwrite(file->data, 1, file->size, stream) != file->size || fclose(stream))
		fail("cannot write", path);
}

/* ---- ELF ---- */

/* The @nth header of @type that has all of @flags. */
static struct elf_program_header *find(
	const struct bytes *file, uint32_t type, uint32_t flags, unsigned int nth)
{
	struct elf_header *header = (struct elf_header *)file->data;
	struct elf_program_header *all = (struct elf_program_header *)(file->data + header->phoff);

	for (unsigned int i = 0; i < header->phnum; i++)
		if (all[i].type == type && (all[i].flags & flags) == flags && !nth--)
			return &all[i];
	fail("no such program header in", "the good file");
	return NULL;
}

static void spoil(const struct bytes *file, const char *kind)
{
	struct elf_header *header = (struct elf_header *)file->data;

	if (!strcmp(kind, "rights"))
		find(file, ELF_PT_LOAD, ELF_PF_X, 0)->flags |= ELF_PF_W;
	else if (!strcmp(kind, "stack"))
		find(file, ELF_PT_GNU_STACK, 0, 0)->flags |= ELF_PF_X;
	else if (!strcmp(kind, "overlap"))
		find(file, ELF_PT_LOAD, ELF_PF_X, 0)->vaddr = find(file, ELF_PT_LOAD, 0, 0)->vaddr;
	else if (!strcmp(kind, "interpreter"))
		find(file, ELF_PT_GNU_STACK, 0, 0)->type = ELF_PT_INTERP;
	else if (!strcmp(kind, "span"))
		find(file, ELF_PT_LOAD, ELF_PF_W, 0)->memsz = 1UL << 40;
	else if (!strcmp(kind, "outside"))
		find(file, ELF_PT_LOAD, ELF_PF_W, 0)->offset = 1UL << 40;
	else if (!strcmp(kind, "entry"))
		header->entry = find(file, ELF_PT_LOAD, ELF_PF_W, 0)->vaddr;
	else if (!strcmp(kind, "no-elf"))
		header->magic = 0;
	else
		fail("no such kind", kind);
}

/* ---- The table ---- */

static void change_table(const char *path, const char *name, const char *with)
{
	struct bytes image = read_file(path), file = read_file(with);
	char wanted[SERVICE_NAME_MAX] = "";
	unsigned int found = 0;

	strncpy(wanted, name, sizeof(wanted) - 1);
	for (size_t at = 0; at + sizeof(struct service_table_entry) <= image.size; at++) {
		struct service_table_entry entry;

		memcpy(&entry, image.data + at, sizeof(entry));
		if (memcmp(entry.name, wanted, sizeof(wanted)) || entry.size != file.size)
			continue;
		SHA256(file.data, file.size, entry.sha256);
		memcpy(image.data + at, &entry, sizeof(entry));
		found++;
	}
	if (found != 1)
		fail("not one entry in the table of services", name);
	write_file(path, &image);
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "elf")) {
		struct bytes file = read_file(argv[3]);

		spoil(&file, argv[2]);
		write_file(argv[4], &file);
	} else if (argc == 5 && !strcmp(argv[1], "table")) {
		change_table(argv[2], argv[3], argv[4]);
	} else {
		fail("wrong use", "see the head of its source");
	}
	return 0;
}
