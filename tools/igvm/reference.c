/* SPDX-License-Identifier: MIT */
/*
 * Gathering reference values. Nothing but the files decides them: no time, no
 * random number, no order in which a folder is read.
 */
#include "reference.h"

#include <stdio.h>
#include <stdlib.h>

#include "snp.h"

/* SEV_FEATURES of the VMSA that the file has for vCPU 0. */
static bool read_sev_features(
	const struct igvm_file *file, uint64_t *sev_features, struct tool_error *error)
{
	uint32_t mask = igvm_platform_mask(file, IGVM_PLATFORM_SEV_SNP);

	for (size_t i = 0; i < file->item_count; i++) {
		struct igvm_vp_context context;

		if (file->items[i].type != IGVM_VP_CONTEXT || !(file->items[i].mask & mask))
			continue;
		IGVM_BODY(&file->items[i], &context);
		if (context.vp_index)
			continue;
		memcpy(sev_features,
			file->bytes + context.file_offset + offsetof(struct vmsa, sev_features),
			sizeof(*sev_features));
		return true;
	}
	return fail_with(error, "expected a VP_CONTEXT of vCPU 0 for SEV-SNP: a launch that the "
				"file does not describe has no reference value");
}

static bool make_value(const struct reference_image *image, const struct launch_options *launch,
	struct reference_value *value, struct tool_error *error)
{
	*value = (struct reference_value){.image = image, .launch = *launch};
	value->vmsas = launch->vmsas == LAUNCH_VMSAS_OF_FILE ? launch_vcpus(&image->file)
							     : (unsigned int)launch->vmsas;
	if (!igvm_measure(&image->file, launch, &value->digest, error) ||
		!read_sev_features(&image->file, &value->sev_features, error))
		return false;
	if (!id_block_policy(&image->file, &value->policy))
		return fail_with(error, "expected a GUEST_POLICY header for SEV-SNP");
	id_block_read(&image->file, &value->block);
	if (value->block.present && memcmp(value->block.header.launch_digest, value->digest.value,
					    sizeof(value->digest.value)))
		return fail_at(error, value->block.offset,
			"the ID block is for another launch digest than this launch with %u VMSAs "
			"would have, so there is no such launch",
			value->vmsas);
	return true;
}

static bool add_values(struct references *references, const struct reference_image *image,
	const struct launch_options *launch, struct tool_error *error)
{
	struct launch_options of_file = *launch;
	struct reference_value *next = &references->values[references->value_count];

	of_file.vmsas = LAUNCH_VMSAS_OF_FILE;
	if (!make_value(image, &of_file, next, error))
		return false;
	references->value_count++;
	if (launch->vmsas == LAUNCH_VMSAS_OF_FILE || launch->vmsas == (int)next->vmsas)
		return true;
	references->value_count++;
	return make_value(image, launch, next + 1, error);
}

static size_t line_size(const struct input *input)
{
	return (size_t)(input->sha256 + 64 - input->name);
}

/* Bytewise; a line is never the beginning of another. */
static int compare_inputs(const void *left, const void *right)
{
	const struct input *a = left, *b = right;
	size_t size = line_size(a) < line_size(b) ? line_size(a) : line_size(b);

	return memcmp(a->name, b->name, size);
}

static size_t count_lines(const struct inputs *inputs)
{
	struct inputs left = *inputs;
	struct input input;
	size_t count = 0;

	while (inputs_next(&left, &input))
		count++;
	return count;
}

static void drop_repeated(struct references *references)
{
	size_t kept = 0;

	for (size_t i = 0; i < references->input_count; i++) {
		const struct input *input = &references->inputs[i];

		if (!kept || compare_inputs(&references->inputs[kept - 1], input))
			references->inputs[kept++] = *input;
	}
	references->input_count = kept;
}

static bool collect_inputs(struct references *references, struct tool_error *error)
{
	size_t count = 0;

	for (size_t i = 0; i < references->image_count; i++)
		count += count_lines(&references->images[i].inputs);
	references->inputs = calloc(count + 1, sizeof(*references->inputs));
	if (!references->inputs)
		return fail_with(error, "out of memory");
	for (size_t i = 0; i < references->image_count; i++) {
		struct inputs left = references->images[i].inputs;

		while (inputs_next(&left, &references->inputs[references->input_count]))
			references->input_count++;
	}
	qsort(references->inputs, references->input_count, sizeof(*references->inputs),
		compare_inputs);
	drop_repeated(references);
	return true;
}

bool references_make(const struct reference_image *images, size_t count,
	const struct launch_options *launch, struct references *references, size_t *failed,
	struct tool_error *error)
{
	*references = (struct references){.images = images, .image_count = count};
	*failed = 0;
	references->values = calloc(2 * count + 1, sizeof(*references->values));
	if (!references->values || !collect_inputs(references, error)) {
		references_free(references);
		return fail_with(error, "out of memory");
	}
	for (size_t i = 0; i < count; i++) {
		*failed = i;
		if (!add_values(references, &images[i], launch, error)) {
			references_free(references);
			return false;
		}
	}
	return true;
}

void references_free(struct references *references)
{
	free(references->values);
	free(references->inputs);
	*references = (struct references){0};
}

void reference_vmsa_text(const struct reference_value *value, char text[64])
{
	if (value->launch.vmsas == LAUNCH_VMSAS_OF_FILE)
		snprintf(text, 64, "of the file: %u", value->vmsas);
	else
		snprintf(text, 64, "%u vCPUs, copies of vCPU 0's where the file has none",
			value->vmsas);
}
