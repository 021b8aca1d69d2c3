# SPDX-License-Identifier: MIT
# Bare-metal probes of the emulated machine. What is run, how, and how it must
# end stands in tests/probes/runs.

PROBES_OUT := $(BUILD)/tests/probes
PROBES_NAMES := library pvalidate rmpadjust access
PROBES_IMAGES := $(PROBES_NAMES:%=$(PROBES_OUT)/%.igvm) $(PROBES_OUT)/library.bzimage

GUEST_OBJS_pvalidate := $(PROBES_OUT)/rmp_help.o
GUEST_OBJS_rmpadjust := $(PROBES_OUT)/rmp_help.o

GUEST_OBJS_access := $(PROBES_OUT)/rmp_help.o 
$(eval $(call GUEST_OBJECT_RULES,probes))
$(foreach name,$(PROBES_NAMES),$(eval $(call GUEST_PROBE_RULES,probes,$(name))))
$(eval $(call GUEST_LINUX_RULES,probes,library))

TEST_SUITES += probes
PROBES_RUN = scripts/run-guests --images $(PROBES_OUT) tests/probes/runs

.PHONY: probes test-probes
probes: $(PROBES_IMAGES)
test-probes: $(PROBES_IMAGES) $(MACHINE_ELF)
	$(Q)$(PROBES_RUN)
