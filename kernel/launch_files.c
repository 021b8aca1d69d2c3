/* SPDX-License-Identifier: MIT */
/*
 * The files of a direct boot; see launch_files.h. Sizes are read once and
 * bounded; content is hashed as it arrives, from private memory.
 */
#include "kernel/launch_files.h"
#include "ghcb.h"
#include "kernel/frames.h"
#include "kernel/image.h"
#include "kernel/log.h"
#include "kernel/panic.h"
#include "lib/sha256.h"

static bool unchecked(void)
{
	return special_measured.digests.flags & LAUNCH_FLAG_UNCHECKED;
}

static void need(enum fw_cfg_error error, const char *what)
{
	if (error)
		give_up(TERM_NACRE_GUEST_IMAGE, "fw_cfg: %s: %s", what, fw_cfg_error_text(error));
}

static uint32_t read_size(struct launch_files *files, uint16_t item, uint64_t max, const char *what)
{
	uint32_t size;

	need(fw_cfg_read_u32(&files->fw_cfg, item, &size), what);
	if (size > max)
		give_up(TERM_NACRE_GUEST_IMAGE,
			"the host's %s has %u bytes, at most %lu can be used", what, size, max);
	return size;
}

static void check_size(const char *what, uint64_t size, uint64_t expected)
{
	if (!unchecked() && size != expected)
		give_up(TERM_NACRE_DIGEST, "the %s has %lu bytes, this image was made for %lu",
			what, size, expected);
}

static void check_sizes(const struct launch_files *files)
{
	if (special_measured.digests.version != LAUNCH_DIGESTS_VERSION)
		give_up(TERM_NACRE_DIGEST, "digests of unknown version %u",
			special_measured.digests.version);
	check_size("kernel", (uint64_t)files->setup_bytes + files->kernel_bytes,
		special_measured.digests.kernel_size);
	check_size("initramfs", files->initrd_bytes, special_measured.digests.initrd_size);
	check_size("command line", files->cmdline_bytes, special_measured.digests.cmdline_size);
}

void launch_files_open(struct launch_files *files, const struct fw_cfg_window *window)
{
	need(fw_cfg_init(&files->fw_cfg, window), "device");
	files->setup_bytes = read_size(
		files, FW_CFG_SETUP_SIZE, LINUX_MAX_SETUP_BYTES, "kernel setup part");
	files->kernel_bytes = read_size(files, FW_CFG_KERNEL_SIZE, LINUX_MAX_IMAGE_BYTES, "kernel");
	files->initrd_bytes = read_size(
		files, FW_CFG_INITRD_SIZE, LINUX_MAX_INITRD_BYTES, "initramfs");
	files->cmdline_bytes = read_size(
		files, FW_CFG_CMDLINE_SIZE, LINUX_MAX_CMDLINE_BYTES, "command line");
	if (!files->setup_bytes || !files->kernel_bytes)
		give_up(TERM_NACRE_GUEST_IMAGE, "the host offers no kernel");
	check_sizes(files);
	files->setup = frames_need(LINUX_MAX_SETUP_BYTES / PAGE_SIZE);
	need(fw_cfg_read(&files->fw_cfg, FW_CFG_SETUP_DATA, files->setup, files->setup_bytes, NULL,
		     NULL),
		"kernel setup part");
}

static void hash_chunk(void *arg, const void *chunk, size_t size)
{
	sha256_update(arg, chunk, size);
}

static void check_digest(
	const char *what, struct sha256_ctx *ctx, const uint8_t expected[SHA256_SIZE])
{
	uint8_t digest[SHA256_SIZE];

	sha256_finish(ctx, digest);
	if (!unchecked() && !sha256_equal(digest, expected))
		give_up(TERM_NACRE_DIGEST, "the %s differs from the one this image was made for",
			what);
}

/* Reads one item to @dest and compares what @ctx has seen in the end. */
static void load(struct launch_files *files, uint16_t item, void *dest, uint32_t size,
	struct sha256_ctx *ctx, const char *what, const uint8_t expected[SHA256_SIZE])
{
	fw_cfg_chunk_fn on_chunk = unchecked() ? NULL : hash_chunk;

	if (size)
		need(fw_cfg_read(&files->fw_cfg, item, dest, size, on_chunk, ctx), what);
	check_digest(what, ctx, expected);
}

void launch_files_load(struct launch_files *files, void *kernel, void *initrd, char *cmdline)
{
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	if (!unchecked())
		sha256_update(&ctx, files->setup, files->setup_bytes);
	load(files, FW_CFG_KERNEL_DATA, kernel, files->kernel_bytes, &ctx, "kernel",
		special_measured.digests.kernel);
	sha256_init(&ctx);
	load(files, FW_CFG_INITRD_DATA, initrd, files->initrd_bytes, &ctx, "initramfs",
		special_measured.digests.initrd);
	sha256_init(&ctx);
	load(files, FW_CFG_CMDLINE_DATA, cmdline, files->cmdline_bytes, &ctx, "command line",
		special_measured.digests.cmdline);
}
