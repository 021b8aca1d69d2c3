/* SPDX-License-Identifier: MIT */
/*
 * The services of the image, from the measured table to their first wait:
 * memory of the carve-out, files by fw_cfg, digests, programs. What cannot be
 * had is left out and said: the guest does without, and nobody vouches for it.
 */
#include <string.h>

#include "drivers/fw_cfg.h"
#include "ghcb.h"
#include "kernel/clock.h"
#include "kernel/elf_load.h"
#include "kernel/frames.h"
#include "kernel/image.h"
#include "kernel/log.h"
#include "kernel/paging.h"
#include "kernel/panic.h"
#include "kernel/services.h"
#include "kernel/services_start.h"
#include "kernel/timer.h"
#include "lib/printf.h"
#include "lib/sha256.h"
#include "platform.h"

#define FILE_PREFIX "opt/org.nacre/service/"
#define FILE_MAX (32 * MIB)
#define BUDGET_MAX (64 * MIB)
#define SLOT_BYTES ALIGN_UP(sizeof(struct service_slot), PAGE_SIZE)

static_assert(sizeof(FILE_PREFIX) + SERVICE_NAME_MAX <= FW_CFG_NAME_SIZE, "fits fw_cfg's names");

static struct service_slot *slots[SERVICE_TABLE_MAX];
static uint8_t *memory; /* what is left of it */
static struct page_span window_span;

static const struct service_table *table(void)
{
	return &special_measured.services;
}

unsigned int services_count(void)
{
	return table()->count;
}

struct service_slot *services_by_index(unsigned int index)
{
	return slots[index];
}

struct service_slot *services_find(uint32_t protocol)
{
	for (unsigned int i = 0; i < table()->count; i++)
		if (slots[i] && slots[i]->announced && slots[i]->announcement.protocol == protocol)
			return slots[i];
	return NULL;
}

/* ---- Memory ---- */

static bool is_sound(const struct service_table_entry *entry)
{
	return entry->name[0] && !entry->name[SERVICE_NAME_MAX - 1] && entry->size &&
	       entry->size <= FILE_MAX && entry->memory && entry->memory <= BUDGET_MAX &&
	       entry->slice && entry->limit;
}

static void check_table(void)
{
	bool sound = table()->version == SERVICE_TABLE_VERSION &&
		     table()->count <= SERVICE_TABLE_MAX;

	for (unsigned int i = 0; sound && i < table()->count; i++)
		sound = is_sound(&table()->entries[i]);
	if (!sound)
		give_up(TERM_NACRE_PARAMETERS, "the measured table of services is wrong");
}

static uint64_t footprint_of(const struct service_table_entry *entry)
{
	return SLOT_BYTES + SERVICE_PAYLOAD_MAX + ALIGN_UP(entry->size, PAGE_SIZE) +
	       ALIGN_UP(entry->memory, PAGE_SIZE);
}

uint64_t services_footprint(void)
{
	uint64_t bytes = 0;

	if (!table()->count)
		return 0;
	check_table();
	for (unsigned int i = 0; i < table()->count; i++)
		bytes += footprint_of(&table()->entries[i]);
	return bytes;
}

void services_set_memory(void *start, const struct page_span *window)
{
	memory = start;
	window_span = *window;
}

static void *take(uint64_t bytes)
{
	void *start = memory;

	memory += ALIGN_UP(bytes, PAGE_SIZE);
	return start;
}

/* ---- Files ---- */

/* Neither private nor validated until now, and shared for good. */
static void open_window(struct fw_cfg_window *window)
{
	if (!platform_facts()->memory_is_shared)
		platform_make_shared(&window_span, 1);
	paging_map((struct va){VA_TRANSFER}, window_span.base, window_span.size, MAP_DATA);
	for (uint64_t at = 0; at < window_span.size; at += PAGE_SIZE)
		paging_set_shared((struct va){VA_TRANSFER + at});
	*window = (struct fw_cfg_window){
		.va = (void *)VA_TRANSFER, .gpa = window_span.base, .size = window_span.size};
}

static void hash_chunk(void *arg, const void *chunk, size_t size)
{
	sha256_update(arg, chunk, size);
}

/* NULL if it is there, and the measured one. */
static const char *read_file(
	struct fw_cfg *fw_cfg, const struct service_table_entry *entry, uint8_t *file)
{
	char name[FW_CFG_NAME_SIZE];
	uint8_t digest[SHA256_SIZE];
	struct sha256_ctx ctx;
	uint16_t selector;
	uint32_t size;
	enum fw_cfg_error error;

	format(name, sizeof(name), FILE_PREFIX "%s", entry->name);
	error = fw_cfg_find(fw_cfg, name, &selector, &size);
	if (!error && size != entry->size)
		return "its file has another size than the measured one";
	sha256_init(&ctx);
	if (!error)
		error = fw_cfg_read(fw_cfg, selector, file, size, hash_chunk, &ctx);
	sha256_finish(&ctx, digest);
	if (error)
		return fw_cfg_error_text(error);
	return sha256_equal(digest, entry->sha256) ? NULL : "its file is not the measured one";
}

/* ---- Programs ---- */

static const char *load(struct service_slot *slot, void *budget)
{
	struct elf_start start;
	struct elf_plan plan;
	enum elf_error error = elf_plan(slot->file, slot->entry->size, &plan);

	if (error)
		return elf_error_text(error);
	if (!space_create(
		    &slot->space, budget, ALIGN_UP(slot->entry->memory, PAGE_SIZE) / PAGE_SIZE) ||
		!elf_load(&slot->space, slot->file, &plan, slot->entry->name, &start))
		return "its memory is too small to load it";
	slot->heap = slot->heap_end = start.heap;
	slot->arena = start.arena;
	task_start(&slot->task, space_cr3(&slot->space), start.rip, start.rsp);
	return NULL;
}

static void start(struct fw_cfg *fw_cfg, unsigned int index)
{
	const struct service_table_entry *entry = &table()->entries[index];
	struct service_slot *slot = take(sizeof(*slot));
	uint8_t *payload = take(SERVICE_PAYLOAD_MAX), *file = take(entry->size);
	const char *why;

	*slot = (struct service_slot){
		.entry = entry, .payload = payload, .file = file, .end.index = index};
	why = read_file(fw_cfg, entry, file);
	if (!why)
		why = load(slot, take(entry->memory));
	slots[index] = slot;
	if (why) {
		slot->state = SERVICE_ENDED;
		log_warn("nacre: service %s is left out: %s", entry->name, why);
		return;
	}
	service_begin(slot);
}

void services_start(void)
{
	struct fw_cfg_window window;
	struct fw_cfg fw_cfg;
	enum fw_cfg_error error;

	if (!table()->count)
		return;
	clock_init();
	timer_init();
	open_window(&window);
	error = fw_cfg_init(&fw_cfg, &window);
	if (error)
		log_warn("nacre: no services: %s", fw_cfg_error_text(error));
	for (unsigned int i = 0; !error && i < table()->count; i++)
		start(&fw_cfg, i);
	paging_unmap((struct va){VA_TRANSFER}, window_span.size);
}
