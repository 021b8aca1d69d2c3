# SPDX-License-Identifier: MIT
# Suite "quote": nacre-verify takes what a TPM that others wrote (swtpm) and
# tpm2-tools make: quotes, signatures, public areas, credentials.

QUOTE_OUT := $(BUILD)/tests/quote

$(QUOTE_OUT)/make_evidence: tests/quote/make_evidence.c $(BUILD)/unit/libverify.a
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(filter-out -MMD -MP,$(UNIT_CFLAGS)) -o $@ $^ $(VERIFY_LIBS) -lcmocka

TEST_SUITES += quote
.PHONY: test-quote
test-quote: $(QUOTE_OUT)/make_evidence $(BUILD)/tools/nacre-verify
	$(Q)tests/quote/run-tools $^
