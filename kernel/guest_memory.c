/* SPDX-License-Identifier: MIT */
/*
 * Guest memory access; see guest_memory.h. Used by the protocols.
 */
#include "kernel/guest_memory.h"
#include "kernel/cpu.h"
#include "kernel/fault_access.h"
#include "kernel/page_state.h"
#include "kernel/windows.h"

/* Plain guest memory, apart from the 8 bytes of a calling area. */
static bool may_touch(uint8_t state, uint64_t offset)
{
	if ((state & PAGE_STATE_MASK) != PAGE_STATE_GUEST)
		return false;
	return !(state & PAGE_STATE_CALLING_AREA) || offset >= sizeof(struct svsm_ca);
}

/* Copies within one page, whose state byte is @entry. */
static enum svsm_result copy_in_page(
	struct gpa at, uint8_t *entry, void *memory, size_t size, bool to_guest)
{
	uint64_t offset = at.value & (PAGE_SIZE - 1), page = at.value - offset;
	uint8_t *window, state;
	bool done;

	if (page_lock_wait(entry, &state) != PAGE_LOCKED)
		return SVSM_ERR_BUSY;
	if (!may_touch(state, offset)) {
		page_unlock_unchanged(entry);
		return SVSM_ERR_INVALID_ADDRESS;
	}
	window = (uint8_t *)va_pointer(window_map(this_cpu(), WINDOW_DATA, page)) + offset;
	done = to_guest ? fault_copy(window, memory, size) : fault_copy(memory, window, size);
	window_unmap(this_cpu(), WINDOW_DATA);
	page_unlock_unchanged(entry);
	return done ? SVSM_SUCCESS : SVSM_ERR_INVALID_ADDRESS;
}

static enum svsm_result copy(uint64_t address, uint8_t *memory, size_t size, bool to_guest)
{
	struct gpa at;
	uint8_t *entry;

	if (!guest_range_check(address, size, &at, &entry))
		return SVSM_ERR_INVALID_ADDRESS;
	for (; size; entry++) {
		size_t room = PAGE_SIZE - (at.value & (PAGE_SIZE - 1));
		size_t piece = size < room ? size : room;
		enum svsm_result result = copy_in_page(at, entry, memory, piece, to_guest);

		if (result)
			return result;
		at = gpa_add(at, piece);
		memory += piece;
		size -= piece;
	}
	return SVSM_SUCCESS;
}

enum svsm_result guest_read(void *dest, uint64_t address, size_t size)
{
	return copy(address, dest, size, false);
}

enum svsm_result guest_write(uint64_t address, const void *src, size_t size)
{
	return copy(address, (uint8_t *)(uintptr_t)src, size, true);
}

bool guest_is_plain(uint64_t address, uint64_t size)
{
	uint64_t offset = address & (PAGE_SIZE - 1), pages;
	struct gpa at;
	uint8_t *entry;

	if (!guest_range_check(address, size, &at, &entry))
		return false;
	pages = ALIGN_UP(offset + size, PAGE_SIZE) / PAGE_SIZE;
	for (uint64_t i = 0; i < pages; i++)
		if (!may_touch(__atomic_load_n(&entry[i], __ATOMIC_RELAXED), i ? 0 : offset))
			return false;
	return true;
}
