/* SPDX-License-Identifier: MIT */
/*
 * All vCPUs hammer the same pages with all calls that change them, in seeded
 * random order. Every result must be one that the call is documented to have;
 * nobody dies; in the end each page can be made ordinary memory again. During
 * the rounds no vCPU touches the pages itself, but for its own calling area.
 */
#include "console.h"
#include "guest.h"
#include "places.h"

#define ROUNDS 1600U /* of all vCPUs together */
#define SEED 0x4e61637265ULL
#define PLAIN 24U /* pages hammered by every call, the first one at a 2 MiB boundary */
#define SEALED 6U /* pages that hold a good save area, hence never rescinded */
#define PAGES (PLAIN + SEALED)
#define MAX_LIST 6U

enum kind {
	KIND_PVALIDATE,
	KIND_REMAP_CA,
	KIND_CREATE,
	KIND_DELETE,
	KIND_QUERY,
	KINDS,
};
#define BUSY 5U

static const struct {
	const char *name;
	uint64_t results[BUSY + 1]; /* documented, SUCCESS first; 0: none */
} kinds[KINDS] = {
	[KIND_PVALIDATE] = {"PVALIDATE",
		{SVSM_SUCCESS, SVSM_ERR_INVALID_ADDRESS, SVSM_ERR_PVALIDATE_NO_CHANGE,
			ERR_SIZEMISMATCH, [BUSY] = SVSM_ERR_BUSY}},
	[KIND_REMAP_CA] = {"REMAP_CA",
		{SVSM_SUCCESS, SVSM_ERR_INVALID_ADDRESS, [BUSY] = SVSM_ERR_BUSY}},
	[KIND_CREATE] = {"CREATE_VCPU",
		{SVSM_SUCCESS, SVSM_ERR_INVALID_ADDRESS, SVSM_ERR_INVALID_PARAMETER,
			SVSM_ERR_INVALID_REQUEST, [BUSY] = SVSM_ERR_BUSY}},
	[KIND_DELETE] = {"DELETE_VCPU",
		{SVSM_SUCCESS, SVSM_ERR_INVALID_PARAMETER, ERR_INUSE, [BUSY] = SVSM_ERR_BUSY}},
	[KIND_QUERY] = {"QUERY_PROTOCOL", {SVSM_SUCCESS}},
};

static uint64_t plain_block, sealed_block, whole_block;
static uint32_t counts[KINDS][ARRAY_SIZE(kinds[0].results)];

struct worker {
	uint64_t random;
	uint64_t home; /* its first calling area */
	struct svsm_pvalidate_list *list;
};
static struct worker workers[GUEST_MAX_CPUS];

static uint64_t pick(struct worker *w, uint64_t limit)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return (w->random >> 20) % limit;
}

static uint64_t page_number(uint64_t i)
{
	return i < PLAIN ? plain_block + i * PAGE_SIZE : sealed_block + (1 + i - PLAIN) * PAGE_SIZE;
}

static uint64_t any_page(struct worker *w)
{
	return page_number(pick(w, PAGES));
}

static uint64_t sealed_page(struct worker *w)
{
	return page_number(PLAIN + pick(w, SEALED));
}

static void count(enum kind kind, uint64_t result)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(kinds[kind].results); i++) {
		if (kinds[kind].results[i] != result)
			continue;
		__atomic_fetch_add(&counts[kind][i], 1, __ATOMIC_RELAXED);
		return;
	}
	check_fail("%s answers %lx", kinds[kind].name, result);
}

/*
 * After a successful REMAP_CA the old calling area may be anybody's at once: it
 * is not looked at.
 */
static uint64_t hammer_call(enum kind kind, struct svsm_regs *r, uint32_t outputs)
{
	struct cpu *cpu = cpu_self();
	uint64_t target = r->rcx;

	__atomic_store_n(&cpu->ca->call_pending, 1, __ATOMIC_SEQ_CST);
	call_exit(r, r->r9 & 1 ? SVSM_BY_NAE : SVSM_BY_MSR, outputs);
	if (kind == KIND_REMAP_CA && r->rax == SVSM_SUCCESS)
		cpu->ca = private_view(target);
	EXPECT_EQ(__atomic_load_n(&cpu->ca->call_pending, __ATOMIC_SEQ_CST), 0);
	count(kind, r->rax);
	return r->rax;
}

