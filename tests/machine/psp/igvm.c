/* SPDX-License-Identifier: MIT */
/*
 * Launch of an IGVM file. Pages go to the secure processor in QEMU's order (a
 * run of neighbouring pages of one kind is held back until something else
 * follows, parameter inserts go at once, VMSAs last) or, with order=file, as
 * the file has them.
 */
#include "psp.h"
#include "host.h"
#include "igvm.h"

#define MAX_AREAS 16U

struct area {
	uint8_t *data;
	uint64_t size;
};

static const uint8_t *file;
static uint64_t file_size;
static uint32_t snp_mask;
static bool file_order;
static struct area areas[MAX_AREAS];
static const struct vmsa *vmsa;
static uint64_t vmsa_gpa;

/* The run of pages that QEMU would still hold back: headers one after the other. */
static struct {
	const uint8_t *first;
	uint64_t count;
} run;

#define PAGE_HEADER_BYTES (sizeof(struct igvm_variable_header) + sizeof(struct igvm_page_data))

NORETURN static void refuse(const char *what, uint64_t offset)
{
	run_end("refused: IGVM file: %s at offset %lx", what, offset);
}

static const void *at(uint64_t offset, uint64_t size)
{
	if (offset > file_size || size > file_size - offset)
		refuse("data beyond the end of the file", offset);
	return file + offset;
}

