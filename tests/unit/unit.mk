# SPDX-License-Identifier: MIT
# Unit tests on the host: one executable each, with cmocka, under ASan and
# UBSan. A room's .mk file declares one, whose own source is
# tests/unit/test_NAME.c:
#
#   UNIT_TESTS += NAME
#   UNIT_OBJS_NAME := kernel/a.c kernel/b.c     the sources it tests
#   UNIT_LIBS_NAME := -lfoo                     further libraries, or archives
#   UNIT_CFLAGS_NAME := -Ikernel                further flags

UNIT_OUT := $(BUILD)/unit
UNIT_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
# With the sanitizers' checks in the code gcc sees null pointers that are not there.
UNIT_CFLAGS := $(COMMON_CFLAGS) -I. -O1 -D_GNU_SOURCE $(UNIT_SANITIZE) -Wno-null-dereference

# $(call UNIT_SOURCES,NAME)
UNIT_SOURCES = $(sort tests/unit/test_$(1).c $(UNIT_OBJS_$(1)))

define UNIT_RULES
UNIT_FLAGS_$(1) = $(HOSTCC) $(UNIT_CFLAGS) $(UNIT_CFLAGS_$(1))
$(call FLAGS_RULES,$(UNIT_OUT)/$(1)/flags,UNIT_FLAGS_$(1))

$(UNIT_OUT)/$(1)/%.o: %.c $(UNIT_OUT)/$(1)/flags
	@mkdir -p $$(@D)
	$$(Q)$$(HOSTCC) $$(UNIT_CFLAGS) $$(UNIT_CFLAGS_$(1)) -c $$< -o $$@

$(UNIT_OUT)/test_$(1): $(patsubst %.c,$(UNIT_OUT)/$(1)/%.o,$(call UNIT_SOURCES,$(1))) \
		$(filter %.a %.o,$(UNIT_LIBS_$(1)))
	$$(Q)$$(HOSTCC) $$(UNIT_SANITIZE) $$(filter %.o,$$^) $$(UNIT_LIBS_$(1)) -lcmocka -o $$@

test-unit: $(UNIT_OUT)/test_$(1)

-include $(patsubst %.c,$(UNIT_OUT)/$(1)/%.d,$(call UNIT_SOURCES,$(1)))
endef

TEST_SUITES += unit
.PHONY: unit test-unit
test-unit:
	$(Q)scripts/run-unit $^

unit:
	+$(Q)$(TEST_RUN) unit
