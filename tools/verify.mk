# SPDX-License-Identifier: MIT
# nacre-verify, the offline verifier.

# What judges, without files and terminal; tests and fuzz targets link these too.
VERIFY_LIB_SRCS = $(TOOLS_IGVM_LIB_SRCS) $(TOOLS_COMMON_COSE) $(addprefix tools/verify/, \
	anchors.c cert_table.c certificates.c chain.c check_data.c check_launch.c check_policy.c \
	check_report.c checks.c explain_certificates.c explain_manifest.c explain_report.c guid.c \
	key_facts.c manifest.c manifest_platform.c output_ear.c output_json.c output_table.c policy.c reference.c \
	report.c revocation.c tcb.c verify.c) $(VERIFY_TPM_SRCS)
# Of the vTPM's evidence.
VERIFY_TPM_SRCS := $(addprefix tools/verify/, challenge.c check_pcrs.c check_quote.c \
	check_vtpm_certificates.c event_log.c event_replay.c manifest_vtpm.c tpm_credential.c \
	tpm_hash.c tpm_public.c tpm_quote.c tpm_reader.c tpm_signature.c vtpm_certificate.c)
VERIFY_COMMAND_SRCS = $(TOOLS_COMMON_CLI) $(addprefix tools/verify/, \
	arguments.c cmd_challenge.c cmd_explain.c cmd_verify.c input.c inputs.c quote_inputs.c)
VERIFY_LIBS = $(TOOLS_COMMON_LIBS) $(TOOLS_IGVM_LIBS)

TOOLS += nacre-verify
TOOLS_SRCS_nacre-verify = $(VERIFY_LIB_SRCS) $(VERIFY_COMMAND_SRCS) tools/verify/main.c
TOOLS_LIBS_nacre-verify := $(VERIFY_LIBS)
