/* SPDX-License-Identifier: MIT */
/*
 * The RMP's state and the instructions on it (rmp.h). Whatever changes an entry
 * has the nested tables rebuilt for its page before the lock is given up.
 */
#include "rmp.h"
#include "iommu.h"
#include "npt.h"
#include "counters.h"

#define VMPL0_FULL 0x000f
#define LAUNCH_VMSA_LAST (VMSA_LAUNCH_GPA >> PAGE_SHIFT)
#define FILL_MULTIPLIER 0x9e3779b97f4a7c15ULL

struct spinlock rmp_lock;

static struct rmp_entry *rmp;
static frame_t *map;       /* guest page index -> frame */
static uint32_t ram_pages; /* frames that are guest RAM */
static uint32_t frames;    /* and the windows' */
static uint64_t windows_pa;
static uint64_t fill_seed;

static const struct ram_range windows[] = {
	{REGION_WINDOW_BASE, REGION_WINDOW_SIZE}, {FIRMWARE_BASE, FIRMWARE_SIZE}};
#define WINDOW_PAGES ((uint32_t)((REGION_WINDOW_SIZE + FIRMWARE_SIZE) / PAGE_SIZE))

/* Launch VMSAs have frames but no guest address leads to them. */
static bool is_launch_vmsa(uint64_t gpn)
{
	return gpn <= LAUNCH_VMSA_LAST && LAUNCH_VMSA_LAST - gpn < MACHINE_MAX_CPUS;
}

/* Index of a guest page among those of @ranges; NO_FRAME if it is in none. */
static uint32_t index_in(const struct ram_range *ranges, uint32_t count, uint64_t gpn)
{
	uint64_t gpa = gpn << PAGE_SHIFT, before = 0;

	for (uint32_t i = 0; i < count; i++) {
		if (gpa >= ranges[i].base && gpa - ranges[i].base < ranges[i].size)
			return (uint32_t)((before + gpa - ranges[i].base) >> PAGE_SHIFT);
		before += ranges[i].size;
	}
	return NO_FRAME;
}

/* Index of a guest page among the pages that have memory; NO_FRAME otherwise. */
static uint32_t page_index(uint64_t gpn)
{
	uint32_t index = index_in(guest_ram, guest_ram_count, gpn);

	if (index != NO_FRAME)
		return index;
	index = index_in(windows, ARRAY_SIZE(windows), gpn);
	if (index != NO_FRAME)
		return ram_pages + index;
	if (is_launch_vmsa(gpn))
		return ram_pages + WINDOW_PAGES + (uint32_t)(LAUNCH_VMSA_LAST - gpn);
	return NO_FRAME;
}

bool gpn_is_ram(uint64_t gpn)
{
	return page_index(gpn) != NO_FRAME && !is_launch_vmsa(gpn);
}

frame_t host_map(uint64_t gpn)
{
	uint32_t index = page_index(gpn);

	return index == NO_FRAME ? NO_FRAME : map[index];
}

uint64_t ram_end_gpn(void)
{
	const struct ram_range *last = &guest_ram[guest_ram_count - 1];

	return (last->base + last->size) >> PAGE_SHIFT;
}

uint64_t frame_pa(frame_t frame)
{
	uint64_t offset = (uint64_t)frame << PAGE_SHIFT;

	if (frame >= ram_pages && frame < frames)
		return windows_pa + ((uint64_t)(frame - ram_pages) << PAGE_SHIFT);
	for (uint32_t i = 0; i < guest_ram_count; i++) {
		if (offset < guest_ram[i].size)
			return guest_ram[i].base + offset;
		offset -= guest_ram[i].size;
	}
	machine_fault("frame %u does not exist", frame);
}

/* What a page holds when nobody has written it: never zero, never what was there. */
static void scramble(frame_t frame)
{
	uint64_t *p = phys(frame_pa(frame));
	uint64_t x = (fill_seed ^ frame) * FILL_MULTIPLIER;

	for (uint32_t i = 0; i < PAGE_SIZE / 8; i += 4) {
		p[i] = x;
		p[i + 1] = x + 0x1111;
		p[i + 2] = ~x;
		p[i + 3] = x ^ 0x5555;
		x += FILL_MULTIPLIER;
	}
}

