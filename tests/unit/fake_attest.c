/* SPDX-License-Identifier: MIT */
/*
 * Reports and the facts in manifests, in host tests; see fake_attest.h.
 */
#include <string.h>

#include "fake_attest.h"
#include "kernel/guest_launch.h"
#include "kernel/version.h"
#include "snp_guest.h"

enum attest_result fake_attest_result;
uint32_t fake_certificates, fake_certificates_wanted;
unsigned int fake_reports;
bool fake_report_extended;
bool fake_is_firmware, fake_is_unchecked;
uint8_t fake_report_data[PLATFORM_REPORT_DATA_SIZE];
void (*fake_on_report)(void);

const char nacre_version[] = "0.1";

enum attest_result platform_attest_report(const uint8_t data[PLATFORM_REPORT_DATA_SIZE],
	bool certificates, struct platform_evidence *evidence)
{
	struct snp_report report = {.version = 5};

	fake_reports++;
	fake_report_extended = certificates;
	memcpy(fake_report_data, data, sizeof(fake_report_data));
	memcpy(report.report_data, data, sizeof(report.report_data));
	if (fake_on_report)
		fake_on_report();
	memset(evidence, 0xee, sizeof(*evidence));
	memcpy(evidence->report, &report, sizeof(report));
	evidence->report_size = sizeof(report);
	evidence->certificates_size = certificates ? fake_certificates : 0;
	evidence->certificates_wanted = certificates ? fake_certificates_wanted : 0;
	return fake_attest_result;
}

bool guest_launch_is_firmware(void)
{
	return fake_is_firmware;
}

bool guest_launch_is_unchecked(void)
{
	return fake_is_unchecked;
}

const uint8_t *build_id(void)
{
	static const uint8_t id[BUILD_ID_SIZE] = {0xb1, 1, 2, 3};

	return id;
}
