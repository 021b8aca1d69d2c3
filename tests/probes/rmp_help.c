/* SPDX-License-Identifier: MIT */
/* Page states and accesses for probes (rmp_help.h). */
#include "rmp_help.h"

#include "check.h"
#include "cpu.h"
#include "insn.h"
#include "memory.h"
#include "nae.h"

uint64_t assigned_page(void)
{
	uint64_t gpa = region_take(PAGE_SIZE, PAGE_SIZE);

	EXPECT_EQ(ghcb_msr_psc(gpa >> PAGE_SHIFT, PSC_OP_PRIVATE), 0);
	return gpa;
}

uint64_t psc_entry(uint64_t entry)
{
	struct psc_buffer *list = (void *)nae_buffer();

	list->cur_entry = 0;
	list->end_entry = 0;
	list->reserved = 0;
	list->entries[0] = entry;
	return nae_psc();
}

static uint64_t psc_some(uint64_t gpa, uint32_t count, uint32_t operation)
{
	struct psc_buffer *list = (void *)nae_buffer();

	list->cur_entry = 0;
	list->end_entry = (uint16_t)(count - 1);
	list->reserved = 0;
	for (uint32_t i = 0; i < count; i++)
		list->entries[i] = (gpa + i * PAGE_SIZE) | (uint64_t)operation
								   << PSC_ENTRY_OP_SHIFT;
	return nae_psc();
}

uint64_t psc_pages(uint64_t gpa, uint32_t count, uint32_t operation)
{
	while (count) {
		uint32_t part = count < PSC_MAX_ENTRIES ? count : PSC_MAX_ENTRIES;
		uint64_t error = psc_some(gpa, part, operation);

		if (error)
			return error;
		gpa += part * PAGE_SIZE;
		count -= part;
	}
	return 0;
}

uint64_t assigned_2m(uint32_t size)
{
	uint64_t gpa = region_take(PAGE_2M_SIZE, PAGE_2M_SIZE), error;

	if (size == RMP_SIZE_2M)
		error = psc_entry(
			gpa | (uint64_t)PSC_OP_PRIVATE << PSC_ENTRY_OP_SHIFT | PSC_ENTRY_2M);
	else
		error = psc_pages(gpa, PAGES_PER_2M, PSC_OP_PRIVATE);
	EXPECT_EQ(error, 0);
	return gpa;
}

struct trap try_read(const void *va, uint64_t *value)
{
	uint64_t read = 0;
	struct trap t = TRY("movq (%1), %0", "+r"(read) : "r"(va) : "memory");

	if (value)
		*value = read;
	return t;
}

struct trap try_write(void *va, uint64_t value)
{
	return TRY("movq %1, (%0)", : "r"(va), "r"(value) : "memory");
}

uint32_t is_validated(uint64_t gpa)
{
	struct trap t = try_read(private_view(gpa), NULL);

	if (t.vector == TRAP_NONE)
		return 1;
	return t.vector == VEC_VC && t.error == SVM_EXIT_PAGE_NOT_VALIDATED ? 0 : 2;
}
