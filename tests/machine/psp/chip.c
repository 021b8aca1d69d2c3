/* SPDX-License-Identifier: MIT */
/*
 * The secure processor that a run has: its identity (the file of the TEST chain
 * that scripts/machine hands over, or one drawn at random), its memory for big
 * numbers, and the one door to its answers.
 */
#include <mbedtls/memory_buffer_alloc.h>
#include "psp.h"

#define NUMBERS_BYTES (64 * KIB)
#define DEFAULT_REPORT_VERSION 5U
/* Without an identity: a Milan, versions of its firmware as of 2024. */
#define DEFAULT_FAMILY 0x19
#define DEFAULT_MODEL 0x01
#define DEFAULT_STEPPING 0x01
#define DEFAULT_TCB 0xd516000000000004ULL

struct secure_processor psp;
static struct spinlock lock;

static int random_bytes(void *context, unsigned char *out, size_t size)
{
	(void)context;
	psp_random(out, size);
	return 0;
}

static void draw_identity(struct chip_identity *chip)
{
	chip->cpuid_family = DEFAULT_FAMILY;
	chip->cpuid_model = DEFAULT_MODEL;
	chip->cpuid_stepping = DEFAULT_STEPPING;
	chip->tcb = DEFAULT_TCB;
	psp_random(chip->chip_id, sizeof(chip->chip_id));
	if (!p384_new_key(chip->vcek, random_bytes))
		machine_fault("mbedtls draws no key of P-384");
}

static void read_identity(struct chip_identity *chip, const struct machine_file *file)
{
	if (file->size != sizeof(*chip))
		machine_fault(
			"the chip's identity has %lu bytes, not %lu", file->size, sizeof(*chip));
	memcpy(chip, file->data, sizeof(*chip));
	if (memcmp(chip->magic, CHIP_IDENTITY_MAGIC, sizeof(chip->magic)) ||
		chip->version != CHIP_IDENTITY_VERSION)
		machine_fault("the chip's identity is none of version %u", CHIP_IDENTITY_VERSION);
	if (!option_is("vlek", "on"))
		memset(chip->vlek, 0, sizeof(chip->vlek));
}

/* The report's version stands for the firmware's. */
static uint32_t report_version(void)
{
	uint64_t version = option_number("report-version", DEFAULT_REPORT_VERSION);

	if (version != 2 && version != 3 && version != 5)
		machine_fault("there are reports of version 2, 3 and 5, not %lu", version);
	return (uint32_t)version;
}

void psp_chip_init(void)
{
	static uint8_t numbers[NUMBERS_BYTES] ALIGNED(16);
	struct machine_file file;

	mbedtls_memory_buffer_alloc_init(numbers, sizeof(numbers));
	psp.random = random_bytes;
	psp.report_version = report_version();
	if (machine_file_read("opt/org.nacre/identity", &file))
		read_identity(&psp.chip, &file);
	else
		draw_identity(&psp.chip);
}

/* As CPUID leaf 1 has them, in EAX. */
uint32_t psp_family_model_stepping(void)
{
	const struct chip_identity *chip = &psp.chip;
	uint32_t family = chip->cpuid_family;
	uint32_t extended = family > 0xf ? family - 0xf : 0;

	return extended << 20 | (uint32_t)(chip->cpuid_model >> 4) << 16 |
	       (family - extended) << 8 | (chip->cpuid_model & 0xfU) << 4 |
	       (chip->cpuid_stepping & 0xfU);
}

enum snp_firmware_error psp_guest_request(const struct snp_msg *request, struct snp_msg *response)
{
	enum snp_firmware_error error;

	spin_lock(&lock);
	error = secure_processor_answer(&psp, request, response);
	spin_unlock(&lock);
	return error;
}
