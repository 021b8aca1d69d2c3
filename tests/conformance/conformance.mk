# SPDX-License-Identifier: MIT
# Conformance tests: bare-metal guests at VMPL2 under the paravisor, one for each
# call or topic. What is run, how, and how it must end stands in
# tests/conformance/conformance-tests.

CONFORMANCE_NAMES := calls core_query_protocol core_pvalidate core_pvalidate_list \
	core_pvalidate_entries core_pvalidate_2m core_remap_ca core_create_vcpu core_delete_vcpu discovery
CONFORMANCE_OUT := $(BUILD)/tests/conformance
CONFORMANCE_IMAGES := $(CONFORMANCE_NAMES:%=$(CONFORMANCE_OUT)/%.bzimage)
CONFORMANCE_SHARED := $(addprefix $(CONFORMANCE_OUT)/,call.o exit.o pages.o places.o)

$(eval $(call GUEST_OBJECT_RULES,conformance))
$(foreach name,$(CONFORMANCE_NAMES),$(eval GUEST_OBJS_$(name) := $(CONFORMANCE_SHARED)))
$(foreach name,$(CONFORMANCE_NAMES),$(eval $(call GUEST_LINUX_RULES,conformance,$(name))))

ALL += $(CONFORMANCE_IMAGES)
TEST_SUITES += conformance
.PHONY: test-conformance
test-conformance: all
	$(Q)tests/conformance/conformance-tests $(BUILD)
