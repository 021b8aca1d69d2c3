/* SPDX-License-Identifier: MIT */
/*
 * SVSM_CORE_PVALIDATE (58019, section 4.2): the guest's list is copied once,
 * and each entry is decoded, its pages locked, their state checked, and only
 * then anything changed.
 *
 * Validating: PVALIDATE, clear, grant, in this order, so that what the host
 * may have put under the address is never shown to the guest. Rescinding: all
 * rights are taken, then PVALIDATE; the pages stay locked until the one TLB
 * flush that ends the call, so that nobody finds them free before no processor
 * can reach them any more.
 */
#include "kernel/cpu.h"
#include "kernel/fault_access.h"
#include "kernel/guest_memory.h"
#include "kernel/page_state.h"
#include "kernel/windows.h"
#include "protocols/core.h"

/* Inlined into the loop over the list, whose cost counts: the operation stays in registers. */
#define HOT inline __attribute__((always_inline))

#define LIST_HEADER sizeof(struct svsm_pvalidate_list)
#define LIST_MAX 512U /* more than fit into a page */

struct list {
	uint64_t address;        /* the guest's, of the header */
	uint64_t page;           /* that it lies in */
	const uint64_t *entries; /* the private copy */
	unsigned int count;
	unsigned int next;
	uint64_t locked[LIST_MAX / 64]; /* entries whose pages wait, locked, for the flush */
	bool needs_flush;
	struct guest_range_hint near; /* where the last entry's pages lay */
	uint64_t cleared;             /* bytes, in this call */
};

struct operation {
	struct gpa page;
	uint8_t *entry; /* page state */
	enum page_size size;
	bool validate;
	bool ignore_no_change;
};

/* ---- Decoding ---- */

static HOT enum svsm_result decode_sized(
	uint64_t raw, uint64_t bytes, struct guest_range_hint *near, struct operation *op)
{
	uint64_t address = ALIGN_DOWN(raw, PAGE_SIZE);

	if (UNLIKELY(!IS_ALIGNED(address, bytes)))
		return SVSM_ERR_INVALID_PARAMETER;
	if (UNLIKELY(!guest_range_check_near(near, address, bytes, &op->page, &op->entry)))
		return SVSM_ERR_INVALID_ADDRESS;
	op->size = bytes == PAGE_SIZE ? PAGE_4K : PAGE_2M;
	op->validate = raw & SVSM_PVALIDATE_ACTION_VALIDATE;
	op->ignore_no_change = raw & SVSM_PVALIDATE_IGNORE_CF;
	return SVSM_SUCCESS;
}

static HOT enum svsm_result decode(
	uint64_t raw, struct guest_range_hint *near, struct operation *op)
{
	uint64_t kind = raw & (SVSM_PVALIDATE_RESERVED | SVSM_PVALIDATE_SIZE_MASK);

	if (LIKELY(kind == SVSM_PVALIDATE_SIZE_4K))
		return decode_sized(raw, PAGE_SIZE, near, op);
	if (kind == SVSM_PVALIDATE_SIZE_2M)
		return decode_sized(raw, PAGE_2M_SIZE, near, op);
	return SVSM_ERR_INVALID_PARAMETER;
}

/* ---- Locks ---- */

static HOT enum svsm_result lock(const struct operation *op, uint8_t *state)
{
	enum page_lock result = op->size == PAGE_2M ? page_lock_2m(op->entry, state)
						    : page_lock(op->entry, state);

	if (LIKELY(result == PAGE_LOCKED))
		return SVSM_SUCCESS;
	if (result == PAGE_LOCK_BUSY)
		return SVSM_ERR_BUSY;
	/* Pages of one block in different states are 4 KiB entries of the RMP. */
	return page_block_is_plain(op->entry) ? core_page_error(PAGE_FAIL_SIZEMISMATCH)
					      : SVSM_ERR_INVALID_ADDRESS;
}

static HOT void unlock(const struct operation *op, uint8_t state)
{
	if (op->size == PAGE_2M)
		page_unlock_2m(op->entry, state);
	else
		page_unlock(op->entry, state);
}

/*
 * Lets pages go that are not the guest's to change. A calling area may become
 * plain memory at any time, so that its byte is not simply set back; blocks of
 * 2 MiB are never all calling areas.
 */
