# SPDX-License-Identifier: MIT
# Services in ring 3: test programs, a paravisor's image that has them all, and the
# guest that calls them.

SERVICES_OUT := $(BUILD)/tests/services
SERVICES_IMAGES := $(SERVICES_OUT)/requests.bzimage
SERVICES_PARAVISOR := $(SERVICES_OUT)/paravisor.igvm
SERVICES_BARE := echo hostile
SERVICES_STATIC := hello libc
SERVICES_CFLAGS = $(WARNINGS) -std=gnu17 -O2 -Iinclude -I. -MMD -MP $(PREFIX_MAPS)
SERVICES_BARE_CFLAGS := -ffreestanding -nostdlib -static-pie -fpie -fno-stack-protector

# One file is nine services, since each of its calls ends one.
SERVICES_HOSTILES := 0 1 2 3 4 5 6 7 8
SERVICES_TABLE := --service init=$(BUILD)/init \
	--service echo=$(SERVICES_OUT)/echo,memory=256K,classes=0+1+2 \
	--service libc=$(SERVICES_OUT)/libc,memory=2M \
	$(SERVICES_HOSTILES:%=--service hostile%=$(SERVICES_OUT)/hostile,memory=256K)
SERVICES_FILES := --service init=$(BUILD)/init $(foreach name,echo libc,--service $(name)=$(SERVICES_OUT)/$(name)) \
	$(SERVICES_HOSTILES:%=--service hostile%=$(SERVICES_OUT)/hostile)

$(SERVICES_STATIC:%=$(SERVICES_OUT)/%): $(SERVICES_OUT)/%: tests/services/programs/%.c
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(SERVICES_CFLAGS) -static-pie -o $@ $< -lm

$(SERVICES_BARE:%=$(SERVICES_OUT)/%): $(SERVICES_OUT)/%: tests/services/programs/%.c
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(SERVICES_CFLAGS) $(SERVICES_BARE_CFLAGS) -o $@ $<

-include $(wildcard $(SERVICES_OUT)/*.d)

$(eval $(call GUEST_OBJECT_RULES,services))
GUEST_OBJS_requests := $(CONFORMANCE_SHARED)
$(eval $(call GUEST_LINUX_RULES,services,requests))
$(SERVICES_OUT)/requests.o: GUEST_CFLAGS += -I. -Itests/conformance

$(SERVICES_PARAVISOR): $(BUILD)/nacre.elf $(BUILD)/tools/nacre-igvm $(BUILD)/init \
		$(addprefix $(SERVICES_OUT)/,$(SERVICES_BARE) $(SERVICES_STATIC))
	$(Q)$(BUILD)/tools/nacre-igvm build --elf $< --unchecked-kernel -o $@ $(SERVICES_TABLE)

# SERVICES names the runs to make, all if it is empty.
TEST_SUITES += services
.PHONY: test-services
test-services: $(SERVICES_IMAGES) $(SERVICES_PARAVISOR) $(MACHINE_ELF)
	$(Q)scripts/run-guests --images $(SERVICES_OUT) --under $(SERVICES_PARAVISOR) \
		--options '--mem 160M --elf $(BUILD)/nacre.elf $(SERVICES_FILES)' \
		tests/services/runs $(SERVICES)
