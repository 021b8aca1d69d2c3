/* SPDX-License-Identifier: MIT */
/* Copies of memory and registers (snapshot.h). */
#include "snapshot.h"
#include "apic.h"
#include "insn.h"
#include "npt.h"
#include "rmp.h"

#define GUEST_VMPL 2U
#define MAX_PAGES 4096U
#define MAX_ALSO 5U

static uint8_t *copies;           /* MAX_PAGES pages, made once */
static uint64_t pages[MAX_PAGES]; /* guest page numbers */
static uint32_t count;
static bool taken;
static uint64_t also[MAX_ALSO]; /* guest page numbers */
static uint32_t also_count;
static struct context context;
static struct vmcb vmcb;
static struct upper_apic apic;

bool snapshot_taken(void)
{
	return taken;
}

static void *content(uint64_t gpn)
{
	return phys(frame_pa(host_map(gpn)));
}

static void keep(uint64_t gpn)
{
	if (count == MAX_PAGES)
		machine_fault("VMPL 0 has more than %u pages", MAX_PAGES);
	memcpy(copies + count * PAGE_SIZE, content(gpn), PAGE_SIZE);
	npt_take_dirty(gpn, 0);
	pages[count++] = gpn;
}

static bool is_own(frame_t frame)
{
	struct rmp_entry e = rmp_read(frame);

	return e.flags & RMP_VALIDATED && !(rmp_perms(&e, GUEST_VMPL) & RMP_PERM_WRITE);
}

/* Of [base, base + size), what VMPL 2 may not change. */
static void keep_own(uint64_t base, uint64_t size)
{
	uint64_t end = (base + size) >> PAGE_SHIFT;

	for (uint64_t gpn = base >> PAGE_SHIFT; gpn < end; gpn++)
		if (gpn_is_ram(gpn) && is_own(host_map(gpn)))
			keep(gpn);
}

void snapshot_also(uint64_t gpa)
{
	for (uint32_t i = 0; i < also_count; i++)
		if (also[i] == gpa >> PAGE_SHIFT)
			return;
	if (also_count == MAX_ALSO)
		machine_fault("trials put back no more than %u pages of the guest", MAX_ALSO);
	also[also_count++] = gpa >> PAGE_SHIFT;
}

/* Segments and system-call MSRs are in the processor. */
void snapshot_take(const struct vcpu *v)
{
	if (!copies)
		copies = alloc_pages(MAX_PAGES);
	count = 0;
	keep_own(0, ram_end_gpn() << PAGE_SHIFT);
	keep_own(REGION_WINDOW_BASE, REGION_WINDOW_SIZE);
	for (uint32_t i = 0; i < also_count; i++)
		keep(also[i]);
	apic = upper_apics[v->index];
	context = v->context[0];
	svm_vmsave(virt_to_phys(context.vmcb));
	vmcb = *context.vmcb;
	taken = true;
}

void snapshot_restore(struct vcpu *v)
{
	for (uint32_t i = 0; i < count; i++)
		if (npt_take_dirty(pages[i], 0))
			memcpy(content(pages[i]), copies + i * PAGE_SIZE, PAGE_SIZE);
	v->context[0] = context;
	*context.vmcb = vmcb;
	svm_vmload(virt_to_phys(context.vmcb));
	upper_apics[v->index] = apic;
}

void snapshot_drop(void)
{
	taken = false;
}
