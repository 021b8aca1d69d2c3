/* SPDX-License-Identifier: MIT */
/*
 * From an ELF file with a launch note to an IGVM file for SEV-SNP.
 */
#ifndef NACRE_TOOLS_BUILD_H
#define NACRE_TOOLS_BUILD_H

#include "tools/common/buffer.h"
#include "elf_image.h"
#include "tools/common/error.h"
#include "firmware.h"
#include "service_table.h"

/* What the measured digests page says about the directly booted kernel. */
enum build_kernel {
	BUILD_KERNEL_NONE,      /* none; an image with such a page needs a firmware then */
	BUILD_KERNEL_CHECKED,   /* digests of kernel, initrd and command line */
	BUILD_KERNEL_UNCHECKED, /* development: LAUNCH_FLAG_UNCHECKED */
};

struct build_options {
	uint64_t policy; /* SNP guest policy */
	bool override_sev_features;
	uint64_t sev_features; /* instead of the note's, if overridden */
	enum build_kernel mode;
	struct blob kernel, initrd;      /* of BUILD_KERNEL_CHECKED */
	const char *append;              /* command line; never NULL if checked */
	const struct firmware *firmware; /* instead of a kernel, or NULL */
	struct service_table services;   /* all zero: none */
	struct blob inputs;              /* record of build inputs (inputs.h); size 0: none */
};

#define BUILD_DEFAULT_POLICY 0x30000ULL

/*
 * Fills @out, which the caller releases. The same input gives the same bytes.
 * An offset in @error is one in the ELF file. The inputs must have been checked.
 */
MUST_CHECK bool igvm_build(const struct blob *elf, const struct build_options *options,
	struct buffer *out, struct tool_error *error);

/* The content of the digests page for @options. */
void build_digests(const struct build_options *options, struct launch_digests *digests);

#endif
