/* SPDX-License-Identifier: MIT */
/*
 * Direct boot of a Linux bzImage by its 64-bit entry: check the image's header,
 * plan where everything goes in the guest's memory, fill the pages that
 * hand over. Pure functions over buffers; addresses are guest-physical numbers.
 * Guest launch calls them in the order in which they stand here.
 */
#ifndef NACRE_KERNEL_LINUX_BOOT_H
#define NACRE_KERNEL_LINUX_BOOT_H

#include "compiler.h"
#include "snp.h"

/* The header needs this much of the file's beginning, wherever setup ends. */
#define LINUX_HEADER_BYTES 0x280U
#define LINUX_MAX_SETUP_BYTES ((255U + 1) * 512)
#define LINUX_MAX_IMAGE_BYTES (256ULL * MIB)
#define LINUX_MAX_INITRD_BYTES (2ULL * GIB)
#define LINUX_MAX_CMDLINE_BYTES 4096U /* with the NUL */
#define LINUX_MAX_RANGES 64U

enum linux_boot_error {
	LINUX_BOOT_OK = 0,
	LINUX_BOOT_TRUNCATED,      /* shorter than its own header says */
	LINUX_BOOT_NO_MAGIC,       /* not a bzImage */
	LINUX_BOOT_OLD_PROTOCOL,   /* boot protocol before 2.12 */
	LINUX_BOOT_NOT_64BIT,      /* no 64-bit entry */
	LINUX_BOOT_BAD_SETUP_SIZE, /* setup part differs from setup_sects */
	LINUX_BOOT_BAD_SIZE,       /* image or init_size out of bounds */
	LINUX_BOOT_BAD_ALIGNMENT,  /* kernel_alignment or pref_address unusable */
	LINUX_BOOT_BAD_CMDLINE,    /* too long for this kernel, or not one string */
	LINUX_BOOT_BAD_INITRD,     /* larger than any place for it */
	LINUX_BOOT_BAD_RAM,        /* unsorted, overlapping or wrapping ranges */
	LINUX_BOOT_NO_ROOM_KERNEL,
	LINUX_BOOT_NO_ROOM_INITRD,
	LINUX_BOOT_NO_ROOM_PAGES, /* no room for the hand-over pages */
	LINUX_BOOT_E820_FULL,     /* more than 128 entries */
};

/* What a checked header says. */
struct linux_image {
	uint64_t setup_bytes;  /* (setup_sects + 1) * 512 */
	uint64_t kernel_bytes; /* the rest of the file; loaded at plan.kernel */
	uint64_t init_size;    /* memory from the load address that the kernel uses */
	uint64_t pref_address;
	uint64_t alignment;
	uint64_t initrd_max;  /* highest address of the initramfs's last byte */
	uint32_t cmdline_max; /* bytes without the NUL */
	uint16_t version;
	bool relocatable;
	uint32_t header_bytes; /* of the setup header, from offset 1f1h */
};

/*
 * Checks the header in @setup, the first @setup_bytes bytes of the file (the
 * fw_cfg setup item, whole), of which @kernel_bytes more follow.
 */
MUST_CHECK enum linux_boot_error linux_image_parse(
	const void *setup, uint64_t setup_bytes, uint64_t kernel_bytes, struct linux_image *image);

struct guest_range {
	uint64_t base, size; /* bytes; page-aligned */
};

/* What the plan is made from. Ranges are sorted and do not overlap each other. */
struct linux_boot_input {
	const struct linux_image *image;
	uint64_t initrd_bytes;  /* 0: none */
	uint32_t cmdline_bytes; /* with the NUL; 0: none */
	uint64_t acpi_bytes;    /* room to keep for ACPI tables */
	const struct guest_range *ram;
	unsigned int ram_count;
	const struct guest_range *reserved; /* may lie in RAM; never given to the guest */
	unsigned int reserved_count;
};

/*
 * Where things go. Everything is below 4 GiB, page-aligned, apart from each
 * other, inside RAM, outside the reserved ranges and outside the first MiB.
 * [area, area + area_bytes) holds the hand-over pages named after it: what is
 * read once lies first and is RAM to the guest, from `secrets` on it is reserved
 * in the guest's memory map, ACPI tables as ACPI data.
 */
struct linux_boot_plan {
	uint64_t kernel;       /* load address of the part after setup */
	uint64_t kernel_bytes; /* what the kernel may use from there before it reads e820 */
	uint64_t initrd, initrd_bytes;
	uint64_t area, area_bytes;
	uint64_t boot_params;      /* 1 page */
	uint64_t cmdline;          /* LINUX_MAX_CMDLINE_BYTES, 1 page */
	uint64_t cc;               /* 1 page: setup_data, CC blob, GDT */
	uint64_t page_tables;      /* LINUX_PAGE_TABLE_PAGES pages */
	uint64_t secrets;          /* 1 page, kernel/guest_pages.h */
	uint64_t cpuid;            /* 1 page */
	uint64_t calling_area;     /* 1 page, the first vCPU's */
	uint64_t acpi, acpi_bytes; /* kernel/acpi.h */
};

#define LINUX_PAGE_TABLE_PAGES 6U

MUST_CHECK enum linux_boot_error linux_boot_plan(
	const struct linux_boot_input *input, struct linux_boot_plan *plan);

/* Checks that a command line of @bytes is one string that this kernel takes. */
MUST_CHECK enum linux_boot_error linux_cmdline_check(
	const struct linux_image *image, const char *cmdline, uint32_t bytes);

/*
 * Fills the boot_params page at @page ("zero page"): setup header, e820 map,
 * initramfs, command line, ACPI and setup_data pointers. @setup is the checked
 * setup part. What the map calls RAM (all RAM but reserved ranges, the area and
 * A0000h-FFFFFh) must be validated and the guest's before it runs, and so must
 * the area, whose pages it reads.
 */
MUST_CHECK enum linux_boot_error linux_boot_fill_params(void *page, const void *setup,
	const struct linux_boot_input *input, const struct linux_boot_plan *plan);

/* Fills the page at plan->cc: setup_data of type SETUP_CC_BLOB, the blob, a GDT. */
void linux_boot_fill_cc(void *page, const struct linux_boot_plan *plan);

/*
 * Fills the initial page tables: the low 4 GiB mapped to themselves in 2 MiB
 * pages, all private. @c_bit is the mask of the C-bit.
 */
void linux_boot_fill_page_tables(void *pages, const struct linux_boot_plan *plan, uint64_t c_bit);

/*
 * Fills the save area of the first vCPU: 64-bit mode at the kernel's entry, by
 * the boot protocol's register rules.
 */
void linux_boot_fill_vmsa(struct vmsa *vmsa, const struct linux_boot_plan *plan, uint64_t c_bit,
	unsigned int vmpl, uint64_t sev_features);

/* What is wrong, for a message to the person at the console. */
const char *linux_boot_error_text(enum linux_boot_error error);

#endif