static uint32_t crc32(uint32_t crc, const uint8_t *p, uint64_t size)
{
	for (; size; size--, p++) {
		crc ^= *p;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return crc;
}

static void check_header(const struct igvm_fixed_header *h)
{
	struct igvm_fixed_header zeroed = *h;
	uint32_t tail = h->version == 2 ? sizeof(struct igvm_fixed_header_v2_tail) : 0, crc;

	if (h->magic != IGVM_MAGIC)
		refuse("no IGVM magic", 0);
	if (h->version != 1 && h->version != 2)
		refuse("unknown version", 4);
	if (h->total_file_size != file_size)
		refuse("total size differs from the file's", 16);
	at(h->variable_header_offset, h->variable_header_size);
	zeroed.checksum = 0;
	crc = crc32(~0U, (const uint8_t *)&zeroed, sizeof(zeroed));
	crc = crc32(crc, at(sizeof(zeroed), tail), tail);
	crc = ~crc32(crc, file + h->variable_header_offset, h->variable_header_size);
	if (crc != h->checksum)
		refuse("checksum is wrong", 20);
}

static enum snp_page_type page_type(const struct igvm_page_data *p)
{
	switch (p->data_type) {
	case IGVM_PAGE_SECRETS:
		return SNP_PAGE_SECRETS;
	case IGVM_PAGE_CPUID:
	case IGVM_PAGE_CPUID_XF:
		return SNP_PAGE_CPUID;
	default:
		return p->flags & IGVM_PAGE_FLAG_UNMEASURED ? SNP_PAGE_UNMEASURED : SNP_PAGE_NORMAL;
	}
}

static uint64_t bytes_of(const struct igvm_page_data *p)
{
	return p->flags & IGVM_PAGE_FLAG_2MB ? PAGE_2M_SIZE : PAGE_SIZE;
}

/*
 * QEMU gives a shared page to the secure processor like any other; by the
 * format it stays the host's. A 2 MiB page has 4 KiB of data, then zeros.
 */
static void launch_page(const struct igvm_page_data *p)
{
	static uint8_t page[PAGE_SIZE];
	uint64_t pages = bytes_of(p) / PAGE_SIZE;
	uint64_t left = p->file_offset ? file_size - p->file_offset : 0;
	bool shared = file_order && p->flags & IGVM_PAGE_FLAG_SHARED;

	memset(page, 0, sizeof(page));
	if (p->file_offset)
		memcpy(page, at(p->file_offset, 1), left < PAGE_SIZE ? left : PAGE_SIZE);
	for (uint64_t i = 0; i < pages; i++) {
		if (!shared)
			psp_launch_update(p->gpa + i * PAGE_SIZE, page_type(p), page);
		else if (!host_memory_write(p->gpa + i * PAGE_SIZE, page, PAGE_SIZE))
			refuse("shared page where no memory is", p->gpa);
		memset(page, 0, sizeof(page));
	}
}

static const struct igvm_page_data *run_page(uint64_t index)
{
	return (const struct igvm_page_data *)(run.first + index * PAGE_HEADER_BYTES);
}

static void flush_run(void)
{
	for (uint64_t i = 0; i < run.count; i++)
		launch_page(run_page(i));
	run.count = 0;
}

static bool continues_run(const struct igvm_page_data *p)
{
	const struct igvm_page_data *last = run_page(run.count - 1);

	return p == run_page(run.count) && (!last->file_offset) == (!p->file_offset) &&
	       last->flags == p->flags && last->data_type == p->data_type &&
	       last->compatibility_mask == p->compatibility_mask &&
	       last->gpa + bytes_of(last) == p->gpa;
}

static void page_data(const struct igvm_page_data *p)
{
	if (run.count && !continues_run(p))
		flush_run();
	if (!run.count)
		run.first = (const uint8_t *)p;
	run.count++;
	if (file_order)
		flush_run();
}

static struct area *area(uint32_t index, uint64_t offset)
{
	if (index >= MAX_AREAS || !areas[index].data)
		refuse("parameter area is not declared", offset);
	return &areas[index];
}

static void parameter_area(const struct igvm_parameter_area *p, uint64_t offset)
{
	uint64_t pages = ALIGN_UP(p->number_of_bytes, PAGE_SIZE) >> PAGE_SHIFT;

	if (p->parameter_area_index >= MAX_AREAS || p->number_of_bytes > MIB)
		refuse("parameter area is too large or its index too high", offset);
	areas[p->parameter_area_index] = (struct area){alloc_pages(pages), pages * PAGE_SIZE};
}

static void parameter_insert(const struct igvm_parameter_insert *p, uint64_t offset)
{
	const struct area *a = area(p->parameter_area_index, offset);

	for (uint64_t i = 0; i < a->size; i += PAGE_SIZE)
		psp_launch_update(p->gpa + i, SNP_PAGE_UNMEASURED, a->data + i);
}

static void put(const struct igvm_parameter *p, uint64_t offset, const void *data, uint32_t size)
{
	const struct area *a = area(p->parameter_area_index, offset);

	if (p->byte_offset > a->size || size > a->size - p->byte_offset)
		refuse("a parameter does not fit its area", offset);
	memcpy(a->data + p->byte_offset, data, size);
}

static void put_table(const struct igvm_parameter *p, uint64_t offset,
	uint32_t (*make)(void *buffer, uint32_t size))
{
	static uint8_t table[4 * PAGE_SIZE];

	put(p, offset, table, make(table, sizeof(table)));
}

static void put_number(const struct igvm_parameter *p, uint64_t offset, uint32_t value)
{
	put(p, offset, &value, sizeof(value));
}

static void vp_context(const struct igvm_vp_context *p, uint64_t offset)
{
	if (p->vp_index || vmsa)
		refuse("only the first vCPU's context is launched", offset);
	vmsa = at(p->file_offset, PAGE_SIZE);
	vmsa_gpa = p->gpa;
}

static void required_memory(const struct igvm_required_memory *p, uint64_t offset)
{
	uint64_t gpn = p->gpa >> PAGE_SHIFT;

	for (uint64_t i = 0; i < p->number_of_bytes >> PAGE_SHIFT; i++) {
		if (!gpn_is_ram(gpn + i))
			refuse("required memory that the guest's machine does not have", offset);
		host_promise_private(gpn + i);
	}
}

/* Whether a directive's mask (at @at in its body) names the SNP platform. */
static bool for_snp(const void *body, uint32_t mask_at)
{
	uint32_t mask;

	memcpy(&mask, (const uint8_t *)body + mask_at, sizeof(mask));
	return mask & snp_mask;
}

static void directive(uint32_t type, const void *body, uint64_t offset)
{
	switch (type) {
	case IGVM_PAGE_DATA:
		if (for_snp(body, 8))
			page_data(body);
		break;
	case IGVM_PARAMETER_AREA:
		parameter_area(body, offset);
		break;
	case IGVM_PARAMETER_INSERT:
		if (for_snp(body, 8))
			parameter_insert(body, offset);
		break;
	case IGVM_VP_CONTEXT:
		if (for_snp(body, 8))
			vp_context(body, offset);
		break;
	case IGVM_REQUIRED_MEMORY:
		if (for_snp(body, 8))
			required_memory(body, offset);
		break;
	case IGVM_VP_COUNT:
		put_number(body, offset, (uint32_t)option_number("vp-count", cpu_count));
		break;
	case IGVM_ENVIRONMENT_INFO:
		put_number(body, offset, IGVM_ENVIRONMENT_MEMORY_IS_SHARED);
		break;
	case IGVM_MEMORY_MAP:
		put_table(body, offset, host_memory_map);
		break;
	case IGVM_MADT:
		put_table(body, offset, host_madt);
		break;
	case IGVM_DEVICE_TREE:
		put_table(body, offset, host_device_tree);
		break;
	case IGVM_SNP_ID_BLOCK:
		if (for_snp(body, 0))
			psp_id_block(body);
		break;
	case IGVM_GUEST_POLICY:
	case IGVM_SUPPORTED_PLATFORM:
	case IGVM_ERROR_RANGE:
		break;
	default:
		if (!(type & IGVM_TYPE_OPTIONAL))
			refuse("unknown header type", offset);
	}
}

/* Bytes a body must have, so that its fields may be read. */
static uint32_t minimum_length(uint32_t type)
{
	switch (type) {
	case IGVM_PAGE_DATA:
	case IGVM_REQUIRED_MEMORY:
		return 24;
	case IGVM_VP_CONTEXT:
		return 20;
	case IGVM_SNP_ID_BLOCK:
		return sizeof(struct igvm_snp_id_block);
	case IGVM_VP_COUNT:
	case IGVM_ENVIRONMENT_INFO:
	case IGVM_MEMORY_MAP:
	case IGVM_MADT:
	case IGVM_DEVICE_TREE:
		return 8;
	case IGVM_PARAMETER_AREA:
	case IGVM_PARAMETER_INSERT:
	case IGVM_GUEST_POLICY:
	case IGVM_SUPPORTED_PLATFORM:
		return 16;
	default:
		return 0;
	}
}

static void for_each_header(void (*act)(uint32_t type, const void *body, uint64_t offset))
{
	const struct igvm_fixed_header *h = at(0, sizeof(*h));
	uint64_t offset = h->variable_header_offset, end = offset + h->variable_header_size;

	while (offset < end) {
		const struct igvm_variable_header *v = at(offset, sizeof(*v));

		if (v->length > end - offset || v->length < minimum_length(v->type))
			refuse("a header's length is wrong", offset);
		act(v->type, at(offset + sizeof(*v), v->length), offset);
		offset += sizeof(*v) + ALIGN_UP(v->length, 8);
	}
}

static void find_platform(uint32_t type, const void *body, uint64_t offset)
{
	const struct igvm_supported_platform *p = body;

	if (type != IGVM_SUPPORTED_PLATFORM || p->platform_type != IGVM_PLATFORM_SEV_SNP)
		return;
	if (p->shared_gpa_boundary)
		refuse("virtual top of memory (vTOM) is not offered", offset);
	snp_mask = p->compatibility_mask;
}

static uint64_t guest_policy = SNP_POLICY_RESERVED_ONE | SNP_POLICY_SMT;

static void find_policy(uint32_t type, const void *body, uint64_t offset)
{
	(void)offset;
	if (type == IGVM_GUEST_POLICY && for_snp(body, 8))
		guest_policy = ((const struct igvm_guest_policy *)body)->policy;
}

/* vmsas=N: as stock KVM measures, one VMSA for each vCPU. */
static void launch_vmsas(void)
{
	uint64_t count = option_number("vmsas", 1);

	if (!vmsa)
		refuse("no VP context for SNP", 0);
	for (uint64_t i = 0; i < count; i++)
		psp_launch_vmsa(host_vmsa_page(i), vmsa_gpa, vmsa);
}

void igvm_launch(const struct machine_file *f)
{
	file = f->data;
	file_size = f->size;
	file_order = option_is("order", "file");
	check_header(at(0, sizeof(struct igvm_fixed_header)));
	for_each_header(find_platform);
	if (!snp_mask)
		refuse("no SEV-SNP platform", 0);
	for_each_header(find_policy);
	psp_launch_start(guest_policy);
	for_each_header(directive);
	flush_run();
	launch_vmsas();
	psp_launch_finish();
}
