/* SPDX-License-Identifier: MIT */
/*
 * The services of the image: the measured table, their memory of the carve-out,
 * and init, which starts the others. What cannot be had is left out and said: the
 * guest does without, and nobody vouches for it.
 */
#include <string.h>

#include "ghcb.h"
#include "kernel/clock.h"
#include "kernel/image.h"
#include "kernel/log.h"
#include "kernel/panic.h"
#include "kernel/services.h"
#include "kernel/services_init.h"
#include "kernel/services_load.h"
#include "kernel/services_start.h"
#include "kernel/timer.h"

#define FILE_MAX (32 * MIB)
#define BUDGET_MAX (64 * MIB)
#define SLOT_BYTES ALIGN_UP(sizeof(struct service_slot), PAGE_SIZE)

static struct service_slot *slots[SERVICE_TABLE_MAX];
static unsigned int count; /* of slots; atomic */
static uint8_t *memory;    /* what is left of it */
static struct page_span window_span;

static const struct service_table *table(void)
{
	return &special_measured.services;
}

/* None until they are all there: other CPUs may look at any time. */
unsigned int services_count(void)
{
	return __atomic_load_n(&count, __ATOMIC_ACQUIRE);
}

struct service_slot *services_by_index(unsigned int index)
{
	return slots[index];
}

struct service_slot *services_find(uint32_t protocol)
{
	for (unsigned int i = 0; i < services_count(); i++)
		if (service_is_announced(slots[i]) && slots[i]->announcement.protocol == protocol)
			return slots[i];
	return NULL;
}

bool services_has_other(const struct service_slot *slot, uint32_t protocol)
{
	for (unsigned int i = 0; i < services_count(); i++)
		if (slots[i] != slot && slots[i]->announcement.first_version &&
			slots[i]->announcement.protocol == protocol)
			return protocol != SERVICE_NO_PROTOCOL;
	return false;
}

/* ---- Memory ---- */

static bool is_sound(const struct service_table_entry *entry)
{
	return entry->name[0] && !entry->name[SERVICE_NAME_MAX - 1] && entry->size &&
	       entry->size <= FILE_MAX && entry->memory && entry->memory <= BUDGET_MAX &&
	       entry->slice && entry->limit;
}

/* Init comes first, and what init may no other may. */
static bool has_its_place(const struct service_table_entry *entry, unsigned int index)
{
	return !strcmp(entry->name, SERVICE_INIT_NAME) == !index &&
	       !!(entry->classes & SERVICE_CLASS_BIT(SERVICE_CLASS_INIT)) == !index;
}

static void check_table(void)
{
	bool sound = table()->version == SERVICE_TABLE_VERSION &&
		     table()->count <= SERVICE_TABLE_MAX;

	for (unsigned int i = 0; sound && i < table()->count; i++)
		sound = is_sound(&table()->entries[i]) && has_its_place(&table()->entries[i], i);
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

/* ---- Starting ---- */

static void make_slot(unsigned int index)
{
	const struct service_table_entry *entry = &table()->entries[index];
	struct service_slot *slot = take(sizeof(*slot));

	*slot = (struct service_slot){
		.entry = entry,
		.payload = take(SERVICE_PAYLOAD_MAX),
		.file = take(entry->size),
		.budget = take(entry->memory),
		.end.index = index,
	};
	slots[index] = slot;
}

/* NULL, or why there will be no services at all. */
static const char *start_init(void)
{
	struct service_slot *init = slots[0];
	const char *why = service_fetch(init);

	if (!why)
		why = service_load(init);
	if (why)
		return why;
	init->state = SERVICE_RUNS;
	services_first_turns();
	return NULL;
}

void services_start(void)
{
	const char *why;

	if (!table()->count)
		return;
	clock_init();
	timer_init();
	for (unsigned int i = 0; i < table()->count; i++)
		make_slot(i);
	__atomic_store_n(&count, table()->count, __ATOMIC_RELEASE);
	why = service_files_open(&window_span);
	if (!why)
		why = start_init();
	if (why)
		log_warn("nacre: no services, since there is no init: %s", why);
	service_files_close();
}
