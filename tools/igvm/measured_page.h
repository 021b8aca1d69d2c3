/* SPDX-License-Identifier: MIT */
/*
 * The measured page of a file (struct launch_measured): what firmware the image starts
 * and which services it has. For the inspector and for reference values.
 */
#ifndef NACRE_TOOLS_MEASURED_PAGE_H
#define NACRE_TOOLS_MEASURED_PAGE_H

#include "launch.h"
#include "parse.h"

/*
 * Finds the page among the measured ones of @file, by its form: no header says which one
 * it is. False, and @measured is all zeros, if there is none with a firmware or services,
 * or SEV-SNP cannot launch the file.
 */
MUST_CHECK bool measured_page_find(const struct igvm_file *file, struct launch_measured *measured);

#endif
