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
	log_print("],\"switches\":%lu,\"svsm_calls\":%lu,\"steps\":%lu,\"write_traps\":%lu,"
		  "\"pvalidate\":%lu,\"rmpadjust\":%lu,\"rmpquery\":%lu,\"tlb_flushes\":%lu,"
		  "\"flushes_missed\":%lu,",
		all->switches, all->svsm_calls, all->steps, all->write_traps, all->pvalidate,
		all->rmpadjust, all->rmpquery, all->tlb_flushes, all->flushes_missed);
	log_print("\"psc_calls\":%lu,\"psc_pages\":%lu,\"implicit_pages\":%lu,\"ioio\":%lu,"
		  "\"mmio\":%lu,\"msr\":%lu,\"launch_updates\":%lu}",
		all->psc_calls, all->psc_pages, all->implicit_pages, all->ioio, all->mmio, all->msr,
		all->launch_pages);
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
	log_print("counters: switches %lu  SVSM calls %lu  steps %lu  write traps %lu  PVALIDATE "
		  "%lu  RMPADJUST %lu  RMPQUERY %lu  TLBSYNC %lu  flushes missed %lu\n",
		all->switches, all->svsm_calls, all->steps, all->write_traps, all->pvalidate,
		all->rmpadjust, all->rmpquery, all->tlb_flushes, all->flushes_missed);
	log_print("counters: PSC calls %lu (pages %lu, implicit %lu)  IOIO %lu  MMIO %lu  MSR %lu  "
		  "launch updates %lu\n",
		all->psc_calls, all->psc_pages, all->implicit_pages, all->ioio, all->mmio, all->msr,
		all->launch_pages);
	log_print("json: ");
	counters_print_json(all);
	log_print("\n");
}
