/* SPDX-License-Identifier: MIT */
/* Pages of RAM and their states (memory.h). */
#include "memory.h"

#include <string.h>

#include "check.h"
#include "ghcb.h"
#include "guest.h"
#include "insn.h"
#include "nae.h"
#include "svsm_call.h"

extern char guest_image_start[], guest_image_end[];

static struct guest_ram heap;
static uint64_t heap_next;
static uint32_t granted[VMPL_COUNT];

#define MAX_PAGES 4096U
static uint32_t allocated[MAX_PAGES]; /* page numbers that memory_grant() must reach */
static uint32_t allocated_count;

/* The largest piece of RAM above the image. */
void memory_init(void)
{
	uint64_t image_end = ALIGN_UP((uint64_t)guest_image_end, PAGE_SIZE);

	for (uint32_t i = 0; i < guest.ram_count; i++) {
		struct guest_ram r = guest.ram[i];

		if (r.base < image_end && r.base + r.size > image_end)
			r = (struct guest_ram){image_end, r.base + r.size - image_end};
		if (r.base >= image_end && r.size > heap.size && r.base + r.size <= PRIVATE_LIMIT)
			heap = r;
	}
	heap_next = heap.base;
}

uint64_t region_take(uint64_t bytes, uint64_t align)
{
	uint64_t base = ALIGN_UP(heap_next, align);

	if (base + bytes > heap.base + heap.size)
		check_abort("the guest has no %lu bytes of memory left", bytes);
	heap_next = base + bytes;
	return base;
}

static bool validate(uint64_t gpa, bool valid)
{
	struct pvalidate_result r;

	if (guest.svsm)
		return svsm_pvalidate_page(gpa, RMP_SIZE_4K, valid) == SVSM_SUCCESS;
	r = pvalidate(private_view(gpa), RMP_SIZE_4K, valid);
	return r.code == RMP_SUCCESS && !r.no_change;
}

bool page_make_private(uint64_t gpa)
{
	return ghcb_msr_psc(gpa >> PAGE_SHIFT, PSC_OP_PRIVATE) == 0 && validate(gpa, true);
}

bool page_make_shared(uint64_t gpa)
{
	return validate(gpa, false) && ghcb_msr_psc(gpa >> PAGE_SHIFT, PSC_OP_SHARED) == 0;
}

static void grant_page(uint64_t gpa, uint32_t vmpl, uint32_t perms)
{
	uint64_t code = rmpadjust(private_view(gpa), RMP_SIZE_4K, rmp_attributes(vmpl, perms));

	if (code != RMP_SUCCESS)
		check_abort("RMPADJUST of page %lx for VMPL %u: %lu", gpa, vmpl, code);
}

static void prepare_page(uint64_t gpa)
{
	if (!guest.linux_boot && !page_make_private(gpa))
		check_abort("page %lx cannot be made private", gpa);
	memset(private_view(gpa), 0, PAGE_SIZE);
}

static void share_with_lower_vmpls(uint64_t gpa)
{
	for (uint32_t vmpl = 1; vmpl < VMPL_COUNT; vmpl++)
		if (granted[vmpl])
			grant_page(gpa, vmpl, granted[vmpl]);
	if (allocated_count == MAX_PAGES)
		check_abort("more than %u pages are allocated", MAX_PAGES);
	allocated[allocated_count++] = (uint32_t)(gpa >> PAGE_SHIFT);
}

void *pages_alloc(uint64_t count)
{
	uint64_t base = region_take(count * PAGE_SIZE, PAGE_SIZE);

	for (uint64_t i = 0; i < count; i++) {
		prepare_page(base + i * PAGE_SIZE);
		share_with_lower_vmpls(base + i * PAGE_SIZE);
	}
	return private_view(base);
}

void *page_alloc(void)
{
	return pages_alloc(1);
}

void *page_alloc_vmsa(void)
{
	uint64_t gpa = region_take(PAGE_SIZE, PAGE_SIZE);

	if (IS_ALIGNED(gpa, PAGE_2M_SIZE))
		gpa = region_take(PAGE_SIZE, PAGE_SIZE);
	prepare_page(gpa);
	return private_view(gpa);
}

void *page_alloc_shared(uint64_t *gpa)
{
	*gpa = region_take(PAGE_SIZE, PAGE_SIZE);
	if (guest.linux_boot && !page_make_shared(*gpa))
		check_abort("page %lx cannot be made shared", *gpa);
	memset(shared_view(*gpa), 0, PAGE_SIZE);
	return shared_view(*gpa);
}

void memory_grant(uint32_t vmpl, uint32_t perms)
{
	uint64_t end = ALIGN_UP((uint64_t)guest_image_end, PAGE_SIZE);

	granted[vmpl] = perms;
	for (uint64_t gpa = (uint64_t)guest_image_start; gpa < end; gpa += PAGE_SIZE)
		grant_page(gpa, vmpl, perms);
	for (uint32_t i = 0; i < allocated_count; i++)
		grant_page((uint64_t)allocated[i] << PAGE_SHIFT, vmpl, perms);
}
