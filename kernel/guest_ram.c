/* SPDX-License-Identifier: MIT */
/*
 * Guest RAM at launch; see guest_ram.h. The work is cut into chunks of at most
 * as many pages as one page-state change of the host takes; each CPU takes the
 * next chunk from a common cursor.
 */
#include "kernel/guest_ram.h"
#include "ghcb.h"
#include "kernel/cpu.h"
#include "kernel/fault_access.h"
#include "kernel/layout.h"
#include "kernel/log.h"
#include "kernel/page_state.h"
#include "kernel/panic.h"
#include "kernel/windows.h"
#include "kernel/x86_insn.h"
#include "platform.h"

/* Each range of RAM can be cut by the carve-out and the kept span. */
#define SPANS_MAX (RAM_RANGES_MAX + 8U)
#define CHUNK_PAGES 253U /* a full list of the GHCB protocol */
#define PROGRESS_FROM (8 * GIB)
#define PROGRESS_STEPS 10U

/* Without any progress for this long, a CPU that took a chunk is given up on. */
#define WAIT_TICKS (1ULL << 36)
#define WAIT_ROUNDS (1ULL << 32)

static struct {
	struct spinlock lock;
	struct page_span spans[SPANS_MAX];
	unsigned int count;
	unsigned int span; /* cursor: span and bytes into it */
	uint64_t offset;
	uint64_t total, done; /* bytes; done is atomic */
	uint64_t prepared;    /* pages of any size, by all CPUs; atomic */
} work;

static void add_span(uint64_t base, uint64_t end)
{
	if (base >= end)
		return;
	if (work.count == SPANS_MAX)
		give_up(TERM_NACRE_PARAMETERS, "guest RAM is in too many pieces");
	work.spans[work.count++] = (struct page_span){base, end - base};
	work.total += end - base;
}

/* Adds [base, end) without the spans in @except, each cutting once. */
static void add_except(
	uint64_t base, uint64_t end, const struct page_span *except, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		uint64_t cut_end = except[i].base + except[i].size;

		if (except[i].size == 0 || except[i].base >= end || cut_end <= base)
			continue;
		add_except(base, except[i].base, except + i + 1, count - i - 1);
		base = cut_end;
	}
	add_span(base, end);
}

void guest_ram_plan(const struct memory_map *map, struct page_span later)
{
	const struct page_span except[] = {
		map->carve_out,
		later,
	};

	for (unsigned int i = 0; i < map->count; i++)
		add_except(map->ranges[i].base, map->ranges[i].end, except, ARRAY_SIZE(except));
}

/* ---- One page or block ---- */

static NORETURN void fail(uint64_t page, enum page_result result)
{
	give_up(TERM_NACRE_PVALIDATE, "guest page 0x%lx: result %u", page, (unsigned int)result);
}

/* False when a 2 MiB block is held in 4 KiB pages by the host. */
static bool prepare_mapped(struct va va, uint64_t page, enum page_size size)
{
	enum page_result result = platform_page_validate(va, size);

	if (size == PAGE_2M && result == PAGE_FAIL_SIZEMISMATCH)
		return false;
	/* "No change" would mean that somebody has validated it before: never so here. */
	if (result != PAGE_OK)
		fail(page, result);
	if (!fault_clear(va_pointer(va), size == PAGE_2M ? PAGE_2M_SIZE : PAGE_SIZE))
		fail(page, PAGE_FAULT);
	result = platform_page_grant(va, size);
	if (result != PAGE_OK)
		fail(page, result);
	return true;
}

static void prepare_small(uint64_t base, uint64_t bytes)
{
	for (uint64_t page = base; page < base + bytes; page += PAGE_SIZE)
		prepare_mapped(window_map(this_cpu(), WINDOW_TARGET, page), page, PAGE_4K);
}

static void prepare_block(uint64_t page)
{
	if (!prepare_mapped(window_map_2m(this_cpu(), page), page, PAGE_2M))
		prepare_small(page, PAGE_2M_SIZE);
}

