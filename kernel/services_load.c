/* SPDX-License-Identifier: MIT */
/*
 * See services_load.h. The window to the host is open only while files are
 * fetched; what has come through it is hashed in private memory and compared
 * with the measured table before anybody looks at it.
 */
#include <string.h>

#include "drivers/fw_cfg.h"
#include "kernel/elf_load.h"
#include "kernel/layout.h"
#include "kernel/paging.h"
#include "kernel/services.h"
#include "kernel/services_load.h"
#include "lib/printf.h"
#include "lib/sha256.h"

#define FILE_PREFIX "opt/org.nacre/service/"

static_assert(sizeof(FILE_PREFIX) + SERVICE_NAME_MAX <= FW_CFG_NAME_SIZE, "fits fw_cfg's names");

static struct fw_cfg_window window;
static struct fw_cfg fw_cfg;
static bool is_open;

/* ---- Files ---- */

/* Neither private nor validated until now, and shared for good. */
const char *service_files_open(const struct page_span *span)
{
	enum fw_cfg_error error;

	if (!platform_facts()->memory_is_shared)
		platform_make_shared(span, 1);
	paging_map((struct va){VA_TRANSFER}, span->base, span->size, MAP_DATA);
	for (uint64_t at = 0; at < span->size; at += PAGE_SIZE)
		paging_set_shared((struct va){VA_TRANSFER + at});
	window = (struct fw_cfg_window){
		.va = (void *)VA_TRANSFER, .gpa = span->base, .size = span->size};
	error = fw_cfg_init(&fw_cfg, &window);
	is_open = !error;
	return error ? fw_cfg_error_text(error) : NULL;
}

void service_files_close(void)
{
	is_open = false;
	paging_unmap((struct va){VA_TRANSFER}, window.size);
}

static void hash_chunk(void *arg, const void *chunk, size_t size)
{
	sha256_update(arg, chunk, size);
}

static const char *read_file(const struct service_table_entry *entry, uint8_t *file)
{
	char name[FW_CFG_NAME_SIZE];
	uint8_t digest[SHA256_SIZE];
	struct sha256_ctx ctx;
	uint16_t selector;
	uint32_t size;
	enum fw_cfg_error error;

	format(name, sizeof(name), FILE_PREFIX "%s", entry->name);
	error = fw_cfg_find(&fw_cfg, name, &selector, &size);
	if (!error && size != entry->size)
		return "its file has another size than the measured one";
	sha256_init(&ctx);
	if (!error)
		error = fw_cfg_read(&fw_cfg, selector, file, size, hash_chunk, &ctx);
	sha256_finish(&ctx, digest);
	if (error)
		return fw_cfg_error_text(error);
	return sha256_equal(digest, entry->sha256) ? NULL : "its file is not the measured one";
}

const char *service_fetch(struct service_slot *slot)
{
	const char *why;

	if (slot->fetched)
		return NULL;
	why = is_open ? read_file(slot->entry, slot->file) : "files are no longer read";
	slot->fetched = !why;
	return why;
}

/* ---- Programs ---- */

static uint64_t budget_of(const struct service_slot *slot)
{
	return ALIGN_UP(slot->entry->memory, PAGE_SIZE);
}

static void forget_the_last_run(struct service_slot *slot)
{
	slot->has_request = slot->has_taken = false;
	slot->caller.vcpu = NULL;
	slot->time.used = 0;
	slot->waits_for = SERVICE_WAITS_FOR_REQUEST;
	slot->awaited = 0;
	slot->buried = false;
	slot->memory_told = 0;
	memset(&slot->complaints, 0, sizeof(slot->complaints));
}

const char *service_load(struct service_slot *slot)
{
	struct elf_start start;
	struct elf_plan plan;
	enum elf_error error = elf_plan(slot->file, slot->entry->size, &plan);

	if (error)
		return elf_error_text(error);
	if (!space_create(&slot->space, slot->budget, budget_of(slot) / PAGE_SIZE) ||
		!elf_load(&slot->space, slot->file, &plan, slot->entry->name, &start))
		return "its memory is too small to load it";
	slot->heap = slot->heap_end = start.heap;
	slot->arena = start.arena;
	slot->stack = start.stack;
	task_start(&slot->task, space_cr3(&slot->space), start.rip, start.rsp);
	forget_the_last_run(slot);
	return NULL;
}

void service_wipe(struct service_slot *slot)
{
	memset(slot->budget, 0, budget_of(slot));
	memset(&slot->task, 0, sizeof(slot->task));
	memset(slot->payload, 0, SERVICE_PAYLOAD_MAX);
}
