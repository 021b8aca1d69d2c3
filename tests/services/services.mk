# SPDX-License-Identifier: MIT
# Services in ring 3: test programs, a paravisor's image that has them all, and the
# guest that calls them.

SERVICES_OUT := $(BUILD)/tests/services
SERVICES_GUESTS := requests registers tickets
SERVICES_IMAGES := $(SERVICES_GUESTS:%=$(SERVICES_OUT)/%.bzimage)
SERVICES_PARAVISOR := $(SERVICES_OUT)/paravisor.igvm
SERVICES_BARE := echo keeper
SERVICES_STATIC := hello libc
SERVICES_CFLAGS = $(WARNINGS) -std=gnu17 -O2 -Iinclude -I. -MMD -MP $(PREFIX_MAPS)
SERVICES_BARE_CFLAGS := -ffreestanding -nostdlib -static-pie -fpie -fno-stack-protector

SERVICES_TABLE := --service hello=$(SERVICES_OUT)/hello,memory=512K,classes=0 \
	--service echo=$(SERVICES_OUT)/echo,memory=256K,classes=0+1+2 \
	--service libc=$(SERVICES_OUT)/libc,memory=2M \
	$(foreach n,0 1,--service keeper$(n)=$(SERVICES_OUT)/keeper,memory=256K)
SERVICES_FILES := $(foreach name,hello echo libc,--service $(name)=$(SERVICES_OUT)/$(name)) \
	$(foreach n,0 1,--service keeper$(n)=$(SERVICES_OUT)/keeper)

$(SERVICES_STATIC:%=$(SERVICES_OUT)/%): $(SERVICES_OUT)/%: tests/services/programs/%.c
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(SERVICES_CFLAGS) -static-pie -o $@ $< -lm

$(SERVICES_BARE:%=$(SERVICES_OUT)/%): $(SERVICES_OUT)/%: tests/services/programs/%.c
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(SERVICES_CFLAGS) $(SERVICES_BARE_CFLAGS) -o $@ $<

# Nothing in it touches the registers behind its back.
$(SERVICES_OUT)/keeper: SERVICES_BARE_CFLAGS += -mgeneral-regs-only

-include $(wildcard $(SERVICES_OUT)/*.d)

$(eval $(call GUEST_OBJECT_RULES,services))
GUEST_OBJS_requests := $(CONFORMANCE_SHARED)
GUEST_OBJS_registers := $(CONFORMANCE_SHARED)
$(foreach name,$(SERVICES_GUESTS),$(eval $(call GUEST_LINUX_RULES,services,$(name))))
$(SERVICES_GUESTS:%=$(SERVICES_OUT)/%.o): GUEST_CFLAGS += -I. -Itests/conformance

$(SERVICES_PARAVISOR): $(BUILD)/nacre.elf $(BUILD)/tools/nacre-igvm \
		$(addprefix $(SERVICES_OUT)/,$(SERVICES_BARE) $(SERVICES_STATIC))
	$(Q)$(BUILD)/tools/nacre-igvm build --elf $< --unchecked-kernel -o $@ $(SERVICES_TABLE)

SERVICES_OPTIONS = --mem 160M --elf $(BUILD)/nacre.elf $(SERVICES_FILES)
SERVICES_RUN = scripts/run-guests --images $(SERVICES_OUT) --under $(SERVICES_PARAVISOR) \
	--options '$(SERVICES_OPTIONS)'

SERVICES_SPOIL := $(SERVICES_OUT)/spoil
$(SERVICES_SPOIL): tests/services/spoil.c
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(SERVICES_CFLAGS) -o $@ $< -lcrypto

# SERVICES names the runs to make, all if it is empty.
TEST_SUITES += services
.PHONY: test-services
test-services: $(SERVICES_IMAGES) $(SERVICES_PARAVISOR) $(SERVICES_SPOIL) $(MACHINE_ELF) \
		$(DEPS_QEMU_11) $(BUILD)/tests/vtpm/desk
	$(Q)$(SERVICES_RUN) tests/services/runs $(SERVICES)
	$(Q)$(SERVICES_RUN) --qemu 11 tests/services/runs-qemu-11 $(SERVICES)
	$(Q)[ -n "$(SERVICES)" ] || tests/services/page-tests $(BUILD)
	$(Q)[ -n "$(SERVICES)" ] || tests/services/check-barriers $(SERVICES_OUT) \
		$(SERVICES_PARAVISOR) $(SERVICES_OPTIONS)
	$(Q)[ -n "$(SERVICES)" ] || tests/services/check-refusals $(BUILD)