void guest_ram_prepare(struct page_span span)
{
	uint64_t end = span.base + span.size, step;

	if (platform_facts()->memory_is_shared)
		platform_make_private(&span, 1);
	for (uint64_t page = span.base; page < end; page += step) {
		bool large = IS_ALIGNED(page, PAGE_2M_SIZE) && end - page >= PAGE_2M_SIZE;

		step = large ? PAGE_2M_SIZE : PAGE_SIZE;
		if (large)
			prepare_block(page);
		else
			prepare_small(page, PAGE_SIZE);
		__atomic_fetch_add(&work.prepared, 1, __ATOMIC_RELAXED);
	}
	window_unmap(this_cpu(), WINDOW_TARGET);
	window_unmap_2m(this_cpu());
	page_state_fill(span.base, span.size, PAGE_STATE_GUEST);
}

/* ---- Chunks ---- */

/* What lies at @base up to @end and makes one list of equal pages. */
static uint64_t chunk_bytes(uint64_t base, uint64_t end)
{
	uint64_t aligned_end = ALIGN_DOWN(end, PAGE_2M_SIZE), bytes, page = PAGE_SIZE;

	if (IS_ALIGNED(base, PAGE_2M_SIZE) && base < aligned_end) {
		page = PAGE_2M_SIZE;
		bytes = aligned_end - base;
	} else {
		uint64_t next_block = ALIGN_UP(base + 1, PAGE_2M_SIZE);

		bytes = (next_block < end ? next_block : end) - base;
	}
	return bytes < CHUNK_PAGES * page ? bytes : CHUNK_PAGES * page;
}

static bool take_chunk(struct page_span *chunk)
{
	bool taken = false;

	spin_lock(&work.lock);
	if (work.span < work.count) {
		const struct page_span *span = &work.spans[work.span];

		chunk->base = span->base + work.offset;
		chunk->size = chunk_bytes(chunk->base, span->base + span->size);
		work.offset += chunk->size;
		if (work.offset == span->size) {
			work.span++;
			work.offset = 0;
		}
		taken = true;
	}
	spin_unlock(&work.lock);
	return taken;
}

static uint64_t bytes_done(void)
{
	return __atomic_load_n(&work.done, __ATOMIC_ACQUIRE);
}

static bool do_chunk(void)
{
	struct page_span chunk;

	if (!take_chunk(&chunk))
		return false;
	guest_ram_prepare(chunk);
	__atomic_fetch_add(&work.done, chunk.size, __ATOMIC_RELEASE);
	return true;
}

void guest_ram_help(void)
{
	while (do_chunk())
		;
}

static void show_progress(unsigned int *shown)
{
	unsigned int now = (unsigned int)(bytes_done() / (work.total / PROGRESS_STEPS));

	if (work.total < PROGRESS_FROM || now == *shown)
		return;
	*shown = now;
	log_info("nacre: guest memory %u%% of %lu MiB ready", now * (100 / PROGRESS_STEPS),
		work.total / MIB);
	log_flush();
}

/* By pages: on a busy host a CPU may be at a chunk of half a GiB for long. */
static void wait_for_others(unsigned int *shown)
{
	uint64_t last = 0, since = read_tsc(), rounds = 0;

	while (bytes_done() != work.total) {
		uint64_t now = __atomic_load_n(&work.prepared, __ATOMIC_RELAXED);

		if (now != last) {
			last = now;
			since = read_tsc();
			rounds = 0;
			show_progress(shown);
		}
		if (read_tsc() - since > WAIT_TICKS || rounds++ > WAIT_ROUNDS)
			give_up(TERM_NACRE_HOST_LIE, "a CPU stopped in the middle of its work");
		cpu_pause();
	}
}

void guest_ram_finish(void)
{
	unsigned int shown = 0;

	while (do_chunk())
		show_progress(&shown);
	wait_for_others(&shown);
}
