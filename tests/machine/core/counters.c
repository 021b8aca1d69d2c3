/* SPDX-License-Identifier: MIT */
/* The counters of a run, as a table and as one line of JSON. */
#include "counters.h"
#include "vcpu.h"

struct counters counters;

const char *const count_kind_names[COUNT_KINDS] = {
	"vmgexit",
	"hlt",
	"npf",
	"kick",
	"cpuid",
	"ioio",
	"msr",
	"undefined",
	"other",
};

/* Counted over all VMPLs, in the order of both forms. */
static const struct total {
	const char *name;  /* in JSON */
	const char *label; /* in the table: what stands before the number */
	size_t offset;     /* in struct counters */
} totals[] = {
	{"switches", "counters: switches", offsetof(struct counters, switches)},
	{"svsm_calls", "  SVSM calls", offsetof(struct counters, svsm_calls)},
	{"steps", "  steps", offsetof(struct counters, steps)},
	{"write_traps", "  write traps", offsetof(struct counters, write_traps)},
	{"pvalidate", "  PVALIDATE", offsetof(struct counters, pvalidate)},
	{"rmpadjust", "  RMPADJUST", offsetof(struct counters, rmpadjust)},
	{"rmpquery", "  RMPQUERY", offsetof(struct counters, rmpquery)},
	{"tlb_flushes", "  TLBSYNC", offsetof(struct counters, tlb_flushes)},
	{"flushes_missed", "  flushes missed", offsetof(struct counters, flushes_missed)},
	{"barriers", "  barriers", offsetof(struct counters, barriers)},
	{"psc_calls", "\ncounters: PSC calls", offsetof(struct counters, psc_calls)},
	{"psc_pages", " (pages", offsetof(struct counters, psc_pages)},
	{"implicit_pages", ", implicit", offsetof(struct counters, implicit_pages)},
	{"ioio", ")  IOIO", offsetof(struct counters, ioio)},
	{"mmio", "  MMIO", offsetof(struct counters, mmio)},
	{"msr", "  MSR", offsetof(struct counters, msr)},
	{"launch_updates", "  launch updates", offsetof(struct counters, launch_pages)},
};

static uint64_t count_of(const struct counters *all, const struct total *t)
{
	return *(const uint64_t *)((const char *)all + t->offset);
}

static void print_vmpl(const struct counters *all, uint32_t vmpl)
{
	const uint64_t *exits = all->exits[vmpl];

	log_print("counters: vmpl %u  instructions %12lu  #VC %8lu", vmpl, all->instructions[vmpl],
		all->vc[vmpl]);
	for (uint32_t k = 0; k < COUNT_KINDS; k++)
		if (exits[k])
			log_print("  %s %lu", count_kind_names[k], exits[k]);
	log_print("\n");
}

static void print_json_vmpl(const struct counters *all, uint32_t vmpl)
{
	log_print("%s{\"instructions\":%lu,\"vc\":%lu", vmpl ? "," : "", all->instructions[vmpl],
		all->vc[vmpl]);
	for (uint32_t k = 0; k < COUNT_KINDS; k++)
		log_print(",\"%s\":%lu", count_kind_names[k], all->exits[vmpl][k]);
	log_print("}");
}

void counters_print_json(const struct counters *all)
{
	log_print("{\"vmpl\":[");
	for (uint32_t i = 0; i < 4; i++)
		print_json_vmpl(all, i);
	log_print("]");
	for (uint32_t i = 0; i < ARRAY_SIZE(totals); i++)
		log_print(",\"%s\":%lu", totals[i].name, count_of(all, &totals[i]));
	log_print("}");
}

static void print_totals(const struct counters *all)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(totals); i++)
		log_print("%s %lu", totals[i].label, count_of(all, &totals[i]));
	log_print("\n");
}

/* Instructions are kept by vCPU while they run. */
struct counters counters_now(void)
{
	struct counters all = counters;

	for (uint32_t i = 0; i < cpu_count; i++)
		for (uint32_t vmpl = 0; vmpl < 4; vmpl++)
			all.instructions[vmpl] += vcpus[i].instructions[vmpl];
	return all;
}

void counters_print(const struct counters *all)
{
	for (uint32_t i = 0; i < 4; i++)
		if (all->instructions[i])
			print_vmpl(all, i);
	print_totals(all);
	log_print("json: ");
	counters_print_json(all);
	log_print("\n");
}