void rmp_init(uint64_t seed)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < guest_ram_count; i++)
		total += guest_ram[i].size >> PAGE_SHIFT;
	ram_pages = (uint32_t)total;
	frames = ram_pages + WINDOW_PAGES + MACHINE_MAX_CPUS;
	rmp = alloc_pages(ALIGN_UP(frames * sizeof(*rmp), PAGE_SIZE) >> PAGE_SHIFT);
	map = alloc_pages(ALIGN_UP(frames * sizeof(*map), PAGE_SIZE) >> PAGE_SHIFT);
	/* Aligned, so that the host can give it in blocks of 2 MiB. */
	windows_pa = (uint64_t)alloc_pages(WINDOW_PAGES + MACHINE_MAX_CPUS + PAGES_PER_2M);
	windows_pa = ALIGN_UP(windows_pa, PAGE_2M_SIZE);
	fill_seed = seed;
	for (frame_t f = 0; f < frames; f++) {
		map[f] = f;
		scramble(f);
	}
}

struct rmp_entry rmp_read(frame_t frame)
{
	return rmp[frame];
}

static uint64_t first_of_2m(uint64_t gpn)
{
	return ALIGN_DOWN(gpn, PAGES_PER_2M);
}

void host_map_set(uint64_t gpn, frame_t frame)
{
	uint32_t index = page_index(gpn);

	if (index == NO_FRAME)
		return;
	spin_lock(&rmp_lock);
	map[index] = frame;
	npt_sync(gpn, 1);
	iommu_sync(gpn, 1);
	spin_unlock(&rmp_lock);
}

static void update_one(frame_t frame, uint64_t gpn, bool assigned, bool large)
{
	struct rmp_entry *e = &rmp[frame];
	bool survives = assigned == !!(e->flags & RMP_ASSIGNED) && (!assigned || e->gpn == gpn);
	uint64_t before = e->gpn;

	e->gpn = (uint32_t)gpn;
	e->perms = assigned ? VMPL0_FULL : 0;
	e->flags = assigned ? RMP_ASSIGNED | (large ? RMP_2M : 0) : 0;
	if (!survives)
		scramble(frame);
	if (before != gpn) { /* no address keeps a frame that went to another one */
		npt_sync(before, 1);
		iommu_sync(before, 1);
	}
}

enum rmp_result rmp_update(frame_t frame, uint64_t gpn, bool assigned, uint32_t size)
{
	uint32_t count = size == RMP_SIZE_2M ? PAGES_PER_2M : 1;
	enum rmp_result result = RMP_SUCCESS;

	if (frame >= frames || frame + count > frames)
		return RMP_FAIL_INPUT;
	if (size == RMP_SIZE_2M && !IS_ALIGNED(frame_pa(frame) >> PAGE_SHIFT | gpn, PAGES_PER_2M))
		return RMP_FAIL_INPUT;
	spin_lock(&rmp_lock);
	for (uint32_t i = 0; i < count; i++) {
		if (rmp[frame + i].flags & RMP_INUSE)
			result = RMP_FAIL_INUSE;
		else if (size == RMP_SIZE_4K && rmp[frame + i].flags & RMP_2M)
			result = RMP_FAIL_OVERLAP;
	}
	for (uint32_t i = 0; i < count && result == RMP_SUCCESS; i++)
		update_one(frame + i, gpn + i, assigned, size == RMP_SIZE_2M);
	npt_sync(gpn, count);
	iommu_sync(gpn, count);
	spin_unlock(&rmp_lock);
	TRACE(TRACE_RMP, "rmp: RMPUPDATE gpn %lx %s %s: %u\n", gpn, assigned ? "private" : "shared",
		size ? "2M" : "4K", result);
	return result;
}

enum rmp_result rmp_psmash(frame_t frame)
{
	frame_t first = (frame_t)first_of_2m(frame_pa(frame) >> PAGE_SHIFT) -
			(frame_t)(frame_pa(frame) >> PAGE_SHIFT) + frame;
	enum rmp_result result = RMP_SUCCESS;

	spin_lock(&rmp_lock);
	if (!(rmp[frame].flags & RMP_2M))
		result = RMP_FAIL_INPUT;
	for (uint32_t i = 0; i < PAGES_PER_2M && result == RMP_SUCCESS; i++)
		rmp[first + i].flags &= (uint8_t)~RMP_2M;
	spin_unlock(&rmp_lock);
	TRACE(TRACE_RMP, "rmp: PSMASH frame %x: %u\n", first, result);
	return result;
}