static uint64_t random_entry(struct worker *w)
{
	uint64_t flags = pick(w, 2) * VALIDATE | pick(w, 2) * IGNORE_CF;

	switch (pick(w, 8)) {
	case 0:
		return whole_block | LARGE | flags;
	case 1:
		return plain_block | LARGE | flags;
	case 2:
		return sealed_page(w) | VALIDATE | flags;
	default:
		return page_number(pick(w, PLAIN)) | flags;
	}
}

static void random_list(struct worker *w, struct svsm_regs *r)
{
	list_clear(w->list);
	for (uint64_t i = pick(w, MAX_LIST) + 1; i; i--)
		list_add(w->list, random_entry(w));
	r->rcx = (uint64_t)w->list;
}

static void hammer_pvalidate(struct worker *w, struct svsm_regs *r)
{
	uint64_t result;

	random_list(w, r);
	result = hammer_call(KIND_PVALIDATE, r, 0);
	if (result == SVSM_SUCCESS)
		EXPECT_EQ(w->list->next, w->list->num_entries);
	else
		EXPECT(w->list->next < w->list->num_entries);
}

static void hammer_delete(struct worker *w, struct svsm_regs *r)
{
	bool own = cpu_self()->index && !pick(w, 8);

	r->rcx = own ? (uint64_t)smp_vmsa(cpu_self()->index) : r->rcx;
	if (hammer_call(KIND_DELETE, r, 0) == SVSM_SUCCESS)
		EXPECT(!own);
}

static void hammer_once(struct worker *w)
{
	static const uint32_t numbers[KINDS] = {SVSM_CORE_PVALIDATE, SVSM_CORE_REMAP_CA,
		SVSM_CORE_CREATE_VCPU, SVSM_CORE_DELETE_VCPU, SVSM_CORE_QUERY_PROTOCOL};
	uint64_t choice = pick(w, 2 * KINDS);
	enum kind kind = choice < KINDS ? (enum kind)choice : KIND_PVALIDATE;
	struct svsm_regs r = {.rax = svsm_function(SVSM_PROTOCOL_CORE, numbers[kind]),
		.rcx = pick(w, 2) ? any_page(w) : sealed_page(w),
		.rdx = pick(w, 2) ? any_page(w) : sealed_page(w),
		.r8 = guest.apic_id[pick(w, guest.cpu_count)],
		.r9 = w->random};

	if (kind == KIND_PVALIDATE)
		hammer_pvalidate(w, &r);
	else if (kind == KIND_DELETE)
		hammer_delete(w, &r);
	else
		hammer_call(kind, &r, kind == KIND_QUERY ? OUT_RCX : 0);
}

static void go_home(struct worker *w)
{
	struct svsm_regs r;

	do {
		r = (struct svsm_regs){.rax = svsm_function(SVSM_PROTOCOL_CORE, SVSM_CORE_REMAP_CA),
			.rcx = w->home};
	} while (hammer_call(KIND_REMAP_CA, &r, 0) == SVSM_ERR_BUSY);
	EXPECT_EQ(r.rax, SVSM_SUCCESS);
}

static void work(void *arg)
{
	struct worker *w = arg;

	if (cpu_self()->index)
		call_init();
	w->home = (uint64_t)cpu_self()->ca;
	for (uint32_t i = 0; i < ROUNDS / guest.cpu_count; i++)
		hammer_once(w);
	go_home(w);
}

/* --- Before and after --- */

static void prepare(void)
{
	plain_block = region_take(3 * PAGE_2M_SIZE, PAGE_2M_SIZE);
	sealed_block = plain_block + PAGE_2M_SIZE;
	whole_block = sealed_block + PAGE_2M_SIZE;
	for (uint64_t i = PLAIN; i < PAGES; i++)
		vmsa_make(private_view(page_number(i)), 0);
	for (uint32_t i = 0; i < guest.cpu_count; i++)
		workers[i] = (struct worker){SEED * (2 * i + 1), 0, list_new()};
}

