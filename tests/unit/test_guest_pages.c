/* SPDX-License-Identifier: MIT */
/*
 * What of the paravisor's secrets and CPUID pages reaches the guest
 * (kernel/guest_pages.c), byte by byte.
 */
#include "tests/unit/unit_test.h"

#include "kernel/guest_pages.h"
#include "x86.h"

static const struct guest_svsm_info svsm = {
	.base = 0x08000000, .size = 0x400000, .calling_area = 0x123000, .vmpl = 2};

static const uint8_t zeros[4096];

static void secrets_at_each_vmpl(void **state)
{
	struct snp_secrets own, out;

	(void)state;
	memset(&own, 0x5a, sizeof(own));
	for (unsigned int vmpl = 1; vmpl < VMPL_COUNT; vmpl++) {
		struct guest_svsm_info info = svsm;

		info.vmpl = vmpl;
		memset(&out, 0xee, sizeof(out));
		assert_int_equal(guest_secrets_fill(&out, &own, &info), GUEST_PAGES_OK);
		for (unsigned int key = 0; key < VMPL_COUNT; key++)
			assert_memory_equal(
				out.vmpck[key], key < vmpl ? zeros : own.vmpck[key], VMPCK_SIZE);
		assert_int_equal(out.svsm_guest_vmpl, vmpl);
	}
}

static void secrets_fields(void **state)
{
	struct snp_secrets own, out;

	(void)state;
	memset(&own, 0x5a, sizeof(own));
	assert_int_equal(guest_secrets_fill(&out, &own, &svsm), GUEST_PAGES_OK);
	assert_memory_equal(&out, &own, offsetof(struct snp_secrets, reserved_c));
	assert_memory_equal(out.gosvw, own.gosvw, sizeof(out.gosvw));
	assert_memory_equal(out.os_area, zeros, sizeof(out.os_area));
	assert_int_equal(out.svsm_base, svsm.base);
	assert_int_equal(out.svsm_size, svsm.size);
	assert_int_equal(out.svsm_caa, svsm.calling_area);
	assert_int_equal(out.svsm_max_version, 1);
	assert_int_equal(out.tsc_factor, own.tsc_factor);
	assert_memory_equal(out.reserved_164, zeros, sizeof(out.reserved_164));
}

static void secrets_refused(void **state)
{
	struct snp_secrets own = {0}, out;
	struct guest_svsm_info info;

	(void)state;
	info = svsm;
	info.vmpl = 0;
	assert_int_equal(guest_secrets_fill(&out, &own, &info), GUEST_PAGES_VMPL);
	info.vmpl = 4;
	assert_int_equal(guest_secrets_fill(&out, &own, &info), GUEST_PAGES_VMPL);
	info = svsm;
	info.size = 0;
	assert_int_equal(guest_secrets_fill(&out, &own, &info), GUEST_PAGES_ADDRESS);
	info = svsm;
	info.base |= 8;
	assert_int_equal(guest_secrets_fill(&out, &own, &info), GUEST_PAGES_ADDRESS);
	info = svsm;
	info.calling_area |= 0x800;
	assert_int_equal(guest_secrets_fill(&out, &own, &info), GUEST_PAGES_ADDRESS);
}

static struct snp_cpuid_page cpuid_table(uint32_t count, uint32_t sev_at)
{
	struct snp_cpuid_page page;

	memset(&page, 0x77, sizeof(page));
	page.count = count;
	for (uint32_t i = 0; i < SNP_CPUID_MAX; i++) {
		page.entries[i].eax_in = i == sev_at ? CPUID_SEV_LEAF : i;
		page.entries[i].eax = 0x1b;
	}
	return page;
}

static void cpuid_copied_with_the_bit(void **state)
{
	for (uint32_t count = 1; count <= SNP_CPUID_MAX; count++) {
		struct snp_cpuid_page own = cpuid_table(count, count - 1), out;

		(void)state;
		memset(&out, 0xee, sizeof(out));
		assert_int_equal(guest_cpuid_fill(&out, &own), GUEST_PAGES_OK);
		assert_int_equal(out.count, count);
		assert_int_equal(out.reserved_4 | out.reserved_8, 0);
		for (uint32_t i = 0; i < count; i++) {
			own.entries[i].reserved = 0;
			if (i == count - 1)
				own.entries[i].eax |= 1U << 28;
			assert_memory_equal(
				&out.entries[i], &own.entries[i], sizeof(out.entries[i]));
		}
		assert_memory_equal(&out.entries[count], zeros,
			sizeof(out) - offsetof(struct snp_cpuid_page, entries) -
				count * sizeof(out.entries[0]));
	}
}

static void cpuid_refused(void **state)
{
	struct snp_cpuid_page own = cpuid_table(0, 0), out;

	(void)state;
	assert_int_equal(guest_cpuid_fill(&out, &own), GUEST_PAGES_COUNT);
	own.count = SNP_CPUID_MAX + 1;
	assert_int_equal(guest_cpuid_fill(&out, &own), GUEST_PAGES_COUNT);
	own.count = UINT32_MAX;
	assert_int_equal(guest_cpuid_fill(&out, &own), GUEST_PAGES_COUNT);
	own = cpuid_table(10, 10); /* the leaf lies just past the table's end */
	assert_int_equal(guest_cpuid_fill(&out, &own), GUEST_PAGES_NO_SEV);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_at_each_vmpl),
		cmocka_unit_test(secrets_fields),
		cmocka_unit_test(secrets_refused),
		cmocka_unit_test(cpuid_copied_with_the_bit),
		cmocka_unit_test(cpuid_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
