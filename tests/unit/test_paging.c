/* SPDX-License-Identifier: MIT */
/*
 * The paravisor's page tables: what is mapped with which pages and rights, and
 * that taking mappings away takes no memory.
 */
#include "unit_test.h"

#include "kernel/frames.h"
#include "kernel/image.h"
#include "kernel/paging.h"
#include "kernel/x86_insn.h"

#define PRIVATE BIT(51)
#define TEXT_PAGES 2U
#define VA (VA_LAUNCH + 0x40000000UL)
#define PHYSICAL 0x12345000000UL

/* The image begins at its link address as far as the tables' code can see. */
uint8_t __image_start[8 * PAGE_SIZE];
__asm__(".globl __text_end, __rodata_end, __once_data_end, __once_bss_end\n"
	".set __text_end, __image_start + 0x2000\n"
	".set __rodata_end, __image_start + 0x3000\n"
	".set __once_data_end, __image_start + 0x4000\n"
	".set __once_bss_end, __image_start + 0x6000\n");
uint8_t __bss_start[1];

static unsigned int frames, flushes; /* frames: ever taken */

void *frames_need(unsigned int pages)
{
	static uint8_t pool[16][PAGE_SIZE] ALIGNED(4096);

	assert_int_equal(pages, 1);
	assert_true(frames < ARRAY_SIZE(pool));
	return pool[frames++];
}

struct spa spa_of(const volatile void *memory)
{
	return (struct spa){(uint64_t)memory};
}

void *spa_pointer(struct spa address)
{
	return (void *)address.value;
}

void invlpg(struct va va)
{
	(void)va;
	flushes++;
}

static int setup(void **state)
{
	(void)state;
	paging_build(PRIVATE);
	flushes = 0;
	return 0;
}

static uint64_t entry(uint64_t va, unsigned int level)
{
	return *paging_entry((struct va){va}, level);
}

static void the_region_has_no_page_that_is_code_and_data(void **state)
{
	(void)state;
	for (uint64_t page = 0; page < REGION_SIZE; page += PAGE_SIZE) {
		uint64_t pte = entry(VA_OFFSET + REGION_GPA + page, 1);

		assert_int_equal(pte & PTE_ADDR_MASK & ~PRIVATE, REGION_GPA + page);
		assert_true(pte & PRIVATE);
		assert_false((pte & PTE_W) && !(pte & PTE_NX));
		assert_int_equal(!(pte & PTE_NX), page < TEXT_PAGES * PAGE_SIZE);
	}
}

static void aligned_stretches_get_large_pages(void **state)
{
	(void)state;
	paging_map((struct va){VA + PAGE_2M_SIZE - PAGE_SIZE}, PHYSICAL + PAGE_2M_SIZE - PAGE_SIZE,
		PAGE_2M_SIZE + 2 * PAGE_SIZE, MAP_DATA);
	assert_false(entry(VA, 2) & PTE_PS);
	assert_true(entry(VA + PAGE_2M_SIZE - PAGE_SIZE, 1) & PTE_P);
	assert_true(entry(VA + PAGE_2M_SIZE, 2) & PTE_PS);
	assert_true(entry(VA + 2 * PAGE_2M_SIZE, 1) & PTE_P);
	paging_unmap((struct va){VA}, 3 * PAGE_2M_SIZE);
	assert_int_equal(entry(VA + PAGE_2M_SIZE, 2), 0);
}

static void unmapping_takes_no_memory(void **state)
{
	unsigned int taken;

	(void)state;
	paging_map((struct va){VA}, PHYSICAL, 2 * PAGE_2M_SIZE, MAP_DATA);
	taken = frames;
	for (int i = 0; i < 2; i++) {
		paging_unmap((struct va){VA}, 2 * PAGE_2M_SIZE);
		assert_int_equal(entry(VA, 2), 0);
		assert_int_equal(entry(VA + PAGE_2M_SIZE, 2), 0);
	}
	assert_int_equal(frames, taken);
	assert_int_equal(flushes, 2);
}

/* Nothing, pages, nothing, a large page. */
static void unmapping_passes_over_what_is_not_mapped(void **state)
{
	uint64_t small = VA + PAGE_2M_SIZE, large = VA + 3 * PAGE_2M_SIZE;

	(void)state;
	paging_map((struct va){small + PAGE_SIZE}, PHYSICAL, 2 * PAGE_SIZE, MAP_DATA);
	paging_map((struct va){large}, PHYSICAL, PAGE_2M_SIZE, MAP_DATA);
	paging_unmap((struct va){VA + 3 * PAGE_SIZE}, 4 * PAGE_2M_SIZE - 3 * PAGE_SIZE);
	assert_int_equal(entry(small + PAGE_SIZE, 1), 0);
	assert_int_equal(entry(small + 2 * PAGE_SIZE, 1), 0);
	assert_int_equal(entry(large, 2), 0);
}

/* Frames for many CPUs come from a stretch that is mapped by large pages. */
static void a_shared_page_leaves_its_large_page(void **state)
{
	const uint64_t large = VA + 8 * PAGE_2M_SIZE, shared = large + 7 * PAGE_SIZE;

	(void)state;
	paging_map((struct va){large}, PHYSICAL, PAGE_2M_SIZE, MAP_DATA);
	paging_set_shared((struct va){shared});
	assert_false(entry(large, 2) & PTE_PS);
	assert_int_equal(flushes, 1);
	for (uint64_t at = 0; at < PAGE_2M_SIZE; at += PAGE_SIZE)
		assert_int_equal(entry(large + at, 1),
			(PHYSICAL + at) | MAP_DATA | (large + at == shared ? 0 : PRIVATE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_region_has_no_page_that_is_code_and_data, setup),
		cmocka_unit_test_setup(unmapping_takes_no_memory, setup),
		cmocka_unit_test_setup(aligned_stretches_get_large_pages, setup),
		cmocka_unit_test_setup(unmapping_passes_over_what_is_not_mapped, setup),
		cmocka_unit_test_setup(a_shared_page_leaves_its_large_page, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
