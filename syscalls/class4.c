/* SPDX-License-Identifier: MIT */
/*
 * Class 4: for init, the first program in ring 3, which decides what is started
 * and when again (services/init/). What it may not decide is in
 * kernel/services_init.c.
 */
#include <string.h>

#include "syscalls/syscalls.h"
#include "kernel/services.h"
#include "kernel/services_init.h"
#include "kernel/user_memory.h"

static int64_t info(uint64_t index, uint64_t address)
{
	const struct service_table_entry *entry;
	struct service_info answer;

	if (index >= services_count())
		return -CALL_ENOENT;
	entry = services_by_index((unsigned int)index)->entry;
	answer = (struct service_info){
		.classes = entry->classes,
		.at_end = entry->at_end,
		.memory = entry->memory,
		.slice = entry->slice,
		.limit = entry->limit,
	};
	memcpy(answer.name, entry->name, sizeof(answer.name));
	return user_write(address, &answer, sizeof(answer)) ? 0 : -CALL_EFAULT;
}

int64_t service_take_end(struct service_slot *slot)
{
	struct service_end end;

	slot->state = SERVICE_RUNS;
	if (!services_next_end(&end))
		return -CALL_EAGAIN;
	return user_write(slot->task.registers.rdi, &end, sizeof(end)) ? 0 : -CALL_EFAULT;
}

static int64_t wait_for_end(struct service_slot *slot)
{
	if (services_any_end())
		return service_take_end(slot);
	slot->state = SERVICE_WAITS;
	slot->waits_for = SERVICE_WAITS_FOR_END;
	slot->time.used = 0;
	return 0;
}

int64_t class4_call(struct service_slot *slot, uint32_t eax, const struct call_arguments *a)
{
	switch (eax) {
	case SERVICE_INIT_INFO:
		return info(a->a0, a->a1);
	case SERVICE_INIT_START:
		return services_start_one(a->a0);
	case SERVICE_INIT_WAIT:
		return wait_for_end(slot);
	default:
		return -CALL_ENOSYS;
	}
}
