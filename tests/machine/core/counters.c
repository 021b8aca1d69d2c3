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
	log_print("],\"switches\":%lu,\"steps\":%lu,\"write_traps\":%lu,\"pvalidate\":%lu,"
		  "\"rmpadjust\":%lu,\"rmpquery\":%lu,\"tlb_flushes\":%lu,\"flushes_missed\":%lu,",
		counters.switches, counters.steps, counters.write_traps, counters.pvalidate,
		counters.rmpadjust, counters.rmpquery, counters.tlb_flushes,
		counters.flushes_missed);
	log_print("\"psc_calls\":%lu,\"psc_pages\":%lu,\"implicit_pages\":%lu,\"ioio\":%lu,"
		  "\"mmio\":%lu,\"msr\":%lu,\"launch_updates\":%lu}\n",
		counters.psc_calls, counters.psc_pages, counters.implicit_pages, counters.ioio,
		counters.mmio, counters.msr, counters.launch_pages);
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
	log_print("counters: switches %lu  steps %lu  write traps %lu  PVALIDATE %lu  RMPADJUST "
		  "%lu  RMPQUERY %lu  TLBSYNC %lu  flushes missed %lu\n",
		counters.switches, counters.steps, counters.write_traps, counters.pvalidate,
		counters.rmpadjust, counters.rmpquery, counters.tlb_flushes,
		counters.flushes_missed);
	log_print("counters: PSC calls %lu (pages %lu, implicit %lu)  IOIO %lu  MMIO %lu  MSR %lu  "
		  "launch updates %lu\n",
		counters.psc_calls, counters.psc_pages, counters.implicit_pages, counters.ioio,
		counters.mmio, counters.msr, counters.launch_pages);
	print_json();
}
