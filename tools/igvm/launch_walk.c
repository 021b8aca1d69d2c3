/* SPDX-License-Identifier: MIT */
/*
 * The order of launch updates. In the order of the file each header acts where
 * it stands. QEMU's loader (backends/igvm.c of 10.1 to 11.0) keeps a run of
 * neighbouring pages of one kind back until the run ends, but queues a
 * parameter area at once; KVM measures the VMSAs when the launch finishes,
 * vCPU 0 first. QEMU also knows no shared pages: it loads them like others.
 */
#include "launch_walk.h"

#include <inttypes.h>

struct walk {
	const struct igvm_file *file;
	struct tool_error *error;
	launch_page_fn each;
	void *context;
	uint32_t mask;
	/* QEMU's pending run: items [run, run + run_count). */
	const struct igvm_item *run;
	size_t run_count;
};

const char *launch_order_name(enum launch_order order)
{
	return order == LAUNCH_ORDER_QEMU ? "qemu" : "file";
}

static bool emit(struct walk *walk, enum snp_page_type type, uint64_t gpa, const uint8_t *data)
{
	const struct launch_page page = {.type = type, .gpa = gpa, .data = data};

	return walk->each(walk->context, &page);
}

static enum snp_page_type launch_type(const struct igvm_page_data *page)
{
	if (page->data_type == IGVM_PAGE_SECRETS)
		return SNP_PAGE_SECRETS;
	if (page->data_type == IGVM_PAGE_CPUID || page->data_type == IGVM_PAGE_CPUID_XF)
		return SNP_PAGE_CPUID;
	if (page->flags & IGVM_PAGE_FLAG_UNMEASURED)
		return SNP_PAGE_UNMEASURED;
	return SNP_PAGE_NORMAL;
}

static uint64_t page_size(const struct igvm_page_data *page)
{
	return page->flags & IGVM_PAGE_FLAG_2MB ? PAGE_2M_SIZE : PAGE_SIZE;
}

/* A 2 MiB page has 4 KiB of data in the file too; zeros follow. */
static bool emit_page_data(struct walk *walk, const struct igvm_item *item)
{
	struct igvm_page_data page;
	const uint8_t *data = NULL;

	IGVM_BODY(item, &page);
	if (page.file_offset)
		data = walk->file->bytes + page.file_offset;
	for (uint64_t at = 0; at < page_size(&page); at += PAGE_SIZE) {
		if (!emit(walk, launch_type(&page), page.gpa + at, at ? NULL : data))
			return false;
	}
	return true;
}

static uint64_t area_size(const struct igvm_file *file, uint32_t index)
{
	struct igvm_parameter_area area;

	for (size_t i = 0; i < file->item_count; i++) {
		if (file->items[i].type != IGVM_PARAMETER_AREA)
			continue;
		IGVM_BODY(&file->items[i], &area);
		if (area.parameter_area_index == index)
			return area.number_of_bytes;
	}
	return 0;
}

static bool emit_insert(struct walk *walk, const struct igvm_item *item)
{
	struct igvm_parameter_insert insert;
	uint64_t size;

	IGVM_BODY(item, &insert);
	size = area_size(walk->file, insert.parameter_area_index);
	for (uint64_t at = 0; at < size; at += PAGE_SIZE) {
		if (!emit(walk, SNP_PAGE_UNMEASURED, insert.gpa + at, NULL))
			return false;
	}
	return true;
}

static bool emit_vmsa(struct walk *walk, const struct igvm_item *item)
{
	struct igvm_vp_context context;

	IGVM_BODY(item, &context);
	return emit(walk, SNP_PAGE_VMSA, context.gpa, walk->file->bytes + context.file_offset);
}

static bool flush_run(struct walk *walk)
{
	const struct igvm_item *run = walk->run;
	size_t count = walk->run_count;

	walk->run_count = 0;
	for (size_t i = 0; i < count; i++) {
		if (!emit_page_data(walk, &run[i]))
			return false;
	}
	return true;
}

/* QEMU's test of whether @item goes on where the pending run ends. */
static bool continues_run(const struct walk *walk, const struct igvm_item *item)
{
	struct igvm_page_data last, next;

	if (!walk->run_count || item != walk->run + walk->run_count)
		return false;
	IGVM_BODY(item - 1, &last);
	IGVM_BODY(item, &next);
	return last.flags == next.flags && last.data_type == next.data_type &&
	       last.compatibility_mask == next.compatibility_mask &&
	       !last.file_offset == !next.file_offset && last.gpa + page_size(&last) == next.gpa;
}

static bool queue_page(struct walk *walk, const struct igvm_item *item)
{
	if (!continues_run(walk, item)) {
		if (!flush_run(walk))
			return false;
		walk->run = item;
	}
	walk->run_count++;
	return true;
}

