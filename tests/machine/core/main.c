/* SPDX-License-Identifier: MIT */
/*
 * The machine's start: its memory, its processors, the processor's, secure
 * processor's and host's state, the launch; then every processor runs its vCPU.
 */
#include "core.h"
#include "host.h"
#include "insn.h"
#include "iommu.h"
#include "npt.h"
#include "profile.h"
#include "timeline.h"
#include "turns.h"
#include "rmp.h"
#include "vcpu.h"
#include "xsave.h"

#define PVH_MAGIC 0x336ec578U
#define MIN_PHYS_BITS 52U

struct pvh_start_info {
	uint32_t magic, version, flags, modules;
	uint64_t modlist, cmdline;
};

void machine_main(uint64_t start_info);

static bool launched;
static char cmdline[1024];

static void copy_cmdline(uint64_t start_info)
{
	const struct pvh_start_info *info = phys(start_info);
	const char *text = info->magic == PVH_MAGIC ? phys(info->cmdline) : "";
	size_t n = strlen(text);

	if (n >= sizeof(cmdline))
		machine_fault("the command line is longer than %lu bytes", sizeof(cmdline));
	memcpy(cmdline, text, n + 1);
	options_init(cmdline);
}

/* The features of QEMU's processor without which nothing below can work. */
static void check_processor(uint64_t c_bit)
{
	if (!(cpuid(0x80000001, 0).ecx & BIT(2)))
		machine_fault("QEMU's processor has no SVM: use -cpu max");
	if (!(cpuid(0x8000000a, 0).edx & 1))
		machine_fault("QEMU's processor has no nested paging");
	if ((cpuid(0x80000008, 0).eax & 0xff) < MIN_PHYS_BITS)
		machine_fault("QEMU's processor has too few address bits: use phys-bits=52");
	if (!(cpuid(1, 0).ecx & BIT(21)))
		machine_fault("QEMU's processor has no x2APIC: use QEMU 10.0 or later");
	if (cpuid(CPUID_XSAVE_LEAF, 0).eax != XFEATURES_OFFERED)
		machine_fault("QEMU's processor has more or less in XCR0 than x87, SSE and AVX: "
			      "use -cpu max,-mpx,-pku");
	if (c_bit != 47 && c_bit != 51)
		machine_fault("the C-bit can be 47 or 51, not %lu", c_bit);
}

static void trace_init(void)
{
	static const struct {
		const char *word;
		uint32_t mask;
	} words[] = {
		{"exits", TRACE_EXITS},
		{"rmp", TRACE_RMP},
		{"vmpl", TRACE_VMPL},
		{"svsm", TRACE_SVSM},
		{"host", TRACE_HOST},
		{"all", ~0U},
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (option_has("trace", words[i].word))
			trace_mask |= words[i].mask;
}

void machine_main(uint64_t start_info)
{
	uint64_t c_bit;

	copy_cmdline(start_info);
	c_bit = option_number("cbit", 51);
	check_processor(c_bit);
	memory_init();
	smp_start();
	trace_init();
	xsave_init();
	invlpgb_init();
	npt_init((uint32_t)c_bit);
	for (uint32_t i = 0; i < cpu_count; i++)
		vcpu_init(i);
	rmp_init(option_number("seed", rdtsc()));
	iommu_init();
	profile_init();
	timeline_init();
	turns_init();
	kvm_clock_init();
	host_launch();
	__atomic_store_n(&launched, true, __ATOMIC_SEQ_CST);
	if (cpu_is_spare())
		cpu_park();
	cpu_entry(0);
}

void cpu_entry(uint32_t index)
{
	while (!__atomic_load_n(&launched, __ATOMIC_SEQ_CST))
		cpu_relax();
	vcpu_loop(&vcpus[index]);
}