void rmp_launch_page(uint64_t gpn, bool vmsa)
{
	frame_t frame = host_map(gpn);

	spin_lock(&rmp_lock);
	rmp[frame].flags |= RMP_VALIDATED | (vmsa ? RMP_VMSA : 0);
	npt_sync(gpn, 1);
	spin_unlock(&rmp_lock);
}

/* Common to the guest's instructions: the entry at @r->gpn or what stops them. */
static enum rmp_stop lookup(const struct rmp_request *r, struct rmp_entry **entry)
{
	frame_t frame = host_map(r->gpn);
	struct rmp_entry *e;

	if (frame == NO_FRAME || is_launch_vmsa(r->gpn))
		return RMP_STOP_NPF;
	e = &rmp[frame];
	if (!(e->flags & RMP_ASSIGNED) || e->gpn != (uint32_t)r->gpn)
		return RMP_STOP_NPF;
	if (r->size == RMP_SIZE_4K && e->flags & RMP_2M)
		return RMP_STOP_SIZE;
	*entry = e;
	return RMP_DONE;
}

/* A 2 MiB operand needs a 2 MiB entry. */
static bool size_mismatch(const struct rmp_request *r, const struct rmp_entry *e)
{
	return r->size == RMP_SIZE_2M && !(e->flags & RMP_2M);
}

static uint32_t request_pages(const struct rmp_request *r)
{
	return r->size == RMP_SIZE_2M ? PAGES_PER_2M : 1;
}

static void pvalidate_entry(struct rmp_request *r, struct rmp_entry *e)
{
	uint8_t set = r->validate ? RMP_VALIDATED : 0;

	r->no_change = (e->flags & RMP_VALIDATED) == set;
	r->result = RMP_SUCCESS;
	if (r->no_change)
		return;
	for (uint32_t i = 0; i < request_pages(r); i++)
		e[i].flags = (uint8_t)((e[i].flags & ~RMP_VALIDATED) | set);
	npt_sync(r->gpn, request_pages(r));
}

enum rmp_stop rmp_pvalidate(struct rmp_request *r)
{
	struct rmp_entry *e;
	enum rmp_stop stop;

	spin_lock(&rmp_lock);
	stop = lookup(r, &e);
	r->no_change = false;
	if (stop == RMP_DONE && size_mismatch(r, e))
		r->result = RMP_FAIL_SIZEMISMATCH;
	else if (stop == RMP_DONE && e->flags & RMP_INUSE)
		r->result = RMP_FAIL_INUSE;
	else if (stop == RMP_DONE)
		pvalidate_entry(r, e);
	spin_unlock(&rmp_lock);
	TRACE(TRACE_RMP, "rmp: PVALIDATE gpn %lx %s %s: stop %u result %u cf %u\n", r->gpn,
		r->size ? "2M" : "4K", r->validate ? "validate" : "rescind", stop, r->result,
		r->no_change);
	return stop;
}

/* What RMPADJUST says before it changes anything. */
static enum rmp_result adjust_check(const struct rmp_request *r, const struct rmp_entry *e)
{
	if (size_mismatch(r, e))
		return RMP_FAIL_SIZEMISMATCH;
	if (r->target <= r->vmpl)
		return RMP_FAIL_PERMISSION;
	if (r->perms & ~rmp_perms(e, r->vmpl))
		return RMP_FAIL_PERMISSION;
	if (r->vmsa && (r->vmpl || r->size == RMP_SIZE_2M))
		return r->vmpl ? RMP_FAIL_PERMISSION : RMP_FAIL_INPUT;
	if (e->flags & RMP_INUSE)
		return RMP_FAIL_INUSE;
	return RMP_SUCCESS;
}

static void adjust_entry(struct rmp_request *r, struct rmp_entry *e)
{
	uint32_t shift = r->target * 4;

	for (uint32_t i = 0; i < request_pages(r); i++) {
		r->took |= !!(rmp_perms(&e[i], r->target) & ~r->perms);
		e[i].perms = (uint16_t)((e[i].perms & ~(0xfU << shift)) | r->perms << shift);
		if (!r->vmpl)
			e[i].flags = (uint8_t)((e[i].flags & ~RMP_VMSA) | (r->vmsa ? RMP_VMSA : 0));
	}
	npt_sync(r->gpn, request_pages(r));
}

