/* SPDX-License-Identifier: MIT */
/*
 * Event logs event by event, and the PCRs that they replay to. The words in a log are
 * its writer's: only the digests are covered by a quote.
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "explain.h"
#include "tools/common/text.h"

#define DATA_SHOWN 60

/* PC Client Platform Firmware Profile, section 10.4.1. */
static const struct {
	uint32_t type;
	const char *name, *words;
} types[] = {
	{0x00000001, "EV_POST_CODE", "code of the firmware"},
	{TCG_EV_NO_ACTION, "EV_NO_ACTION", "a remark; extends nothing"},
	{0x00000004, "EV_SEPARATOR", "the firmware hands on; or an error, if it is not zeros"},
	{0x00000005, "EV_ACTION", "something was done"},
	{0x00000006, "EV_EVENT_TAG", "by the operating system's loader"},
	{0x00000007, "EV_S_CRTM_CONTENTS", "the firmware's root of trust"},
	{0x00000008, "EV_S_CRTM_VERSION", "version of the firmware"},
	{0x00000009, "EV_CPU_MICROCODE", "microcode"},
	{0x0000000a, "EV_PLATFORM_CONFIG_FLAGS", "settings of the platform"},
	{0x0000000b, "EV_TABLE_OF_DEVICES", "devices"},
	{0x0000000c, "EV_COMPACT_HASH", "by the operating system's loader"},
	{0x0000000d, "EV_IPL", "boot loader: what it read or was told"},
	{0x0000000e, "EV_IPL_PARTITION_DATA", "boot loader: partitions"},
	{0x0000000f, "EV_NONHOST_CODE", "code of another processor"},
	{0x00000010, "EV_NONHOST_CONFIG", "settings of another processor"},
	{0x00000011, "EV_NONHOST_INFO", "another processor"},
	{0x00000012, "EV_OMIT_BOOT_DEVICE_EVENTS", "boot attempts are not told"},
	{0x80000001, "EV_EFI_VARIABLE_DRIVER_CONFIG", "a variable, as Secure Boot's"},
	{0x80000002, "EV_EFI_VARIABLE_BOOT", "a variable that says what to boot"},
	{0x80000003, "EV_EFI_BOOT_SERVICES_APPLICATION", "a program was loaded, as a boot loader"},
	{0x80000004, "EV_EFI_BOOT_SERVICES_DRIVER", "a driver was loaded"},
	{0x80000005, "EV_EFI_RUNTIME_SERVICES_DRIVER", "a driver was loaded that stays"},
	{0x80000006, "EV_EFI_GPT_EVENT", "partitions of the boot disk"},
	{0x80000007, "EV_EFI_ACTION", "something was done"},
	{0x80000008, "EV_EFI_PLATFORM_FIRMWARE_BLOB", "a part of the firmware"},
	{0x80000009, "EV_EFI_HANDOFF_TABLES", "tables, as ACPI's and SMBIOS's"},
	{0x8000000a, "EV_EFI_PLATFORM_FIRMWARE_BLOB2", "a part of the firmware"},
	{0x8000000b, "EV_EFI_HANDOFF_TABLES2", "tables, as ACPI's and SMBIOS's"},
	{0x8000000c, "EV_EFI_VARIABLE_BOOT2", "a variable that says what to boot"},
	{0x80000010, "EV_EFI_HCRTM_EVENT", "what ran before the firmware"},
	{0x800000e0, "EV_EFI_VARIABLE_AUTHORITY", "the key that a program was let in by"},
	{0x800000e1, "EV_EFI_SPDM_FIRMWARE_BLOB", "firmware of a device"},
	{0x800000e2, "EV_EFI_SPDM_FIRMWARE_CONFIG", "settings of a device"},
};

/* Both of those that a variable's event begins with. */
#define VARIABLE_HEAD (16U + 2 * sizeof(uint64_t))

static const char *type_name(uint32_t type, const char **meaning)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (types[i].type == type) {
			*meaning = types[i].words;
			return types[i].name;
		}
	}
	*meaning = "unknown";
	return "unknown";
}

