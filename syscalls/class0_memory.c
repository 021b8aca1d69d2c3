/* SPDX-License-Identifier: MIT */
/*
 * Class 0, memory: brk, mmap, munmap, mprotect. Memory is private, without a
 * file, there at once, and paid for from the service's budget. Rights can only
 * be taken away: nothing that was written to can ever be executed.
 */
#include "syscalls/syscalls.h"
#include "kernel/service_memory.h"
#include "kernel/services.h"
#include "kernel/user_memory.h"

#define PROT_READ 1U
#define PROT_WRITE 2U
#define PROT_EXEC 4U
#define PROT_ALL 7U

#define MAP_PRIVATE 0x02U
#define MAP_ANONYMOUS 0x20U
#define MAP_KNOWN (MAP_PRIVATE | MAP_ANONYMOUS | 0x4000U | 0x20000U) /* NORESERVE, STACK */

/* Requests for memory that fail between two requests of the guest's. */
#define REFUSALS_MAX 64U

/* Addresses that mmap() uses: far more than any budget. */
#define ARENA_SIZE (64 * MIB)

/* A request that the stock cannot fulfil whatever is given back. */
static bool is_hopeless(const struct service_slot *slot, uint64_t bytes)
{
	return bytes / PAGE_SIZE > slot->space.total;
}

static bool page_range(uint64_t address, uint64_t *bytes)
{
	if (!IS_ALIGNED(address, PAGE_SIZE) || !*bytes || *bytes > USER_END)
		return false;
	*bytes = ALIGN_UP(*bytes, PAGE_SIZE);
	return user_range_ok(address, *bytes) && *bytes <= ARENA_SIZE;
}

/*
 * Memory that is not there is an error, which malloc() passes on as Linux's does; a
 * program that takes no notice and goes on asking is ended.
 */
static void count_refusal(struct service_slot *slot)
{
	slot->complaints.refused++;
	if (++slot->complaints.memory_now > REFUSALS_MAX)
		service_end(slot, SERVICE_ENDED_MEMORY, slot->space.total);
}

static bool add(struct service_slot *slot, uint64_t start, uint64_t bytes, unsigned int rights)
{
	if (!space_add(&slot->space, start, bytes, rights))
		return false;
	service_memory_grown(slot);
	return true;
}

/* Linux answers the break as it is when it cannot move it. */
int64_t call_brk(struct service_slot *slot, uint64_t address)
{
	uint64_t old = ALIGN_UP(slot->heap_end, PAGE_SIZE), new = ALIGN_UP(address, PAGE_SIZE);

	if (address < slot->heap || address > slot->heap + ARENA_SIZE)
		return (int64_t)slot->heap_end;
	if (new < old)
		space_remove(&slot->space, new, old - new);
	else if (is_hopeless(slot, new - old) ||
		 !add(slot, old, new - old, SPACE_READ | SPACE_WRITE)) {
		count_refusal(slot);
		return (int64_t)slot->heap_end;
	}
	slot->heap_end = address;
	return (int64_t)address;
}

/* Room for @bytes with a free page on both sides; 0: none. */
static uint64_t find_room(const struct service_slot *slot, uint64_t bytes)
{
	uint64_t start = slot->arena, end = slot->arena + ARENA_SIZE;
	uint64_t run = 0;

	for (uint64_t page = start; page < end; page += PAGE_SIZE) {
		run = space_is_free(&slot->space, page, PAGE_SIZE) ? run + PAGE_SIZE : 0;
		if (run == bytes + 2 * PAGE_SIZE)
			return page - bytes;
	}
	return 0;
}

static unsigned int rights_of(uint64_t protection)
{
	return (protection & PROT_READ ? SPACE_READ : 0) |
	       (protection & PROT_WRITE ? SPACE_READ | SPACE_WRITE : 0) |
	       (protection & PROT_EXEC ? SPACE_READ | SPACE_EXEC : 0);
}

/* New pages of the arena; 0: there are none. */
static uint64_t add_somewhere(struct service_slot *slot, uint64_t bytes, unsigned int rights)
{
	uint64_t place;

	if (bytes > ARENA_SIZE || is_hopeless(slot, bytes))
		return 0;
	bytes = ALIGN_UP(bytes, PAGE_SIZE);
	place = find_room(slot, bytes);
	return place && add(slot, place, bytes, rights) ? place : 0;
}

int64_t call_mmap(struct service_slot *slot, const struct call_arguments *a)
{
	uint64_t bytes = a->a1, protection = a->a2, flags = a->a3, place;

	if ((flags & ~(uint64_t)MAP_KNOWN) || !(flags & MAP_PRIVATE) || !(flags & MAP_ANONYMOUS))
		return -CALL_EINVAL;
	if (protection & ~(uint64_t)PROT_ALL)
		return -CALL_EINVAL;
	if (protection & PROT_EXEC)
		return -CALL_EACCES;
	if (!bytes)
		return -CALL_EINVAL;
	place = add_somewhere(slot, bytes, rights_of(protection));
	if (place)
		return (int64_t)place;
	count_refusal(slot);
	return -CALL_ENOMEM;
}

/* Only what mmap() has given: the image and the stack stay. */
int64_t call_munmap(struct service_slot *slot, uint64_t address, uint64_t bytes)
{
	if (!page_range(address, &bytes) || address < slot->arena ||
		address + bytes > slot->arena + ARENA_SIZE)
		return -CALL_EINVAL;
	space_remove(&slot->space, address, bytes);
	return 0;
}

int64_t call_mprotect(
	struct service_slot *slot, uint64_t address, uint64_t bytes, uint64_t protection)
{
	if (!bytes && IS_ALIGNED(address, PAGE_SIZE))
		return 0;
	if (!page_range(address, &bytes) || (protection & ~(uint64_t)PROT_ALL))
		return -CALL_EINVAL;
	if (!space_is_mapped(&slot->space, address, bytes))
		return -CALL_ENOMEM;
	return space_restrict(&slot->space, address, bytes, rights_of(protection)) ? 0
										   : -CALL_EACCES;
}
