/* SPDX-License-Identifier: MIT */
/*
 * The rules of QEMU's IGVM loader and of KVM that go beyond the format.
 */
#include "qemu.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "snp.h"

struct remarks {
	const struct igvm_file *file;
	qemu_remark_fn each;
	void *context;
	size_t count;
	size_t id_blocks;
};

static void PRINTF_LIKE(3, 4)
	add_remark(struct remarks *remarks, const struct igvm_item *item, const char *format, ...)
{
	struct qemu_remark remark = {.offset = item->offset};
	va_list args;

	va_start(args, format);
	vsnprintf(remark.text, sizeof(remark.text), format, args);
	va_end(args);
	remarks->count++;
	remarks->each(remarks->context, &remark);
}

#define CLEAR_FIELD(vmsa, field) memset(&(vmsa)->field, 0, sizeof((vmsa)->field))

/* Clears what QEMU hands to KVM; anything left over would be lost. */
static void clear_synchronised(struct vmsa *vmsa)
{
	/* Segment and table registers are the first ten members. */
	memset(vmsa, 0, offsetof(struct vmsa, pl_ssp));
	CLEAR_FIELD(vmsa, efer);
	CLEAR_FIELD(vmsa, cr4);
	CLEAR_FIELD(vmsa, cr3);
	CLEAR_FIELD(vmsa, cr0);
	CLEAR_FIELD(vmsa, dr7);
	CLEAR_FIELD(vmsa, dr6);
	CLEAR_FIELD(vmsa, rflags);
	CLEAR_FIELD(vmsa, rip);
	CLEAR_FIELD(vmsa, rsp);
	CLEAR_FIELD(vmsa, rax);
	CLEAR_FIELD(vmsa, g_pat);
	CLEAR_FIELD(vmsa, rcx);
	CLEAR_FIELD(vmsa, rdx);
	CLEAR_FIELD(vmsa, rbx);
	CLEAR_FIELD(vmsa, rbp);
	CLEAR_FIELD(vmsa, rsi);
	CLEAR_FIELD(vmsa, rdi);
	memset((uint8_t *)vmsa + offsetof(struct vmsa, r8), 0, 8 * sizeof(vmsa->r8));
	CLEAR_FIELD(vmsa, sev_features);
	CLEAR_FIELD(vmsa, xcr0);
	CLEAR_FIELD(vmsa, mxcsr);
	CLEAR_FIELD(vmsa, x87_fcw);
}

static size_t first_nonzero(const uint8_t *bytes, size_t size)
{
	size_t i = 0;

	while (i < size && !bytes[i])
		i++;
	return i;
}

static void check_vmsa(struct remarks *remarks, const struct igvm_item *item)
{
	struct igvm_vp_context context;
	struct vmsa vmsa;
	size_t left;

	IGVM_BODY(item, &context);
	memcpy(&vmsa, remarks->file->bytes + context.file_offset, sizeof(vmsa));
	if (context.gpa != VMSA_LAUNCH_GPA)
		add_remark(remarks, item,
			"refused: VMSA at 0x%" PRIx64 ", but KVM measures it at 0x%llx",
			context.gpa, VMSA_LAUNCH_GPA);
	if (!(vmsa.sev_features & SEV_FEATURE_SNP))
		add_remark(remarks, item, "refused: SEV_FEATURES 0x%" PRIx64 " lacks the SNP bit",
			vmsa.sev_features);
	clear_synchronised(&vmsa);
	left = first_nonzero((const uint8_t *)&vmsa, sizeof(vmsa));
	if (left < sizeof(vmsa))
		add_remark(remarks, item,
			"refused: VMSA byte 0x%zx is set, which QEMU cannot pass to KVM", left);
}

static void check_header(struct remarks *remarks, const struct igvm_item *item)
{
	if (item->optional)
		add_remark(remarks, item, "refused: optional headers are not recognised");
	else if (!item->info->qemu)
		add_remark(remarks, item, "refused: header %s is not recognised", item->info->name);
}

static void check_page(struct remarks *remarks, const struct igvm_item *item)
{
	struct igvm_page_data page;

	IGVM_BODY(item, &page);
	if (page.flags & IGVM_PAGE_FLAG_SHARED)
		add_remark(remarks, item, "shared page is loaded and measured like a private one");
}

static void check_area(struct remarks *remarks, const struct igvm_item *item)
{
	struct igvm_parameter_area area;

	IGVM_BODY(item, &area);
	if (area.file_offset)
		add_remark(remarks, item, "initial contents of the parameter area are ignored");
}

static void check_memory_map(struct remarks *remarks, const struct igvm_item *item)
{
	struct igvm_parameter parameter;

	IGVM_BODY(item, &parameter);
	if (parameter.byte_offset)
		add_remark(remarks, item,
			"memory map goes to the start of its area, not to byte 0x%" PRIx32,
			parameter.byte_offset);
}

static void check_id_block(struct remarks *remarks, const struct igvm_item *item)
{
	struct igvm_snp_id_block body;

	if (remarks->id_blocks++)
		add_remark(remarks, item, "refused: more than one SNP_ID_BLOCK");
	IGVM_BODY(item, &body);
	if (!body.author_key_enabled != !(body.author_public_key.curve & 0xff))
		add_remark(remarks, item,
			"author key is %s, whatever author_key_enabled says: the key's curve "
			"decides",
			body.author_key_enabled ? "not used" : "used");
}

static void check_body(struct remarks *remarks, const struct igvm_item *item)
{
	switch (item->type) {
	case IGVM_PAGE_DATA:
		check_page(remarks, item);
		break;
	case IGVM_PARAMETER_AREA:
		check_area(remarks, item);
		break;
	case IGVM_MEMORY_MAP:
		check_memory_map(remarks, item);
		break;
	case IGVM_VP_CONTEXT:
		check_vmsa(remarks, item);
		break;
	case IGVM_SNP_ID_BLOCK:
		check_id_block(remarks, item);
		break;
	default:
		break;
	}
}

size_t qemu_check(const struct igvm_file *file, qemu_remark_fn each, void *context)
{
	struct remarks remarks = {.file = file, .each = each, .context = context};
	uint32_t mask = igvm_platform_mask(file, IGVM_PLATFORM_SEV_SNP);

	for (size_t i = 0; i < file->item_count; i++) {
		check_header(&remarks, &file->items[i]);
		if (file->items[i].info && file->items[i].mask & mask)
			check_body(&remarks, &file->items[i]);
	}
	return remarks.count;
}
