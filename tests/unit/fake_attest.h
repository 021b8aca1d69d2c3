/* SPDX-License-Identifier: MIT */
/*
 * The platform's reports in tests of the attestation protocol: a test says what
 * the secure processor and the host answer, and sees what it was asked for.
 */
#ifndef NACRE_TESTS_FAKE_ATTEST_H
#define NACRE_TESTS_FAKE_ATTEST_H

#include "platform.h"

extern enum attest_result fake_attest_result;
extern uint32_t fake_certificates;        /* bytes of them that the host has */
extern uint32_t fake_certificates_wanted; /* more than there is room for */
extern unsigned int fake_reports;         /* how often one was asked for */
extern bool fake_report_extended;         /* the last time with certificates */
extern bool fake_is_firmware, fake_is_unchecked;

/* The last one's report data; the report says it too, from byte 0x50 on. */
extern uint8_t fake_report_data[PLATFORM_REPORT_DATA_SIZE];

/* Called when a report is asked for; NULL: not. */
extern void (*fake_on_report)(void);

#endif
