# SPDX-License-Identifier: MIT
# Conformance tests: bare-metal guests at VMPL2 under the paravisor, one for each
# call or topic. What is run, how, and how it must end stands in
# tests/conformance/runs.

CONFORMANCE_OUT := $(BUILD)/tests/conformance
CONFORMANCE_NAMES := calls core_query_protocol core_pvalidate core_pvalidate_list \
	core_pvalidate_entries core_pvalidate_2m core_remap_ca core_create_vcpu core_delete_vcpu \
	discovery smp_race smp_hammer attest attest_refused vtpm
CONFORMANCE_IMAGES := $(CONFORMANCE_NAMES:%=$(CONFORMANCE_OUT)/%.bzimage)
CONFORMANCE_SHARED := $(addprefix $(CONFORMANCE_OUT)/,call.o exit.o pages.o places.o)
CONFORMANCE_PARAVISOR := $(CONFORMANCE_OUT)/paravisor.igvm
CONFORMANCE_WITH_VTPM := $(CONFORMANCE_OUT)/paravisor-vtpm.igvm

$(eval $(call GUEST_OBJECT_RULES,conformance))
$(foreach name,$(CONFORMANCE_NAMES),$(eval GUEST_OBJS_$(name) := $(CONFORMANCE_SHARED)))
$(foreach name,$(CONFORMANCE_NAMES),$(eval $(call GUEST_LINUX_RULES,conformance,$(name))))

# One image for all guests and command lines.
$(CONFORMANCE_PARAVISOR): $(BUILD)/nacre.elf $(BUILD)/tools/nacre-igvm
	@mkdir -p $(@D)
	$(Q)$(BUILD)/tools/nacre-igvm build --elf $< --unchecked-kernel -o $@

$(CONFORMANCE_WITH_VTPM): $(BUILD)/nacre.elf $(BUILD)/tools/nacre-igvm $(INIT_FILE) $(VTPM_FILE)
	@mkdir -p $(@D)
	$(Q)$(BUILD)/tools/nacre-igvm build --elf $< --unchecked-kernel -o $@ $(VTPM_SERVICES)

# CONFORMANCE names the runs to make, all if it is empty.
TEST_SUITES += conformance
.PHONY: conformance test-conformance
conformance: $(CONFORMANCE_IMAGES) $(CONFORMANCE_PARAVISOR) $(CONFORMANCE_WITH_VTPM)
CONFORMANCE_VTPM_RUN = scripts/run-guests --images $(CONFORMANCE_OUT) \
	--under $(CONFORMANCE_WITH_VTPM) \
	--options '--mem 160M --elf $(BUILD)/nacre.elf $(VTPM_FILES)'
test-conformance: conformance $(MACHINE_ELF) $(DEPS_QEMU_11)
	$(Q)scripts/run-guests --images $(CONFORMANCE_OUT) --under $(CONFORMANCE_PARAVISOR) \
		--options '--option flush=strict --mem 160M --elf $(BUILD)/nacre.elf' tests/conformance/runs $(CONFORMANCE)
	$(Q)$(CONFORMANCE_VTPM_RUN) tests/conformance/runs-vtpm
	$(Q)$(CONFORMANCE_VTPM_RUN) --qemu 11 tests/conformance/runs-vtpm-qemu-11