static void hammer(void)
{
	for (uint32_t i = 1; i < guest.cpu_count; i++)
		EXPECT(smp_start(i, work, &workers[i]));
	work(&workers[0]);
	for (uint32_t i = 1; i < guest.cpu_count; i++)
		EXPECT(smp_join(i));
}

static void show_counts(void)
{
	for (uint32_t kind = 0; kind < KINDS; kind++) {
		print("# %s:", kinds[kind].name);
		for (uint32_t i = 0; i < ARRAY_SIZE(kinds[kind].results); i++)
			if (!i || kinds[kind].results[i])
				print(" %lx %u times", kinds[kind].results[i], counts[kind][i]);
		print("\n");
	}
}

static uint32_t refusals(enum kind kind)
{
	uint32_t sum = 0;

	for (uint32_t i = 1; i < ARRAY_SIZE(kinds[kind].results); i++)
		sum += counts[kind][i];
	return sum;
}

/* The hammer has hit: each call has worked, and was refused. Nobody is BUSY alone. */
static void results_met(void)
{
	show_counts();
	for (uint32_t kind = 0; kind < KINDS; kind++) {
		EXPECT_NE(counts[kind][0], 0);
		if (kind != KIND_QUERY)
			EXPECT_NE(refusals(kind), 0);
		if (guest.cpu_count == 1)
			EXPECT_EQ(counts[kind][BUSY], 0);
	}
}

/* Deletes what is still registered; how many that were. */
static uint32_t delete_all(void)
{
	uint32_t deleted = 0;

	for (uint64_t i = 0; i < PAGES; i++) {
		uint64_t result = core(SVSM_CORE_DELETE_VCPU, page_number(i), 0, 0);

		deleted += result == SVSM_SUCCESS;
		if (result != SVSM_SUCCESS && result != SVSM_ERR_INVALID_PARAMETER)
			check_fail("page %lx deleted in the end: %lx", page_number(i), result);
	}
	return deleted;
}

static void pages_are_consistent(void)
{
	EXPECT_EQ(counts[KIND_DELETE][0] + delete_all(), counts[KIND_CREATE][0]);
	for (uint64_t i = 0; i < PAGES; i++) {
		uint64_t page = page_number(i);

		EXPECT_EQ(change(page | RESCIND | IGNORE_CF), SVSM_SUCCESS);
		expect_gone(page);
		EXPECT_EQ(change(page | VALIDATE), SVSM_SUCCESS);
		expect_ordinary(page);
		expect_zero(page);
	}
	EXPECT_EQ(change(whole_block | LARGE | RESCIND | IGNORE_CF), SVSM_SUCCESS);
	EXPECT_EQ(change(whole_block | LARGE | VALIDATE), SVSM_SUCCESS);
	expect_zero_range(whole_block, PAGE_2M_SIZE);
	EXPECT_EQ(page_rights(whole_block, RMP_SIZE_2M), RMP_PERM_RWX);
}

/* No page of the plain block outside the hammered ones has changed hands. */
static void neighbours_are_ordinary(void)
{
	for (uint64_t i = PLAIN; i < PAGES_PER_2M; i++) {
		uint64_t page = plain_block + i * PAGE_SIZE;

		(void)change(page | VALIDATE | IGNORE_CF);
		expect_ordinary(page);
	}
	for (uint64_t i = 1 + SEALED; i < PAGES_PER_2M; i++)
		expect_ordinary(sealed_block + i * PAGE_SIZE);
	expect_ordinary(sealed_block);
}

static const struct test_case cases[] = {
	{"every result is a documented one", hammer},
	{"each call has worked and was refused", results_met},
	{"every page can be made ordinary again", pages_are_consistent},
	{"the pages beside them are ordinary", neighbours_are_ordinary},
};

void guest_main(void)
{
	call_init();
	prepare();
	CHECK_RUN(cases);
}
