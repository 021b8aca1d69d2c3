# SPDX-License-Identifier: MIT
# Fuzz targets of tools/verify, and what they begin with: what AMD signed, and
# the example of the documentation.

FUZZ_TARGETS += verify_report verify_certificates verify_policy verify_manifest verify_tpm

FUZZ_VERIFY_COMMON := $(addprefix tools/common/, buffer.c error.c hash.c text.c) tools/verify/tcb.c

FUZZ_SRCS_verify_report := $(FUZZ_VERIFY_COMMON) tools/verify/explain_report.c tools/verify/report.c
FUZZ_LIBS_verify_report := -lcrypto
FUZZ_SEEDS_verify_report := $(FUZZ_OUT)/verify_report/seeds
FUZZ_RUNS_verify_report := 50000

FUZZ_SRCS_verify_certificates := $(FUZZ_VERIFY_COMMON) $(addprefix tools/verify/, \
	anchors.c cert_table.c certificates.c explain_certificates.c guid.c key_facts.c report.c)
FUZZ_LIBS_verify_certificates := -lcrypto
FUZZ_SEEDS_verify_certificates := $(FUZZ_OUT)/verify_certificates/seeds
FUZZ_RUNS_verify_certificates := 50000

FUZZ_SRCS_verify_policy := $(TOOLS_IGVM_LIB_SRCS) $(addprefix tools/verify/, \
	policy.c reference.c report.c tcb.c tpm_hash.c)
FUZZ_LIBS_verify_policy := $(TOOLS_IGVM_LIBS)
FUZZ_SEEDS_verify_policy := $(FUZZ_OUT)/verify_policy/seeds
FUZZ_RUNS_verify_policy := 100000

FUZZ_SRCS_verify_manifest := $(TOOLS_COMMON_CBOR) $(FUZZ_VERIFY_COMMON) $(addprefix tools/verify/, \
	explain_manifest.c guid.c manifest.c manifest_platform.c manifest_vtpm.c tpm_hash.c \
	tpm_public.c tpm_reader.c) $(TOOLS_COMMON_KEYS)
FUZZ_LIBS_verify_manifest := $(TOOLS_COMMON_LIBS)
FUZZ_SEEDS_verify_manifest := $(FUZZ_OUT)/verify_manifest/seeds
FUZZ_RUNS_verify_manifest := 200000

FUZZ_SRCS_verify_tpm := $(addprefix tools/common/, buffer.c ecdsa_der.c error.c key.c) $(addprefix tools/verify/, \
	event_log.c event_replay.c tpm_hash.c tpm_public.c tpm_quote.c tpm_reader.c tpm_signature.c)
FUZZ_LIBS_verify_tpm := -lcrypto
FUZZ_SEEDS_verify_tpm := $(FUZZ_OUT)/verify_tpm/seeds
FUZZ_RUNS_verify_tpm := 300000

$(FUZZ_OUT)/verify_report/seeds: $(DEPS_SEV_GUEST)/report.bin
	@mkdir -p $@
	$(Q)cp $< $@

# A table with one entry is made in front of the certificate.
$(FUZZ_OUT)/verify_certificates/seeds: $(DEPS_SEV_GUEST)/vcek.der $(DEPS_SEV_GUEST)/milan.pem
	@mkdir -p $@
	$(Q)cp $^ $@
	$(Q){ printf '\x63\xda\x75\x8d\xe6\x64\x45\x64\xad\xc5\xf4\xb9\x3b\xe8\xac\xcd'; \
		printf '\x30\0\0\0\x50\x05\0\0'; head -c 24 /dev/zero; cat $<; } >$@/table

$(FUZZ_OUT)/verify_policy/seeds: docs/policy-example.json
	@mkdir -p $@
	$(Q)cp $< $@
	$(Q)printf '{"platforms":[{"platform":"sev-snp","measurement":"%096d","policy":"0x30000"}]}' \
		0 >$@/reference

# The manifest of nacre-platform alone, and in that of all services.
$(FUZZ_OUT)/verify_manifest/seeds: tests/fuzz/verify.mk
	@mkdir -p $@
	$(Q)printf '\x9f\xb2\xc5\xb1\x61\x7e\x2e\x4a\x9d\x3c\x52\xa1\xf0\x6e\xd8\xe4\0\0\0\0' >$@/single
	$(Q)printf '\xa3\x67version\x630.1\x68build-id\x40\x68features\x81\x6bsvsm-core-1' >>$@/single
	$(Q){ printf '\xbb\x9e\x84\x63\x92\x3d\x70\x46\xa1\xff\x58\xf9\xc9\x4b\x87\xbb\x71\0\0\0\1\0\0\0'; \
		head -c 16 $@/single; printf '\x30\0\0\0\x41\0\0\0'; cat $@/single; } >$@/services

# A key on P-256 (its point is none of the curve's), an ECDSA signature, a quote of SHA-256's PCR 0,
# an event log with one event, of SHA-256, and a real one.
$(FUZZ_OUT)/verify_tpm/seeds: tests/fuzz/verify.mk $(DEPS_EVENT_LOGS)/sb
	@mkdir -p $@
	$(Q){ printf '\3'; cat $(DEPS_EVENT_LOGS)/sb; } >$@/real-log
	$(Q){ printf '\0\0\x23\0\x0b\0\5\0\x72\0\0\0\x10\0\x18\0\x0b\0\3\0\x10\0\x20'; \
		printf '%032d\0\x20%032d' 1 2; } >$@/public
	$(Q)printf '\1\0\x18\0\x0b\0\x20%032d\0\x20%032d' 1 2 >$@/signature
	$(Q){ printf '\2\xffTCG\x80\x18\0\0\0\5nonce%025d' 0 | tr 0 '\0'; \
		printf '\0\0\0\1\0\x0b\3\1\0\0\0\x20%032d' 1; } >$@/quote
	$(Q){ printf '\3\0\0\0\0\3\0\0\0%020d\x21\0\0\0' 0 | tr 0 '\0'; \
		printf 'Spec ID Event03\0\0\0\0\0\0\2\0\2\1\0\0\0\x0b\0\x20\0\0'; \
		printf '\0\0\0\0\5\0\0\0\1\0\0\0\x0b\0%032d\3\0\0\0one' 1; } >$@/log
