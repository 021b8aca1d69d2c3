/* SPDX-License-Identifier: MIT */
/* The counters of a run, as a table and as one line of JSON. */
#include "counters.h"
#include "vcpu.h"

struct counters counters;

static const char *const kind_names[COUNT_KINDS] = {
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
	const uint64_t *count;
} totals[] = {
	{"switches", "counters: switches", &counters.switches},
	{"steps", "  steps", &counters.steps},
	{"write_traps", "  write traps", &counters.write_traps},
	{"pvalidate", "  PVALIDATE", &counters.pvalidate},
	{"rmpadjust", "  RMPADJUST", &counters.rmpadjust},
	{"rmpquery", "  RMPQUERY", &counters.rmpquery},
	{"tlb_flushes", "  TLBSYNC", &counters.tlb_flushes},
	{"flushes_missed", "  flushes missed", &counters.flushes_missed},
	{"psc_calls", "\ncounters: PSC calls", &counters.psc_calls},
	{"psc_pages", " (pages", &counters.psc_pages},
	{"implicit_pages", ", implicit", &counters.implicit_pages},
	{"ioio", ")  IOIO", &counters.ioio},
	{"mmio", "  MMIO", &counters.mmio},
	{"msr", "  MSR", &counters.msr},
	{"launch_updates", "  launch updates", &counters.launch_pages},
};

static void print_vmpl(uint32_t vmpl)
{
	const uint64_t *exits = counters.exits[vmpl];

	log_print("counters: vmpl %u  instructions %12lu  #VC %8lu", vmpl,
		counters.instructions[vmpl], counters.vc[vmpl]);
	for (uint32_t k = 0; k < COUNT_KINDS; k++)
		if (exits[k])
			log_print("  %s %lu", kind_names[k], exits[k]);
	log_print("\n");
}

static void print_json_vmpl(uint32_t vmpl)
{
	log_print("%s{\"instructions\":%lu,\"vc\":%lu", vmpl ? "," : "",
		counters.instructions[vmpl], counters.vc[vmpl]);
	for (uint32_t k = 0; k < COUNT_KINDS; k++)
		log_print(",\"%s\":%lu", kind_names[k], counters.exits[vmpl][k]);
	log_print("}");
}

static void print_json(void)
{
	log_print("json: {\"vmpl\":[");
	for (uint32_t i = 0; i < 4; i++)
		print_json_vmpl(i);
	log_print("]");
	for (uint32_t i = 0; i < ARRAY_SIZE(totals); i++)
		log_print(",\"%s\":%lu", totals[i].name, *totals[i].count);
	log_print("}\n");
}

static void print_totals(void)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(totals); i++)
		log_print("%s %lu", totals[i].label, *totals[i].count);
	log_print("\n");
}

/* Kept by vCPU while they run. */
static void sum_up(void)
{
	for (uint32_t i = 0; i < cpu_count; i++)
		for (uint32_t vmpl = 0; vmpl < 4; vmpl++)
			counters.instructions[vmpl] += vcpus[i].instructions[vmpl];
}

void counters_print(void)
{
	sum_up();
	for (uint32_t i = 0; i < 4; i++)
		if (counters.instructions[i])
			print_vmpl(i);
	print_totals();
	print_json();
}
