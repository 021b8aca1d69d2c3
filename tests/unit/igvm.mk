# SPDX-License-Identifier: MIT
# Unit tests of tools/igvm.

UNIT_IGVM_TESTS := igvm_parse igvm_measure
UNIT_TESTS += $(UNIT_IGVM_TESTS)

define UNIT_IGVM
UNIT_OBJS_$(1) := $(TOOLS_IGVM_LIB_SRCS) tests/unit/igvm_fixture.c
UNIT_LIBS_$(1) := $(TOOLS_IGVM_LIBS)
endef
$(foreach test,$(UNIT_IGVM_TESTS),$(eval $(call UNIT_IGVM,$(test))))
