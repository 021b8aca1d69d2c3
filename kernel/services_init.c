/* SPDX-License-Identifier: MIT */
/*
 * See services_init.h. What is started and when is init's to say; that a service
 * with attested state never runs twice is not, nor that every crash loop ends.
 */
#include "kernel/services_init.h"
#include "kernel/attention.h"
#include "kernel/index_mask.h"
#include "kernel/log.h"
#include "kernel/services.h"
#include "kernel/services_load.h"
#include "syscalls/syscalls.h"

static uint32_t turn_taken; /* atomic */

static enum service_state state_of(const struct service_slot *slot)
{
	return (enum service_state)__atomic_load_n(&slot->state, __ATOMIC_ACQUIRE);
}

/* ---- What init may ask for ---- */

bool services_any_end(void)
{
	for (unsigned int i = 1; i < services_count(); i++)
		if (services_by_index(i)->is_news)
			return true;
	return false;
}

bool services_next_end(struct service_end *end)
{
	for (unsigned int i = 1; i < services_count(); i++) {
		struct service_slot *slot = services_by_index(i);

		if (!slot->is_news)
			continue;
		slot->is_news = false;
		*end = slot->end;
		return true;
	}
	return false;
}

static int64_t may_start(const struct service_slot *slot)
{
	enum service_state state = state_of(slot);

	if (state == SERVICE_RUNS || state == SERVICE_WAITS)
		return -CALL_EBUSY;
	if (state == SERVICE_ENDED && slot->entry->at_end != SERVICE_END_RESTART)
		return -CALL_EPERM;
	if (state == SERVICE_ENDED && !slot->buried)
		return -CALL_EBUSY;
	return slot->starts < SERVICE_STARTS_MAX ? 0 : -CALL_EPERM;
}

static int64_t fetch_and_load(struct service_slot *slot)
{
	const char *why = service_fetch(slot);
	int64_t error = why ? -CALL_EACCES : 0;

	if (!why) {
		why = service_load(slot);
		error = why ? -CALL_ENOEXEC : 0;
	}
	if (why)
		log_warn("nacre: service %s is left out: %s", slot->entry->name, why);
	return error;
}

int64_t services_start_one(uint64_t index)
{
	struct service_slot *slot;
	int64_t error;

	if (!index)
		return -CALL_EINVAL;
	if (index >= services_count())
		return -CALL_ENOENT;
	slot = services_by_index((unsigned int)(index & index_mask(index, services_count())));
	error = may_start(slot);
	if (error)
		return error;
	slot->starts++;
	error = fetch_and_load(slot);
	if (error)
		return error;
	__atomic_store_n(&slot->state, SERVICE_RUNS, __ATOMIC_RELEASE);
	attention_want(ATTENTION_INIT);
	return 0;
}

/* ---- Turns ---- */

/* Whoever called a service that has ended may still hold it: then at the next turn. */
static void bury(struct service_slot *slot)
{
	if (state_of(slot) != SERVICE_ENDED || slot->buried)
		return;
	if (!service_hold(slot)) {
		attention_want(ATTENTION_INIT);
		return;
	}
	service_wipe(slot);
	slot->buried = slot->is_news = true;
	service_release(slot);
}

/* What is left of it is for the next turn. */
static void run_a_slice(struct service_slot *slot)
{
	service_resume(slot);
	if (state_of(slot) == SERVICE_RUNS)
		attention_want(ATTENTION_INIT);
}

static bool has_work(const struct service_slot *init)
{
	if (state_of(init) == SERVICE_WAITS)
		return init->waits_for == SERVICE_WAITS_FOR_END && services_any_end();
	return state_of(init) == SERVICE_RUNS;
}

static void run_init(struct service_slot *init)
{
	if (!service_hold(init))
		return;
	if (has_work(init)) {
		run_a_slice(init);
		if (state_of(init) == SERVICE_ENDED)
			log_warn("nacre: without init no service is started again");
	}
	service_release(init);
}

/* One that runs and has no request was started, or is looking at a vCPU. */
static void run_on(struct service_slot *slot)
{
	if (state_of(slot) != SERVICE_RUNS || !service_hold(slot))
		return;
	if (slot->state == SERVICE_RUNS && !slot->has_request)
		run_a_slice(slot);
	service_release(slot);
}

static void turn(void)
{
	attention_drop(ATTENTION_INIT);
	for (unsigned int i = 0; i < services_count(); i++)
		bury(services_by_index(i));
	run_init(services_by_index(0));
	for (unsigned int i = 1; i < services_count(); i++)
		run_on(services_by_index(i));
}

void services_first_turns(void)
{
	__atomic_store_n(&turn_taken, 1, __ATOMIC_SEQ_CST);
	do
		turn();
	while (attention_now() & ATTENTION_INIT);
	__atomic_store_n(&turn_taken, 0, __ATOMIC_RELEASE);
}

/* Somebody is at a turn, or the next call is. */
static bool is_turning(void)
{
	return __atomic_load_n(&turn_taken, __ATOMIC_ACQUIRE) || attention_now() & ATTENTION_INIT;
}

struct service_slot *services_coming(uint32_t protocol)
{
	if (!is_turning() || protocol == SERVICE_NO_PROTOCOL)
		return NULL;
	for (unsigned int i = 1; i < services_count(); i++) {
		struct service_slot *slot = services_by_index(i);

		if (slot->announcement.first_version && slot->announcement.protocol == protocol)
			return slot;
	}
	return NULL;
}

void services_turn(void)
{
	if (__atomic_exchange_n(&turn_taken, 1, __ATOMIC_ACQUIRE))
		return;
	turn();
	__atomic_store_n(&turn_taken, 0, __ATOMIC_RELEASE);
}
