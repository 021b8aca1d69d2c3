/* SPDX-License-Identifier: MIT */
/*
 * ELF for x86-64 (System V gABI, chapters 4 and 5): what the loader of services
 * reads of a file and tells the program of it.
 */
#ifndef NACRE_ELF_ABI_H
#define NACRE_ELF_ABI_H

#include "compiler.h"

#define ELF_MAGIC 0x464c457fU
#define ELF_CLASS_64 2
#define ELF_LITTLE_ENDIAN 1
#define ELF_VERSION 1
#define ELF_TYPE_DYN 3
#define ELF_MACHINE_X86_64 62

struct elf_header {
	uint32_t magic;
	uint8_t class, data, ident_version, os_abi;
	uint8_t padding[8];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, phoff, shoff;
	uint32_t flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};
ASSERT_SIZE(struct elf_header, 64);

enum elf_segment_type {
	ELF_PT_LOAD = 1,
	ELF_PT_DYNAMIC = 2,
	ELF_PT_INTERP = 3,
	ELF_PT_GNU_STACK = 0x6474e551,
};

#define ELF_PF_X 1U
#define ELF_PF_W 2U
#define ELF_PF_R 4U

struct elf_program_header {
	uint32_t type, flags;
	uint64_t offset, vaddr, paddr, filesz, memsz, align;
};
ASSERT_SIZE(struct elf_program_header, 56);

enum elf_dynamic_tag {
	ELF_DT_NULL = 0,
	ELF_DT_NEEDED = 1,
	ELF_DT_TEXTREL = 22,
	ELF_DT_FLAGS = 30,
};
#define ELF_DF_TEXTREL 4U

struct elf_dynamic {
	uint64_t tag, value;
};

/* Auxiliary vector of a Linux program. */
enum elf_auxv {
	ELF_AT_NULL = 0,
	ELF_AT_PHDR = 3,
	ELF_AT_PHENT = 4,
	ELF_AT_PHNUM = 5,
	ELF_AT_PAGESZ = 6,
	ELF_AT_ENTRY = 9,
	ELF_AT_SECURE = 23,
	ELF_AT_RANDOM = 25,
};

#endif