static NOINLINE void refuse(struct operation op, uint8_t state)
{
	if (op.size == PAGE_2M)
		page_unlock_2m(op.entry, state);
	else
		page_unlock_unchanged(op.entry);
}

/* ---- Acting on locked pages ---- */

static HOT struct va map(const struct operation *op)
{
	struct cpu *cpu = this_cpu();

	return op->size == PAGE_2M ? window_map_2m(cpu, op->page.value)
				   : window_map(cpu, WINDOW_TARGET, op->page.value);
}

static HOT uint64_t bytes_of(const struct operation *op)
{
	return op->size == PAGE_2M ? PAGE_2M_SIZE : PAGE_SIZE;
}

static HOT enum svsm_result no_change(const struct operation *op)
{
	return op->ignore_no_change ? SVSM_SUCCESS : SVSM_ERR_PVALIDATE_NO_CHANGE;
}

/*
 * Takes the page back out of use after a step that failed half-way: it is as
 * good as never validated, and the guest has no rights to it. If it cannot be
 * rescinded, the host has put another frame there; the first one is still valid,
 * so that this address must never be validated again.
 */
static NOINLINE enum svsm_result undo_validate(
	struct operation op, struct va va, enum svsm_result result)
{
	bool undone = platform_page_rescind(va, op.size) == PAGE_OK;

	unlock(&op, undone ? PAGE_STATE_INVALID : PAGE_STATE_LOST);
	return result;
}

static HOT enum svsm_result validate(const struct operation *op, struct list *list)
{
	struct va va = map(op);
	enum page_result result = platform_page_validate(va, op->size);

	if (UNLIKELY(result == PAGE_NO_CHANGE && !op->ignore_no_change)) {
		unlock(op, PAGE_STATE_INVALID);
		return SVSM_ERR_PVALIDATE_NO_CHANGE;
	}
	if (UNLIKELY(result != PAGE_OK && result != PAGE_NO_CHANGE)) {
		unlock(op, PAGE_STATE_INVALID);
		return core_page_error(result);
	}
	list->cleared += bytes_of(op);
	if (UNLIKELY(!fault_clear(va_pointer(va), bytes_of(op))))
		return undo_validate(*op, va, SVSM_ERR_INVALID_ADDRESS);
	result = platform_page_grant(va, op->size);
	if (UNLIKELY(result != PAGE_OK))
		return undo_validate(*op, va, core_page_error(result));
	unlock(op, PAGE_STATE_GUEST);
	return SVSM_SUCCESS;
}

/*
 * The pages stay locked until settle(). Should PVALIDATE fail, the guest has
 * lost its rights to pages that are still valid: its own are given back, those of
 * the levels below it are not. A page that could be revoked and yet is not valid
 * is another frame than a moment ago: as in undo_validate().
 */
static NOINLINE enum svsm_result rescind(struct operation op, struct list *list, unsigned int index)
{
	struct va va = map(&op);
	enum page_result result = platform_page_revoke(va, op.size);

	if (result == PAGE_OK) {
		list->needs_flush = true;
		result = platform_page_rescind(va, op.size);
		if (LIKELY(result == PAGE_OK)) {
			list->locked[index / 64] |= BIT(index % 64);
			return SVSM_SUCCESS;
		}
		if (result == PAGE_NO_CHANGE) {
			unlock(&op, PAGE_STATE_LOST);
			return SVSM_ERR_INVALID_ADDRESS;
		}
	}
	(void)platform_page_grant(va, op.size);
	unlock(&op, PAGE_STATE_GUEST);
	return core_page_error(result);
}

/* ---- The list ---- */

static void unlock_rescinded(const struct list *list, unsigned int word)
{
	struct guest_range_hint near = {0};
	struct operation op;

	for (uint64_t bits = list->locked[word]; bits; bits &= bits - 1) {
		unsigned int index = word * 64 + (unsigned int)__builtin_ctzll(bits);

		if (decode(list->entries[index], &near, &op) == SVSM_SUCCESS)
			unlock(&op, PAGE_STATE_INVALID);
	}
}

/* One flush for all pages rescinded since the last one, then their locks. */
static void settle(struct list *list)
{
	if (!list->needs_flush)
		return;
	platform_flush_all();
	for (unsigned int word = 0; word < ARRAY_SIZE(list->locked); word++) {
		unlock_rescinded(list, word);
		list->locked[word] = 0;
	}
	list->needs_flush = false;
}

