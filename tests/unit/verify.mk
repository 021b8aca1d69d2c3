# SPDX-License-Identifier: MIT
# Unit tests of tools/verify. What they share is compiled once, into an archive.

UNIT_VERIFY_OUT := $(UNIT_OUT)/verify
UNIT_VERIFY_LIB := $(UNIT_OUT)/libverify.a
UNIT_VERIFY_SRCS = $(sort $(VERIFY_LIB_SRCS) $(filter-out tools/testchain/output.c,$(TESTCHAIN_LIB_SRCS)) \
	tests/unit/evidence_fixture.c tests/unit/folder_fixture.c tests/unit/key_fixture.c tests/unit/tpm_fixture.c \
	tests/unit/run_command.c tests/unit/verify_fixture.c tests/unit/vtpm_certificate_fixture.c)
UNIT_VERIFY_FLAGS = $(HOSTCC) $(UNIT_CFLAGS)
$(eval $(call FLAGS_RULES,$(UNIT_VERIFY_OUT)/flags,UNIT_VERIFY_FLAGS))

$(UNIT_VERIFY_OUT)/%.o: %.c $(UNIT_VERIFY_OUT)/flags
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(UNIT_CFLAGS) -c $< -o $@

$(UNIT_VERIFY_LIB): $(UNIT_VERIFY_SRCS:%.c=$(UNIT_VERIFY_OUT)/%.o)
	$(Q)rm -f $@
	$(Q)ar rcs $@ $^

-include $(UNIT_VERIFY_SRCS:%.c=$(UNIT_VERIFY_OUT)/%.d)

UNIT_VERIFY_TESTS := event_log manifest_vtpm quote_commands tpm_credential tpm_structures \
	verify_chain verify_commands verify_evidence verify_parts verify_policy \
	verify_quote verify_real verify_vtpm_certificates
UNIT_TESTS += $(UNIT_VERIFY_TESTS)
$(foreach test,$(UNIT_VERIFY_TESTS),$(eval UNIT_LIBS_$(test) = $(UNIT_VERIFY_LIB) $(VERIFY_LIBS)))
UNIT_OBJS_verify_commands = $(VERIFY_COMMAND_SRCS)
UNIT_OBJS_quote_commands = $(VERIFY_COMMAND_SRCS)
UNIT_CFLAGS_verify_real = -DSEV_GUEST='"$(DEPS_SEV_GUEST)"'
