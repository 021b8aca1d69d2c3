/* SPDX-License-Identifier: MIT */
/*
 * Prints what the PCRs hold after an event log, in the form of tpm2_eventlog, so
 * that the two can be compared. Usage: replay LOG
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/common/files.h"
#include "tools/common/text.h"
#include "tools/verify/event_log.h"

static void print_pcrs(const struct pcrs *pcrs, const struct tpm_hash *hash)
{
	char text[2 * TPM_DIGEST_MAX + 1];

	for (unsigned int pcr = 0; pcr < TPM_PCR_COUNT; pcr++) {
		const uint8_t *value = pcrs_value(pcrs, hash, pcr);

		if (!value)
			return;
		hex_encode(value, hash->size, text);
		printf("%s:%u 0x%s\n", hash->name, pcr, text);
	}
}

int main(int argc, char **argv)
{
	struct tool_error error;
	struct pcrs pcrs;
	struct blob log;

	if (argc != 2 || !file_read(argv[1], &log, &error)) {
		fputs("usage: replay LOG\n", stderr);
		return 2;
	}
	if (!event_log_replay(&log, &pcrs, &error)) {
		printf("offset 0x%" PRIx64 ": %s\n", error.offset, error.text);
		return 1;
	}
	for (size_t i = 0; i < TPM_HASHES; i++)
		print_pcrs(&pcrs, &tpm_hashes[i]);
	free((void *)log.bytes);
	return 0;
}