static bool walk_item_qemu(struct walk *walk, const struct igvm_item *item)
{
	if (item->type == IGVM_PAGE_DATA)
		return queue_page(walk, item);
	return item->type != IGVM_PARAMETER_INSERT || emit_insert(walk, item);
}

static bool is_shared_page(const struct igvm_item *item)
{
	struct igvm_page_data page;

	IGVM_BODY(item, &page);
	return page.flags & IGVM_PAGE_FLAG_SHARED;
}

static bool walk_item_file(struct walk *walk, const struct igvm_item *item)
{
	switch (item->type) {
	case IGVM_PAGE_DATA:
		return is_shared_page(item) || emit_page_data(walk, item);
	case IGVM_PARAMETER_INSERT:
		return emit_insert(walk, item);
	case IGVM_VP_CONTEXT:
		return emit_vmsa(walk, item);
	default:
		return true;
	}
}

static const struct igvm_item *find_vp_context(const struct walk *walk, uint32_t vp)
{
	struct igvm_vp_context context;

	for (size_t i = 0; i < walk->file->item_count; i++) {
		const struct igvm_item *item = &walk->file->items[i];

		if (item->type != IGVM_VP_CONTEXT || !(item->mask & walk->mask))
			continue;
		IGVM_BODY(item, &context);
		if (context.vp_index == vp)
			return item;
	}
	return NULL;
}

/* @own: also the vCPUs that have a context; otherwise only the copies of vCPU 0's. */
static bool emit_vmsas(struct walk *walk, unsigned int count, bool own)
{
	const struct igvm_item *first = find_vp_context(walk, 0);

	for (uint32_t vp = 0; vp < count; vp++) {
		const struct igvm_item *item = find_vp_context(walk, vp);

		if (item && !own)
			continue;
		if (!item && !first)
			return fail_with(walk->error,
				"vCPU %" PRIu32
				" has no VP_CONTEXT for SEV-SNP, and neither has vCPU 0",
				vp);
		if (!emit_vmsa(walk, item ? item : first))
			return false;
	}
	return true;
}

static bool check_vp_indices(struct walk *walk, unsigned int count)
{
	struct igvm_vp_context context;

	for (size_t i = 0; i < walk->file->item_count; i++) {
		const struct igvm_item *item = &walk->file->items[i];

		if (item->type != IGVM_VP_CONTEXT || !(item->mask & walk->mask))
			continue;
		IGVM_BODY(item, &context);
		if (context.vp_index >= count)
			return fail_at(walk->error, item->offset,
				"VP_CONTEXT for vCPU %u, but there are only %u vCPUs",
				context.vp_index, count);
	}
	return true;
}

static bool walk_items(struct walk *walk, bool qemu)
{
	for (size_t i = 0; i < walk->file->item_count; i++) {
		const struct igvm_item *item = &walk->file->items[i];

		if (!item->info || !(item->mask & walk->mask))
			continue;
		if (!(qemu ? walk_item_qemu(walk, item) : walk_item_file(walk, item)))
			return false;
	}
	return flush_run(walk);
}

unsigned int launch_vcpus(const struct igvm_file *file)
{
	uint32_t mask = igvm_platform_mask(file, IGVM_PLATFORM_SEV_SNP);
	struct igvm_vp_context context;
	unsigned int count = 0;

	for (size_t i = 0; i < file->item_count; i++) {
		if (file->items[i].type != IGVM_VP_CONTEXT || !(file->items[i].mask & mask))
			continue;
		IGVM_BODY(&file->items[i], &context);
		if (context.vp_index >= count)
			count = context.vp_index + 1U;
	}
	return count;
}

bool launch_walk(const struct igvm_file *file, const struct launch_options *options,
	launch_page_fn each, void *context, struct tool_error *error)
{
	bool qemu = options->order == LAUNCH_ORDER_QEMU;
	unsigned int vmsas = launch_vcpus(file);
	struct walk walk = {.file = file,
		.error = error,
		.each = each,
		.context = context,
		.mask = igvm_platform_mask(file, IGVM_PLATFORM_SEV_SNP)};

	if (!walk.mask)
		return fail_with(error, "the file does not support SEV-SNP");
	if (options->vmsas != LAUNCH_VMSAS_OF_FILE)
		vmsas = (unsigned int)options->vmsas;
	if (vmsas > LAUNCH_VMSAS_MAX)
		return fail_with(error, "%u vCPUs are more than %d", vmsas, LAUNCH_VMSAS_MAX);
	return check_vp_indices(&walk, vmsas) && walk_items(&walk, qemu) &&
	       emit_vmsas(&walk, vmsas, qemu);
}
