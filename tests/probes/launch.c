/* SPDX-License-Identifier: MIT */
/*
 * What the launch leaves: secrets page, IGVM parameters, registers, and pages
 * that nobody placed. Started with 2 vCPUs and 64 MiB.
 */
#include <string.h>

#include "acpi_abi.h"
#include "check.h"
#include "guest.h"
#include "igvm.h"
#include "insn.h"
#include "launch.h"
#include "layout.h"
#include "memory.h"
#include "rmp_help.h"

static bool all_zero(const void *data, size_t size)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < size; i++)
		if (p[i])
			return false;
	return true;
}

static void secrets(void)
{
	const struct snp_secrets *s = guest.secrets;

	EXPECT(s->version >= 2);
	for (uint32_t i = 0; i < VMPL_COUNT; i++) {
		EXPECT(!all_zero(s->vmpck[i], VMPCK_SIZE));
		EXPECT(!i || memcmp(s->vmpck[0], s->vmpck[i], VMPCK_SIZE));
	}
	EXPECT(all_zero(s->os_area, sizeof(s->os_area)));
	EXPECT_EQ(s->svsm_base, 0);
	EXPECT_EQ(s->svsm_size, 0);
	EXPECT_EQ(s->svsm_caa, 0);
}

static void parameters(void)
{
	const struct launch_parameters *p = (const void *)PROBE_PARAMETERS;
	const struct igvm_memory_map_entry *map = (const void *)PROBE_MEMORY_MAP;

	EXPECT_EQ(p->vp_count, 2);
	EXPECT_EQ(map[0].starting_gpa_page_number, 0);
	EXPECT_EQ(map[0].number_of_pages, 64 * MIB / PAGE_SIZE);
	EXPECT_EQ(map[0].entry_type, IGVM_MEMORY_RAM);
	EXPECT_EQ(map[1].number_of_pages, 0); /* the end */
}

static void madt(void)
{
	const struct acpi_madt *m = (const void *)PROBE_MADT;
	uint8_t sum = 0;

	EXPECT(!memcmp(m->header.signature, "APIC", 4));
	for (uint32_t i = 0; i < m->header.length; i++)
		sum = (uint8_t)(sum + ((const uint8_t *)m)[i]);
	EXPECT_EQ(sum, 0);
	EXPECT_EQ(guest.cpu_count, 2);
	EXPECT_EQ(guest.apic_id[0], 0);
	EXPECT_EQ(guest.apic_id[1], 1);
}

/* Placed pages are validated, for VMPL 0 alone; what lies between is the host's still. */
static void pages(void)
{
	static const uint64_t placed[] = {PROBE_SECRETS, PROBE_CPUID, PROBE_PARAMETERS,
		PROBE_MEMORY_MAP, PROBE_MADT, 0x100000};

	for (size_t i = 0; i < ARRAY_SIZE(placed); i++) {
		struct pvalidate_result r = pvalidate(private_view(placed[i]), RMP_SIZE_4K, true);

		EXPECT_EQ(r.code, RMP_SUCCESS);
		EXPECT(r.no_change);
		EXPECT_EQ(rmpquery(private_view(placed[i]), 1).attributes, rmp_attributes(1, 0));
	}
	EXPECT_EQ(try_read(shared_view(PROBE_SECRETS - PAGE_SIZE), NULL).vector, TRAP_NONE);
}

static void cpuid_page(void)
{
	const struct snp_cpuid_page *page = guest.cpuid;

	EXPECT(page->count > 0 && page->count <= SNP_CPUID_MAX);
	for (uint32_t i = 0; i < page->count && i < SNP_CPUID_MAX; i++) {
		for (uint32_t j = 0; j < i; j++)
			EXPECT(page->entries[i].eax_in != page->entries[j].eax_in ||
				page->entries[i].ecx_in != page->entries[j].ecx_in ||
				page->entries[i].xcr0_in != page->entries[j].xcr0_in);
		EXPECT_EQ(page->entries[i].reserved, 0);
	}
	EXPECT(all_zero(&page->entries[page->count],
		(SNP_CPUID_MAX - page->count) * sizeof(page->entries[0])));
}

static const struct test_case cases[] = {
	{"secrets page: four keys, no SVSM", secrets},
	{"parameters: vCPUs and memory map", parameters},
	{"MADT", madt},
	{"placed pages are validated for VMPL 0, the rest is the host's", pages},
	{"CPUID page: no entry twice, nothing behind the last", cpuid_page},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