enum rmp_stop rmp_adjust(struct rmp_request *r)
{
	struct rmp_entry *e;
	enum rmp_stop stop;

	spin_lock(&rmp_lock);
	stop = lookup(r, &e);
	if (stop == RMP_DONE && !(e->flags & RMP_VALIDATED))
		stop = RMP_STOP_NOT_VALIDATED;
	if (stop == RMP_DONE) {
		r->result = adjust_check(r, e);
		if (r->result == RMP_SUCCESS)
			adjust_entry(r, e);
	}
	spin_unlock(&rmp_lock);
	TRACE(TRACE_RMP, "rmp: RMPADJUST gpn %lx %s vmpl %u perms %x vmsa %u: stop %u result %u\n",
		r->gpn, r->size ? "2M" : "4K", r->target, r->perms, r->vmsa, stop, r->result);
	return stop;
}

enum rmp_stop rmp_query(struct rmp_request *r)
{
	struct rmp_entry *e;
	enum rmp_stop stop;

	spin_lock(&rmp_lock);
	r->size = RMP_SIZE_2M; /* whatever the entry's size: it is asked, not operated on */
	stop = lookup(r, &e);
	if (stop == RMP_DONE && !(e->flags & RMP_VALIDATED))
		stop = RMP_STOP_NOT_VALIDATED;
	if (stop == RMP_DONE) {
		r->result = r->target <= r->vmpl ? RMP_FAIL_PERMISSION : RMP_SUCCESS;
		r->perms = rmp_perms(e, r->target);
		r->vmsa = e->flags & RMP_VMSA;
		r->size = e->flags & RMP_2M ? RMP_SIZE_2M : RMP_SIZE_4K;
	}
	spin_unlock(&rmp_lock);
	return stop;
}

static enum access_verdict check_entry(uint64_t gpn, bool private, uint32_t vmpl, uint32_t perm)
{
	struct rmp_entry e = rmp[host_map(gpn)];

	if (!private)
		return e.flags & RMP_ASSIGNED ? ACCESS_ASSIGNED : ACCESS_OK;
	if (!(e.flags & RMP_ASSIGNED))
		return ACCESS_NOT_ASSIGNED;
	if (e.gpn != (uint32_t)gpn)
		return ACCESS_FOREIGN;
	if (!(e.flags & RMP_VALIDATED))
		return ACCESS_NOT_VALIDATED;
	if (perm & ~rmp_perms(&e, vmpl))
		return ACCESS_PERMISSION;
	if (perm & RMP_PERM_WRITE && e.flags & RMP_INUSE)
		return ACCESS_INUSE;
	return ACCESS_OK;
}

enum access_verdict rmp_check(uint64_t gpn, bool private, uint32_t vmpl, uint32_t perm)
{
	return gpn_is_ram(gpn) ? check_entry(gpn, private, vmpl, perm) : ACCESS_NO_RAM;
}

enum access_verdict rmp_vmsa_enter(uint64_t gpn)
{
	frame_t frame = host_map(gpn);
	enum access_verdict verdict = ACCESS_NO_RAM;

	spin_lock(&rmp_lock);
	if (frame != NO_FRAME)
		verdict = check_entry(gpn, true, 0, 0);
	if (verdict == ACCESS_OK && !(rmp[frame].flags & RMP_VMSA))
		verdict = ACCESS_PERMISSION;
	if (verdict == ACCESS_OK && rmp[frame].flags & RMP_INUSE)
		verdict = ACCESS_INUSE;
	if (verdict == ACCESS_OK) {
		rmp[frame].flags |= RMP_INUSE;
		npt_sync(gpn, 1);
	}
	spin_unlock(&rmp_lock);
	return verdict;
}

void rmp_vmsa_leave(uint64_t gpn, frame_t frame)
{
	spin_lock(&rmp_lock);
	rmp[frame].flags &= (uint8_t)~RMP_INUSE;
	npt_sync(gpn, 1);
	spin_unlock(&rmp_lock);
}
