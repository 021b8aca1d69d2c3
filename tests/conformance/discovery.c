/* SPDX-License-Identifier: MIT */
/*
 * What a guest finds of its paravisor: the secrets page, the CPUID page, a
 * memory map of nothing but its own memory. And what it must not reach, which
 * ends the run; which of these a run is for, a word of the command line says:
 * read-paravisor, write-paravisor, run-paravisor, read-state-map, write-vmsa.
 */
#include <string.h>

#include "guest.h"
#include "insn.h"
#include "places.h"

/* --- Secrets page --- */

static bool is_zero(const void *bytes, size_t size)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < size; i++)
		if (p[i])
			return false;
	return true;
}

static void keys(void)
{
	const struct snp_secrets *s = guest.secrets;

	EXPECT(is_zero(s->vmpck[0], VMPCK_SIZE));
	EXPECT(is_zero(s->vmpck[1], VMPCK_SIZE));
	EXPECT(!is_zero(s->vmpck[2], VMPCK_SIZE));
	EXPECT(!is_zero(s->vmpck[3], VMPCK_SIZE));
	EXPECT(memcmp(s->vmpck[2], s->vmpck[3], VMPCK_SIZE));
}

static void svsm_fields(void)
{
	const struct snp_secrets *s = guest.secrets;

	EXPECT_NE(s->svsm_size, 0);
	EXPECT(IS_ALIGNED(s->svsm_base | s->svsm_size | s->svsm_caa, PAGE_SIZE));
	EXPECT_EQ(s->svsm_max_version, 1);
	EXPECT_EQ(s->svsm_guest_vmpl, 2);
	EXPECT(is_zero(s->reserved_15d, sizeof(s->reserved_15d)));
	EXPECT(is_zero(s->os_area, sizeof(s->os_area)));
	EXPECT(is_zero(s->reserved_164, sizeof(s->reserved_164)));
}

static bool in_ram(uint64_t gpa)
{
	for (uint32_t i = 0; i < guest.ram_count; i++)
		if (gpa >= guest.ram[i].base && gpa - guest.ram[i].base < guest.ram[i].size)
			return true;
	return false;
}

static void first_calling_area(void)
{
	uint64_t area = guest.secrets->svsm_caa;
	const uint64_t *header = private_view(area);

	EXPECT(area < paravisor_base() || area >= paravisor_end());
	EXPECT_EQ(*header, 0);
	expect_ordinary(area);
}

/* The guest's copies are its own pages: it may use them as it likes. */
static void copies_are_ordinary(void)
{
	expect_ordinary((uint64_t)guest.secrets);
	expect_ordinary((uint64_t)guest.cpuid);
	expect_ordinary(guest.boot_params);
}

/* --- CPUID page --- */

static void cpuid_page(void)
{
	const struct snp_cpuid_entry *sev = guest_cpuid_entry(CPUID_SEV_LEAF, 0);

	EXPECT(guest.cpuid->count > 0 && guest.cpuid->count <= SNP_CPUID_MAX);
	if (!sev)
		check_abort("the CPUID page has no leaf 8000001Fh");
	EXPECT(sev->eax & CPUID_SEV_EAX_SVSM_CAA);
	for (uint32_t i = guest.cpuid->count; i < SNP_CPUID_MAX; i++)
		EXPECT(is_zero(&guest.cpuid->entries[i], sizeof(guest.cpuid->entries[i])));
}

/* --- Memory map --- */

static void map_without_paravisor(void)
{
	for (uint64_t gpa = paravisor_base(); gpa < paravisor_end(); gpa += PAGE_SIZE)
		EXPECT(!in_ram(gpa));
	for (uint32_t i = 0; i < guest.ram_count; i++) {
		EXPECT(IS_ALIGNED(guest.ram[i].base | guest.ram[i].size, PAGE_SIZE));
		EXPECT(guest.ram[i].size);
		if (i)
			EXPECT(guest.ram[i].base >= guest.ram[i - 1].base + guest.ram[i - 1].size);
	}
}

/* Every page that the map calls RAM is there (one we share), and a sample has all rights. */
static void map_is_validated(void)
{
	for (uint32_t i = 0; i < guest.ram_count; i++) {
		uint64_t end = guest.ram[i].base + guest.ram[i].size;

		for (uint64_t gpa = guest.ram[i].base; gpa < end; gpa += PAGE_SIZE)
			if (gpa != cpu_self()->ghcb_gpa)
				EXPECT_EQ(page_read(gpa).vector, TRAP_NONE);
		expect_ordinary(guest.ram[i].base);
		expect_ordinary(end - PAGE_SIZE);
	}
}

