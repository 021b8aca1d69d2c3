/* SPDX-License-Identifier: MIT */
/*
 * What programs for ring 3 begin with, in tests: the header of an ELF file that the
 * loader takes, with its program headers right behind it.
 */
#ifndef NACRE_ELF_FIXTURE_H
#define NACRE_ELF_FIXTURE_H

#include "elf_abi.h"

static inline struct elf_header elf_fixture_header(uint16_t count, uint64_t entry)
{
	return (struct elf_header){
		.magic = ELF_MAGIC,
		.class = ELF_CLASS_64,
		.data = ELF_LITTLE_ENDIAN,
		.ident_version = ELF_VERSION,
		.type = ELF_TYPE_DYN,
		.machine = ELF_MACHINE_X86_64,
		.entry = entry,
		.phoff = sizeof(struct elf_header),
		.phentsize = sizeof(struct elf_program_header),
		.phnum = count,
	};
}

#endif
