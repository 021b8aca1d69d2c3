/* SPDX-License-Identifier: MIT */
/*
 * Nested page tables (npt.h). Tables are made 2 MiB at a time, on the first
 * access, for the views that the accessing VMPL uses; after that npt_sync()
 * keeps their leaves true to the RMP.
 */
#include "npt.h"
#include "rmp.h"
#include "x86.h"

#define VIEW_SHARED VMPL_COUNT
#define VIEWS (VMPL_COUNT + 1)
#define NPT_TABLE (PTE_P | PTE_W | PTE_U)
#define REGION_SHIFT 9 /* pages per leaf table */

/* A view is one tree for 48 bits of address: a PML4 table. */
static uint64_t *view_pml4[VIEWS];
/* Leaf tables by 2 MiB region of RAM and windows, for each view. */
static uint64_t **leaf_tables[VIEWS];
static uint64_t roots[VMPL_COUNT][2];
static uint32_t c_bit;
static uint64_t regions;

uint32_t npt_c_bit(void)
{
	return c_bit;
}

uint64_t npt_root(uint32_t vmpl, bool paging)
{
	return roots[vmpl][paging];
}

static uint64_t entry_to(const void *table)
{
	return (uint64_t)table | NPT_TABLE;
}

/*
 * With paging on, bit 51 is bit 3 of the PML5 index and bit 47 the top of the
 * PML4's: there the two views meet in one PML4, of which each uses entry 0.
 */
static uint64_t make_paged_root(uint32_t vmpl)
{
	uint64_t *pml5 = alloc_page();

	if (c_bit < 48) {
		uint64_t *pml4 = alloc_page();

		pml4[0] = view_pml4[VIEW_SHARED][0];
		pml4[PT_ENTRIES / 2] = view_pml4[vmpl][0];
		pml5[0] = entry_to(pml4);
	} else {
		pml5[0] = entry_to(view_pml4[VIEW_SHARED]);
		pml5[BIT(c_bit - 48)] = entry_to(view_pml4[vmpl]);
	}
	return (uint64_t)pml5;
}

static uint64_t make_unpaged_root(uint32_t vmpl)
{
	uint64_t *pml5 = alloc_page();

	pml5[0] = entry_to(view_pml4[vmpl]);
	return (uint64_t)pml5;
}

void npt_init(uint32_t position)
{
	c_bit = position;
	regions = ((FIRMWARE_BASE + FIRMWARE_SIZE) >> PAGE_2M_SHIFT);
	if (ram_end_gpn() >> REGION_SHIFT > regions)
		regions = (ram_end_gpn() >> REGION_SHIFT) + 1;
	for (uint32_t i = 0; i < VIEWS; i++) {
		view_pml4[i] = alloc_page();
		view_pml4[i][0] = entry_to(alloc_page()); /* all RAM is below 512 GiB */
		leaf_tables[i] = alloc_pages(ALIGN_UP(regions * 8, PAGE_SIZE) >> PAGE_SHIFT);
	}
	for (uint32_t i = 0; i < VMPL_COUNT; i++) {
		roots[i][0] = make_unpaged_root(i);
		roots[i][1] = make_paged_root(i);
	}
}

static uint64_t private_leaf(uint64_t gpn, uint32_t vmpl)
{
	frame_t frame = host_map(gpn);
	struct rmp_entry e;
	uint64_t pte = PTE_P | PTE_U | PTE_A | PTE_D;
	uint32_t perms;

	if (frame == NO_FRAME)
		return 0;
	e = rmp_read(frame);
	perms = rmp_perms(&e, vmpl);
	if ((e.flags & (RMP_ASSIGNED | RMP_VALIDATED)) != (RMP_ASSIGNED | RMP_VALIDATED) ||
		e.gpn != (uint32_t)gpn || !(perms & RMP_PERM_READ))
		return 0;
	if (perms & RMP_PERM_WRITE && !(e.flags & RMP_INUSE))
		pte |= PTE_W;
	if ((perms & (RMP_PERM_EXEC_USER | RMP_PERM_EXEC_SUPER)) !=
		(RMP_PERM_EXEC_USER | RMP_PERM_EXEC_SUPER))
		pte |= PTE_NX;
	return pte | frame_pa(frame);
}

/*
 * Read-only until the first store: walks ask for write access, so one that
 * comes to a shared page, where hardware would walk privately, does not pass.
 */
static uint64_t shared_leaf(uint64_t gpn)
{
	frame_t frame = host_map(gpn);

	if (frame == NO_FRAME || rmp_read(frame).flags & RMP_ASSIGNED)
		return 0;
	return frame_pa(frame) | PTE_P | PTE_U | PTE_A | PTE_D | PTE_NX;
}

