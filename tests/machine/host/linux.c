/* SPDX-License-Identifier: MIT */
/*
 * --snp-linux: a bzImage as a plain SNP guest at VMPL 0, with no SVSM. The
 * secure processor validates all memory, as no firmware of the guest's would;
 * the hand-over is the paravisor's own (kernel/linux_boot.h, kernel/acpi.h).
 */
#include "host.h"
#include "kernel/acpi.h"
#include "kernel/linux_boot.h"
#include "npt.h"
#include "psp.h"

#define SETUP_SECTS_OFFSET 0x1f1U

struct linux_files {
	struct machine_file kernel, initrd, cmdline;
};

/* Content at a guest address, before the guest runs. */
static void place(uint64_t gpa, const void *data, uint64_t size)
{
	const uint8_t *p = data;

	while (size) {
		uint64_t part = PAGE_SIZE - (gpa & (PAGE_SIZE - 1));

		part = part < size ? part : size;
		memcpy((uint8_t *)phys(frame_pa(host_map(gpa >> PAGE_SHIFT))) +
				(gpa & (PAGE_SIZE - 1)),
			p, part);
		gpa += part;
		p += part;
		size -= part;
	}
}

static void *page_at(uint64_t gpa)
{
	return phys(frame_pa(host_map(gpa >> PAGE_SHIFT)));
}

static void check(enum linux_boot_error error)
{
	if (error)
		run_end("refused: kernel: %s", linux_boot_error_text(error));
}

static uint64_t setup_bytes(const struct machine_file *kernel)
{
	uint64_t sectors;

	if (kernel->size < LINUX_HEADER_BYTES)
		run_end("refused: the kernel file is too short");
	sectors = kernel->data[SETUP_SECTS_OFFSET];
	return ((sectors ? sectors : 4) + 1) * 512;
}

static void place_acpi(const struct linux_boot_plan *plan)
{
	uint32_t ids[MACHINE_MAX_CPUS];
	struct acpi_facts facts = {ids, cpu_count, guest_ram[0].base + guest_ram[0].size};
	uint8_t *tables = alloc_pages(ALIGN_UP(plan->acpi_bytes, PAGE_SIZE) >> PAGE_SHIFT);

	for (uint32_t i = 0; i < cpu_count; i++)
		ids[i] = vcpus[i].apic_id;
	if (acpi_build(tables, plan->acpi_bytes, plan->acpi, &facts))
		machine_fault("the ACPI tables do not fit");
	place(plan->acpi, tables, plan->acpi_bytes);
}

static void place_handover(const struct linux_files *f, const struct linux_boot_input *input,
	const struct linux_boot_plan *plan)
{
	uint64_t c_bit = BIT(npt_c_bit());
	uint8_t *tables = alloc_pages(LINUX_PAGE_TABLE_PAGES);

	check(linux_boot_fill_params(page_at(plan->boot_params), f->kernel.data, input, plan));
	linux_boot_fill_cc(page_at(plan->cc), plan);
	linux_boot_fill_page_tables(tables, plan, c_bit);
	place(plan->page_tables, tables, LINUX_PAGE_TABLE_PAGES * PAGE_SIZE);
	place(plan->cmdline, f->cmdline.data, f->cmdline.size);
	place(plan->kernel, f->kernel.data + input->image->setup_bytes, input->image->kernel_bytes);
	place(plan->initrd, f->initrd.data, f->initrd.size);
	place_acpi(plan);
}

static void launch(const struct linux_files *f, const struct linux_boot_input *input)
{
	struct linux_boot_plan plan;
	struct vmsa *vmsa = alloc_page();

	check(linux_boot_plan(input, &plan));
	psp_launch_start(SNP_POLICY_RESERVED_ONE | SNP_POLICY_SMT);
	psp_launch_update(plan.secrets, SNP_PAGE_SECRETS, NULL);
	psp_launch_update(plan.cpuid, SNP_PAGE_CPUID, NULL);
	for (uint32_t i = 0; i < guest_ram_count; i++)
		psp_launch_memory(guest_ram[i].base >> PAGE_SHIFT, guest_ram[i].size >> PAGE_SHIFT);
	place_handover(f, input, &plan);
	linux_boot_fill_vmsa(vmsa, &plan, BIT(npt_c_bit()), 0, SEV_FEATURE_SNP);
	psp_launch_vmsa(host_vmsa_page(0), VMSA_LAUNCH_GPA, vmsa);
	psp_launch_finish();
}

void linux_launch(void)
{
	struct linux_files f = {0};
	struct linux_image image;
	struct guest_range ram[MAX_RAM_RANGES];
	struct linux_boot_input input = {.image = &image, .ram = ram};
	uint64_t setup;

	if (!machine_file_read("opt/org.nacre/kernel", &f.kernel))
		run_end("refused: neither an IGVM file nor a kernel was given");
	machine_file_read("opt/org.nacre/initrd", &f.initrd);
	machine_file_read("opt/org.nacre/cmdline", &f.cmdline);
	setup = setup_bytes(&f.kernel);
	check(linux_image_parse(f.kernel.data, setup, f.kernel.size - setup, &image));
	for (uint32_t i = 0; i < guest_ram_count; i++)
		ram[i] = (struct guest_range){guest_ram[i].base, guest_ram[i].size};
	input.ram_count = guest_ram_count;
	input.initrd_bytes = f.initrd.size;
	input.cmdline_bytes = (uint32_t)f.cmdline.size;
	input.acpi_bytes = ALIGN_UP(acpi_size(cpu_count), PAGE_SIZE);
	launch(&f, &input);
}
