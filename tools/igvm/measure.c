/* SPDX-License-Identifier: MIT */
/*
 * The chain of PAGE_INFO structures whose last hash is the launch digest.
 */
#include "measure.h"

#include "tools/common/hash.h"

static void hash_contents(const struct launch_page *page, uint8_t digest[SHA384_SIZE])
{
	static const uint8_t zeros[PAGE_SIZE];

	if (page->type == SNP_PAGE_NORMAL || page->type == SNP_PAGE_VMSA)
		sha384(page->data ? page->data : zeros, PAGE_SIZE, digest);
}

void snp_digest_page(struct snp_digest *digest, const struct launch_page *page)
{
	struct snp_page_info info = {
		.length = sizeof(info), .page_type = (uint8_t)page->type, .gpa = page->gpa};

	memcpy(info.digest, digest->value, sizeof(info.digest));
	hash_contents(page, info.contents);
	sha384(&info, sizeof(info), digest->value);
}

static bool add_page(void *context, const struct launch_page *page)
{
	snp_digest_page(context, page);
	return true;
}

bool igvm_measure(const struct igvm_file *file, const struct launch_options *options,
	struct snp_digest *digest, struct tool_error *error)
{
	*digest = (struct snp_digest){{0}};
	return launch_walk(file, options, add_page, digest, error);
}
