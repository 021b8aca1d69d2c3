# SPDX-License-Identifier: MIT
# Suite "quote": nacre-verify takes what a TPM that others wrote (swtpm) and
# tpm2-tools make: quotes, signatures, public areas, credentials; and real event
# logs.

QUOTE_OUT := $(BUILD)/tests/quote
QUOTE_FLAGS = $(filter-out -MMD -MP,$(UNIT_CFLAGS))
QUOTE_LOGS := $(addprefix $(DEPS_EVENT_LOGS)/, coreos crypto sb ubuntu)

$(QUOTE_OUT)/make_evidence: tests/quote/make_evidence.c $(BUILD)/unit/libverify.a
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(QUOTE_FLAGS) -o $@ $^ $(VERIFY_LIBS) -lcmocka

$(QUOTE_OUT)/replay: tests/quote/replay.c $(BUILD)/unit/libverify.a
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(QUOTE_FLAGS) -o $@ $^ $(VERIFY_LIBS) -lcmocka

TEST_SUITES += quote
.PHONY: test-quote
test-quote: $(QUOTE_OUT)/make_evidence $(QUOTE_OUT)/replay $(BUILD)/tools/nacre-verify
	$(Q)tests/quote/run-tools $(QUOTE_OUT)/make_evidence $(BUILD)/tools/nacre-verify
	$(Q)tests/quote/run-logs $(QUOTE_OUT)/replay $(QUOTE_LOGS)
