/* SPDX-License-Identifier: MIT */
/*
 * A report field by field: offset, name, value, and what it means.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "explain.h"
#include "tools/common/text.h"

#define OFFSET(field) offsetof(struct snp_report, field)
#define NAME_WIDTH 20
#define BYTES_A_LINE 32

static void PRINTF_LIKE(4, 5)
	line(FILE *out, size_t offset, const char *name, const char *format, ...)
{
	va_list args;

	fprintf(out, "  0x%03zx  %-*s ", offset, NAME_WIDTH, name);
	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
	fputc('\n', out);
}

static void words(FILE *out, const char *text)
{
	fprintf(out, "         %-*s %s\n", NAME_WIDTH, "", text);
}

static void bytes(FILE *out, size_t offset, const char *name, const void *value, size_t size,
	const char *meaning)
{
	const uint8_t *at = value;
	char text[2 * BYTES_A_LINE + 1];

	for (size_t done = 0; done < size; done += BYTES_A_LINE) {
		size_t now = size - done < BYTES_A_LINE ? size - done : BYTES_A_LINE;

		hex_encode(at + done, now, text);
		line(out, offset + done, done ? "" : name, "%s", text);
	}
	words(out, all_bytes(value, size, 0) ? "all zero" : meaning);
}

static void bits(FILE *out, uint64_t value, const struct report_bit *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		fprintf(out, "         %-*s bit %-2u %-3s  %s\n", NAME_WIDTH, "", list[i].bit,
			value & BIT(list[i].bit) ? "yes" : "no", list[i].words);
}

static void tcb(FILE *out, size_t offset, const char *name, uint64_t value,
	const struct tcb_layout *layout, const char *meaning)
{
	char text[TCB_TEXT_SIZE];

	line(out, offset, name, "0x%016" PRIx64, value);
	if (layout)
		words(out, tcb_text(value, layout, text));
	words(out, meaning);
}

static void print_head(const struct snp_report *report, FILE *out)
{
	line(out, OFFSET(version), "version", "%" PRIu32 "%s", report->version,
		report->version < REPORT_VERSION_MIN || report->version > REPORT_VERSION_MAX
			? " (unknown; what follows may be wrong)"
			: "");
	line(out, OFFSET(guest_svn), "guest SVN", "%" PRIu32, report->guest_svn);
	words(out, "security version of the guest, as its ID block states it");
	line(out, OFFSET(policy), "guest policy", "0x%016" PRIx64, report->policy);
	fprintf(out, "         %-*s firmware ABI %u.%u or later\n", NAME_WIDTH, "",
		(unsigned int)(report->policy >> 8 & 0xff), (unsigned int)(report->policy & 0xff));
	bits(out, report->policy, report_policy_bits, report_policy_bit_count);
	bytes(out, OFFSET(family_id), "family id", report->family_id, sizeof(report->family_id),
		"from the ID block");
	bytes(out, OFFSET(image_id), "image id", report->image_id, sizeof(report->image_id),
		"from the ID block");
}

static void print_request(const struct snp_report *report, FILE *out)
{
	static const char *const meanings[VMPL_COUNT] = {
		"asked for at the highest privilege: a paravisor, or a guest without one",
		"asked for below VMPL0", "asked for below VMPL0: a guest under a paravisor",
		"asked for at the lowest privilege"};

	line(out, OFFSET(vmpl), "VMPL", "%" PRIu32, report->vmpl);
	words(out, report->vmpl < VMPL_COUNT ? meanings[report->vmpl]
					     : "not asked for by a guest, or unknown");
	line(out, OFFSET(signature_algorithm), "signature algorithm", "%" PRIu32 "%s",
		report->signature_algorithm,
		report->signature_algorithm == SNP_REPORT_ECDSA_P384_SHA384
			? ", ECDSA on P-384 with SHA-384"
			: ", unknown");
}

static void print_platform(
	const struct snp_report *report, const struct tcb_layout *layout, FILE *out)
{
	tcb(out, OFFSET(current_tcb), "current TCB", report->current_tcb, layout,
		"versions of the firmware that runs now");
	line(out, OFFSET(platform_info), "platform", "0x%016" PRIx64, report->platform_info);
	bits(out, report->platform_info, report_platform_bits, report_platform_bit_count);
	line(out, OFFSET(key_info), "keys", "0x%08" PRIx32, report->key_info);
	fprintf(out, "         %-*s signed by: %s%s\n", NAME_WIDTH, "",
		report_signer_name(report_signer(report)),
		report->key_info & SNP_REPORT_KEY_MASK_CHIP ? ", masked" : "");
	words(out, report->key_info & SNP_REPORT_KEY_AUTHOR_EN ? "an author key signed the ID key"
							       : "no author key");
}

static void print_launch(const struct snp_report *report, FILE *out)
{
	bytes(out, OFFSET(report_data), "report data", report->report_data,
		sizeof(report->report_data),
		"what the guest asked with: a nonce, or SHA-512 of nonce and manifest");
	bytes(out, OFFSET(measurement), "measurement", report->measurement,
		sizeof(report->measurement), "digest of what was launched");
	bytes(out, OFFSET(host_data), "host data", report->host_data, sizeof(report->host_data),
		"what the host gave at launch");
	bytes(out, OFFSET(id_key_digest), "ID key digest", report->id_key_digest,
		sizeof(report->id_key_digest), "SHA-384 of the key that signed the ID block");
	bytes(out, OFFSET(author_key_digest), "author key digest", report->author_key_digest,
		sizeof(report->author_key_digest), "SHA-384 of the key that signed the ID key");
	bytes(out, OFFSET(report_id), "report id", report->report_id, sizeof(report->report_id),
		"the same in all reports of this launch");
	bytes(out, OFFSET(report_id_ma), "migration agent", report->report_id_ma,
		sizeof(report->report_id_ma),
		all_bytes(report->report_id_ma, sizeof(report->report_id_ma), 0xff)
			? "none"
			: "report id of the migration agent");
}

static void print_cpu(const struct snp_report *report, FILE *out)
{
	if (report->version < REPORT_VERSION_CPUID)
		return;
	line(out, OFFSET(cpuid_family), "processor", "family 0x%x, model 0x%x, stepping 0x%x",
		report->cpuid_family, report->cpuid_model, report->cpuid_stepping);
	words(out, product_name(report_product(report)));
}

static void print_firmware(
	FILE *out, size_t offset, const char *name, const struct snp_firmware_version *version)
{
	line(out, offset, name, "%u.%u, build %u", version->major, version->minor, version->build);
}

static void print_tail(const struct snp_report *report, const struct tcb_layout *layout, FILE *out)
{
	tcb(out, OFFSET(reported_tcb), "reported TCB", report->reported_tcb, layout,
		"the versions that the signing key belongs to");
	print_cpu(report, out);
	bytes(out, OFFSET(chip_id), "chip id", report->chip_id, sizeof(report->chip_id),
		"the one chip with that key");
	tcb(out, OFFSET(committed_tcb), "committed TCB", report->committed_tcb, layout,
		"the firmware cannot be set back below these");
	print_firmware(out, OFFSET(current), "firmware", &report->current);
	print_firmware(out, OFFSET(committed), "committed firmware", &report->committed);
	tcb(out, OFFSET(launch_tcb), "launch TCB", report->launch_tcb, layout,
		"the versions at launch");
	if (report->version < REPORT_VERSION_MIT)
		return;
	line(out, OFFSET(launch_mit_vector), "mitigations, launch", "0x%016" PRIx64,
		report->launch_mit_vector);
	line(out, OFFSET(current_mit_vector), "mitigations, now", "0x%016" PRIx64,
		report->current_mit_vector);
}

void explain_report(const struct snp_report *report, FILE *out)
{
	const struct tcb_layout *layout = tcb_layout(report_product(report));
	struct tool_error error;

	fprintf(out, "attestation report of AMD SEV-SNP\n");
	if (!layout)
		fprintf(out,
			"  (it names no product that is known, so the parts of its TCB versions "
			"stay undivided)\n");
	print_head(report, out);
	print_request(report, out);
	print_platform(report, layout, out);
	print_launch(report, out);
	print_tail(report, layout, out);
	bytes(out, OFFSET(signature.r), "signature r", report->signature.r,
		sizeof(report->signature.r), "little-endian");
	bytes(out, OFFSET(signature.s), "signature s", report->signature.s,
		sizeof(report->signature.s), "little-endian");
	if (report_reserved(report, layout, &error))
		fprintf(out, "  reserved bytes are as they must be\n");
	else
		fprintf(out, "  0x%03" PRIx64 "  %s\n", error.offset, error.text);
}