static uint64_t leaf(uint64_t gpn, uint32_t view)
{
	return view == VIEW_SHARED ? shared_leaf(gpn) : private_leaf(gpn, view);
}

void npt_sync(uint64_t gpn, uint64_t count)
{
	for (uint64_t g = gpn; g < gpn + count; g++) {
		uint64_t region = g >> REGION_SHIFT;

		for (uint32_t view = 0; view < VIEWS && region < regions; view++) {
			uint64_t *table = leaf_tables[view][region];

			if (table)
				__atomic_store_n(
					&table[g % PT_ENTRIES], leaf(g, view), __ATOMIC_RELEASE);
		}
	}
}

static uint64_t *descend(uint64_t *table, uint64_t index)
{
	index %= PT_ENTRIES;
	if (!table[index]) {
		uint64_t *next = alloc_page();

		__atomic_store_n(&table[index], entry_to(next), __ATOMIC_RELEASE);
	}
	return phys(table[index] & PTE_ADDR_MASK);
}

static void make_leaf_table(uint64_t region, uint32_t view)
{
	uint64_t *table, *pd;

	if (leaf_tables[view][region])
		return;
	table = alloc_page();
	for (uint32_t i = 0; i < PT_ENTRIES; i++)
		table[i] = leaf((region << REGION_SHIFT) + i, view);
	pd = descend(view_pml4[view], region >> 18);
	pd = descend(pd, region >> 9);
	__atomic_store_n(&pd[region % PT_ENTRIES], entry_to(table), __ATOMIC_RELEASE);
	__atomic_store_n(&leaf_tables[view][region], table, __ATOMIC_RELEASE);
}

bool npt_fill(uint64_t gpn, uint32_t vmpl)
{
	uint64_t region = gpn >> REGION_SHIFT;

	if (!gpn_is_ram(gpn))
		return false;
	/* Tables stay once they are made: faults on a page of one need not queue. */
	if (__atomic_load_n(&leaf_tables[vmpl][region], __ATOMIC_ACQUIRE) &&
		__atomic_load_n(&leaf_tables[VIEW_SHARED][region], __ATOMIC_ACQUIRE))
		return true;
	spin_lock(&rmp_lock);
	make_leaf_table(region, vmpl);
	make_leaf_table(region, VIEW_SHARED);
	spin_unlock(&rmp_lock);
	return true;
}

void npt_loosen(uint64_t gpn, uint32_t vmpl)
{
	npt_fill(gpn, vmpl);
	spin_lock(&rmp_lock);
	leaf_tables[VIEW_SHARED][gpn >> REGION_SHIFT][gpn % PT_ENTRIES] = private_leaf(gpn, vmpl);
	spin_unlock(&rmp_lock);
}

void npt_tighten(uint64_t gpn)
{
	spin_lock(&rmp_lock);
	npt_sync(gpn, 1);
	spin_unlock(&rmp_lock);
}

void npt_allow_shared_write(uint64_t gpn)
{
	spin_lock(&rmp_lock);
	if (rmp_check(gpn, false, 0, 0) == ACCESS_OK)
		leaf_tables[VIEW_SHARED][gpn >> REGION_SHIFT][gpn % PT_ENTRIES] |= PTE_W;
	spin_unlock(&rmp_lock);
}

void npt_allow_execute(uint64_t gpn, uint32_t vmpl)
{
	npt_fill(gpn, vmpl);
	leaf_tables[vmpl][gpn >> REGION_SHIFT][gpn % PT_ENTRIES] = private_leaf(gpn, vmpl) &
								   ~PTE_NX;
}

/* A page without a table has not been touched. */
bool npt_take_dirty(uint64_t gpn, uint32_t vmpl)
{
	uint64_t *table = leaf_tables[vmpl][gpn >> REGION_SHIFT];

	return table &&
	       __atomic_fetch_and(&table[gpn % PT_ENTRIES], ~PTE_D, __ATOMIC_SEQ_CST) & PTE_D;
}

void npt_map_device(uint64_t gpn)
{
	uint64_t region = gpn >> REGION_SHIFT;

	spin_lock(&rmp_lock);
	make_leaf_table(region, VIEW_SHARED);
	leaf_tables[VIEW_SHARED][region][gpn % PT_ENTRIES] = gpn << PAGE_SHIFT | NPT_TABLE |
							     PTE_NX | PTE_A | PTE_D;
	spin_unlock(&rmp_lock);
}