/* What neither image nor paravisor's hand-over lies in was cleared at launch. */
static void free_memory_is_zero(void)
{
	uint64_t bytes = 64 * MIB;

	expect_zero_range(region_take(bytes, PAGE_2M_SIZE), bytes);
}

static void cpus(void)
{
	EXPECT(guest.cpu_count >= 1);
	for (uint32_t i = 0; i < guest.cpu_count; i++)
		for (uint32_t j = 0; j < i; j++)
			EXPECT_NE(guest.apic_id[i], guest.apic_id[j]);
}

/* --- Privilege --- */

static void more_privileged_levels(void)
{
	void *page = page_alloc();

	for (uint64_t vmpl = 0; vmpl <= guest.vmpl; vmpl++) {
		EXPECT_EQ(rmpadjust(page, RMP_SIZE_4K, rmp_attributes(vmpl, RMP_PERM_RWX)),
			RMP_FAIL_PERMISSION);
		EXPECT_EQ(
			rmpadjust(page, RMP_SIZE_4K, rmp_attributes(vmpl, 0)), RMP_FAIL_PERMISSION);
	}
	EXPECT_EQ(rmpadjust(page, RMP_SIZE_4K, rmp_attributes(3, 0) | RMPADJUST_VMSA),
		RMP_FAIL_PERMISSION);
	expect_ordinary((uint64_t)page);
}

static void no_pvalidate(void)
{
	void *page = page_alloc();
	struct trap t = TRY(INSN_PVALIDATE, : "a"(page), "c"(0UL), "d"(0UL) : "memory", "cc");

	EXPECT_EQ(t.vector, VEC_GP);
	expect_ordinary((uint64_t)page);
}

/* The first vCPU runs under these features; a VMSA needs the same. */
static void features(void)
{
	EXPECT(vmsa_features() & SEV_FEATURE_SNP);
	EXPECT(!(vmsa_features() & SEV_FEATURE_VTOM));
}

static const struct test_case cases[] = {
	{"keys of VMPL 0 and 1 are zero, 2 and 3 are there", keys},
	{"base, size, version and VMPL", svsm_fields},
	{"the first calling area", first_calling_area},
	{"secrets, CPUID and boot pages are ordinary memory", copies_are_ordinary},
	{"CPUID page: bit 28 of leaf 8000001Fh", cpuid_page},
	{"the memory map leaves the paravisor out", map_without_paravisor},
	{"all of the memory map is validated", map_is_validated},
	{"free memory reads zero", free_memory_is_zero},
	{"APIC ids differ", cpus},
	{"RMPADJUST for VMPL 0 to 2, or of a VMSA, fails", more_privileged_levels},
	{"PVALIDATE is not the guest's", no_pvalidate},
	{"SEV_FEATURES", features},
};

/* --- What ends the run --- */

static void read_at(uint64_t gpa)
{
	struct trap t = page_read(gpa);

	check_abort("%lx: trap %lu error %lx", gpa, t.vector, t.error);
}

static void write_at(uint64_t gpa)
{
	struct trap t = TRY("movq %%rax, (%0)", : "r"(private_view(gpa)) : "memory");

	check_abort("%lx: trap %lu error %lx", gpa, t.vector, t.error);
}

static void run_at(uint64_t gpa)
{
	struct trap t = TRY("call *%0", : "r"(gpa) : "memory");

	check_abort("%lx: trap %lu error %lx", gpa, t.vector, t.error);
}

static void forbidden(void)
{
	uint64_t calling_area;

	if (guest_has_word("read-paravisor"))
		read_at(paravisor_base());
	if (guest_has_word("write-paravisor"))
		write_at(paravisor_base() + PAGE_SIZE);
	if (guest_has_word("run-paravisor"))
		run_at(paravisor_base());
	if (guest_has_word("read-state-map"))
		read_at(paravisor_end() - PAGE_SIZE);
	if (guest_has_word("write-vmsa"))
		write_at((uint64_t)vmsa_registered(&calling_area));
}

void guest_main(void)
{
	call_init();
	forbidden();
	CHECK_RUN(cases);
}