/* Text of every @step-th byte, if that is all that it is; a NUL at its end does not count. */
static void print_text(const uint8_t *text, size_t count, size_t step, FILE *out)
{
	while (count && !text[(count - 1) * step])
		count--;
	for (size_t i = 0; i < count; i++) {
		if (!isprint(text[i * step]) || (step > 1 && text[i * step + 1]))
			return;
	}
	if (!count)
		return;
	fprintf(out, "             \"");
	for (size_t i = 0; i < count && i < DATA_SHOWN; i++)
		fputc(text[i * step], out);
	fprintf(out, "\"%s\n", count > DATA_SHOWN ? "..." : "");
}

/* UEFI_VARIABLE_DATA: a GUID, two sizes, the name in UTF-16. */
static bool print_variable(const struct event *event, FILE *out)
{
	uint64_t count;

	if (event->data.size < VARIABLE_HEAD)
		return false;
	memcpy(&count, event->data.bytes + 16, sizeof(count));
	if (!count || count > (event->data.size - VARIABLE_HEAD) / 2)
		return false;
	print_text(event->data.bytes + VARIABLE_HEAD, count, 2, out);
	return true;
}

static void print_digest(const struct event *event, FILE *out)
{
	char text[2 * TPM_DIGEST_MAX + 1];

	for (size_t i = 0; i < event->digest_count; i++) {
		const struct event_digest *digest = &event->digests[i];

		if (digest->alg != TPM_ALG_SHA256)
			continue;
		hex_encode(digest->bytes.bytes, digest->bytes.size, text);
		fprintf(out, "             sha256 %s\n", text);
	}
}

struct explaining {
	FILE *out;
	uint32_t pcrs; /* a bit for each that was extended */
	size_t count;
};

static bool print_event(void *context, const struct event *event, struct tool_error *error)
{
	struct explaining *explaining = context;
	const char *meaning, *name = type_name(event->type, &meaning);
	const bool variable = event->type == 0x80000001 || event->type == 0x80000002 ||
			      event->type == 0x8000000c || event->type == 0x800000e0;
	FILE *out = explaining->out;

	(void)error;
	fprintf(out, "  0x%06zx   PCR %-2" PRIu32 " %s (0x%" PRIx32 "), %zu bytes: %s\n", event->at,
		event->pcr, name, event->type, event->data.size, meaning);
	if (event->type != TCG_EV_NO_ACTION)
		print_digest(event, out);
	if (event->data.size && !(variable && print_variable(event, out)))
		print_text(event->data.bytes, event->data.size, 1, out);
	if (event->type != TCG_EV_NO_ACTION && event->pcr < TPM_PCR_COUNT)
		explaining->pcrs |= 1U << event->pcr;
	explaining->count++;
	return true;
}

static void print_pcrs(const struct pcrs *pcrs, uint32_t extended, FILE *out)
{
	char text[2 * TPM_DIGEST_MAX + 1];

	for (size_t i = 0; i < TPM_HASHES; i++) {
		for (unsigned int pcr = 0; pcr < TPM_PCR_COUNT; pcr++) {
			const uint8_t *value = pcrs_value(pcrs, &tpm_hashes[i], pcr);

			if (!value || !(extended & 1U << pcr))
				continue;
			hex_encode(value, tpm_hashes[i].size, text);
			fprintf(out, "  %s:%-2u  %s\n", tpm_hashes[i].name, pcr, text);
		}
	}
}

bool explain_event_log(const struct blob *log, FILE *out, struct tool_error *error)
{
	struct explaining explaining = {.out = out};
	struct event_log_head head;
	struct pcrs pcrs;

	if (!event_log_replay(log, &pcrs, error))
		return false;
	fprintf(out, "event log of a measured boot; the words are its writer's\n");
	if (!event_log_read(log, &head, print_event, &explaining, error))
		return false;
	fprintf(out, "\n%zu events; what they extended holds then\n", explaining.count);
	print_pcrs(&pcrs, explaining.pcrs, out);
	return true;
}

/* By its first event: PCR 0, EV_NO_ACTION, a digest of zeros, a size, "Spec ID Event". */
bool event_log_is(const struct blob *blob)
{
	static const uint8_t begin[8] = {0, 0, 0, 0, TCG_EV_NO_ACTION};
	static const char spec_id[] = "Spec ID Event";

	return blob->size >= 48 && !memcmp(blob->bytes, begin, sizeof(begin)) &&
	       !memcmp(blob->bytes + 32, spec_id, sizeof(spec_id) - 1);
}