static HOT enum svsm_result act(
	const struct operation *op, uint8_t state, struct list *list, unsigned int index)
{
	if (LIKELY(op->validate && state == PAGE_STATE_INVALID))
		return validate(op, list);
	if (!op->validate && state == PAGE_STATE_GUEST)
		return rescind(*op, list, index);
	if (state == PAGE_STATE_GUEST || state == PAGE_STATE_INVALID) {
		unlock(op, state);
		return no_change(op);
	}
	refuse(*op, state);
	return SVSM_ERR_INVALID_ADDRESS;
}

/* The guest could not be told the next index once the list's own page is gone. */
static HOT bool covers_list(const struct operation *op, const struct list *list)
{
	if (op->size == PAGE_4K)
		return op->page.value == list->page;
	return op->page.value == ALIGN_DOWN(list->page, PAGE_2M_SIZE);
}

/* @op is decoded; what follows is compiled once for each page size. */
static HOT enum svsm_result perform_sized(
	struct operation *op, struct list *list, unsigned int index)
{
	enum svsm_result result;
	uint8_t state;

	if (UNLIKELY(covers_list(op, list)))
		return SVSM_ERR_INVALID_ADDRESS;
	if (UNLIKELY(op->validate && list->cleared + bytes_of(op) > CORE_PVALIDATE_CLEAR_MAX))
		return SVSM_ERR_INCOMPLETE;
	result = lock(op, &state);
	if (UNLIKELY(result == SVSM_ERR_BUSY && list->needs_flush)) {
		settle(list); /* it may be one that this list has rescinded */
		result = lock(op, &state);
	}
	return result ? result : act(op, state, list, index);
}

static NOINLINE enum svsm_result perform_2m(
	struct operation op, struct list *list, unsigned int index)
{
	op.size = PAGE_2M;
	return perform_sized(&op, list, index);
}

static HOT enum svsm_result perform(struct list *list, unsigned int index)
{
	struct operation op;
	enum svsm_result result = decode(list->entries[index], &list->near, &op);

	if (UNLIKELY(result))
		return result;
	if (UNLIKELY(op.size == PAGE_2M))
		return perform_2m(op, list, index);
	op.size = PAGE_4K;
	return perform_sized(&op, list, index);
}

/* Copies the list; the entries go to the CPU's buffer and count from 0 there. */
static enum svsm_result load(uint64_t address, struct list *list)
{
	struct svsm_pvalidate_list header;
	uint64_t room = PAGE_SIZE - (address & (PAGE_SIZE - 1));
	uint64_t *buffer = this_cpu()->request_buffer;
	enum svsm_result result;

	if (!IS_ALIGNED(address, sizeof(uint64_t)))
		return SVSM_ERR_INVALID_PARAMETER;
	result = guest_read(&header, address, LIST_HEADER);
	if (result)
		return result;
	if (!header.num_entries || header.num_entries <= header.next ||
		header.num_entries > (room - LIST_HEADER) / sizeof(uint64_t))
		return SVSM_ERR_INVALID_PARAMETER;
	*list = (struct list){
		.address = address,
		.page = ALIGN_DOWN(address, PAGE_SIZE),
		.entries = buffer,
		.count = header.num_entries,
		.next = header.next,
	};
	return guest_read(&buffer[header.next],
		address + LIST_HEADER + header.next * sizeof(uint64_t),
		(header.num_entries - header.next) * sizeof(uint64_t));
}

static enum svsm_result save_progress(const struct list *list)
{
	uint16_t next = (uint16_t)list->next;

	return guest_write(
		list->address + offsetof(struct svsm_pvalidate_list, next), &next, sizeof(next));
}

/*
 * The reserved word of the header is not looked at: callers may leave it unset.
 */
/* A symbol of its own: backtraces and the attack tests name it. */
NOINLINE enum svsm_result core_pvalidate(const struct svsm_call *call)
{
	struct list list;
	enum svsm_result result = load(call->rcx, &list), saved;
	unsigned int index;

	if (result)
		return result;
	for (index = list.next; index < list.count; index++) {
		result = perform(&list, index);
		if (UNLIKELY(result))
			break;
	}
	list.next = index;
	settle(&list);
	window_unmap(this_cpu(), WINDOW_TARGET);
	window_unmap_2m(this_cpu());
	saved = save_progress(&list);
	return result ? result : saved;
}
