# SPDX-License-Identifier: MIT
# Services in ring 3: test programs, a paravisor's image that has them all, and the
# guest that calls them.

SERVICES_OUT := $(BUILD)/tests/services
SERVICES_IMAGES := $(addprefix $(SERVICES_OUT)/,requests.bzimage tickets.bzimage slices.bzimage)
SERVICES_PARAVISOR := $(SERVICES_OUT)/paravisor.igvm
SERVICES_BARE := echo hostile spin
SERVICES_STATIC := hello libc
SERVICES_CFLAGS = $(WARNINGS) -std=gnu17 -O2 -Iinclude -I. -MMD -MP $(PREFIX_MAPS)
SERVICES_BARE_CFLAGS := -ffreestanding -nostdlib -static-pie -fpie -fno-stack-protector

# One file is nine services, since each of its calls ends one.
SERVICES_HOSTILES := 0 1 2 3 4 5 6 7 8
SERVICES_TABLE := --service hello=$(SERVICES_OUT)/hello,memory=512K,classes=0 \
	--service echo=$(SERVICES_OUT)/echo,memory=256K,classes=0+1+2 \
	--service libc=$(SERVICES_OUT)/libc,memory=2M \
	$(SERVICES_HOSTILES:%=--service hostile%=$(SERVICES_OUT)/hostile,memory=256K)
SERVICES_FILES := $(foreach name,hello echo libc,--service $(name)=$(SERVICES_OUT)/$(name)) \
	$(SERVICES_HOSTILES:%=--service hostile%=$(SERVICES_OUT)/hostile)

# Slices of half a million instructions: one that may take long, four that may not.
SERVICES_SPIN_PARAVISOR := $(SERVICES_OUT)/spin.igvm
SERVICES_SPINS := 0 1 2 3 8
SERVICES_SPIN_TABLE := --service echo=$(SERVICES_OUT)/echo,memory=256K \
	--service spin0=$(SERVICES_OUT)/spin,memory=256K,slice=500000 \
	$(foreach n,1 2 3 8,--service \
		spin$(n)=$(SERVICES_OUT)/spin,memory=256K,slice=500000,limit=5000000)
SERVICES_SPIN_FILES := --service echo=$(SERVICES_OUT)/echo \
	$(SERVICES_SPINS:%=--service spin%=$(SERVICES_OUT)/spin)

$(SERVICES_STATIC:%=$(SERVICES_OUT)/%): $(SERVICES_OUT)/%: tests/services/programs/%.c
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(SERVICES_CFLAGS) -static-pie -o $@ $< -lm

$(SERVICES_BARE:%=$(SERVICES_OUT)/%): $(SERVICES_OUT)/%: tests/services/programs/%.c
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(SERVICES_CFLAGS) $(SERVICES_BARE_CFLAGS) -o $@ $<

-include $(wildcard $(SERVICES_OUT)/*.d)

$(eval $(call GUEST_OBJECT_RULES,services))
GUEST_OBJS_requests := $(CONFORMANCE_SHARED)
GUEST_OBJS_slices := $(CONFORMANCE_SHARED)
$(eval $(call GUEST_LINUX_RULES,services,requests))
$(eval $(call GUEST_LINUX_RULES,services,tickets))
$(eval $(call GUEST_LINUX_RULES,services,slices))
$(addprefix $(SERVICES_OUT)/,requests.o tickets.o slices.o): GUEST_CFLAGS += -I. -Itests/conformance

$(SERVICES_PARAVISOR): $(BUILD)/nacre.elf $(BUILD)/tools/nacre-igvm \
		$(addprefix $(SERVICES_OUT)/,$(SERVICES_BARE) $(SERVICES_STATIC))
	$(Q)$(BUILD)/tools/nacre-igvm build --elf $< --unchecked-kernel -o $@ $(SERVICES_TABLE)

$(SERVICES_SPIN_PARAVISOR): $(BUILD)/nacre.elf $(BUILD)/tools/nacre-igvm tests/services/services.mk \
		$(addprefix $(SERVICES_OUT)/,echo spin)
	$(Q)$(BUILD)/tools/nacre-igvm build --elf $< --unchecked-kernel -o $@ $(SERVICES_SPIN_TABLE)

# Those that attacks may name (tests/attacks/attacks.mk).
SERVICES_ATTACKED = echo=$(SERVICES_OUT)/echo,memory=256K \
	$(foreach n,0 1 2 3 4 5 6 7,spin$(n)=$(SERVICES_OUT)/spin,memory=256K)
test-attacks: $(SERVICES_OUT)/echo $(SERVICES_OUT)/spin

# SERVICES names the runs to make, all if it is empty.
SERVICES_WITH_SLICES = $(filter slices-%,$(SERVICES))
SERVICES_OTHERS = $(filter-out slices-%,$(SERVICES))
SERVICES_RUN = scripts/run-guests --images $(SERVICES_OUT) --under $(1) \
	--options '--mem 160M --elf $(BUILD)/nacre.elf $(2)'
TEST_SUITES += services
.PHONY: test-services
test-services: $(SERVICES_IMAGES) $(SERVICES_PARAVISOR) $(SERVICES_SPIN_PARAVISOR) $(MACHINE_ELF) \
		$(BUILD)/tests/vtpm/desk
	$(Q)$(if $(SERVICES),$(if $(SERVICES_OTHERS),,:)) \
		$(call SERVICES_RUN,$(SERVICES_PARAVISOR),$(SERVICES_FILES)) \
		tests/services/runs $(SERVICES_OTHERS)
	$(Q)$(if $(SERVICES),$(if $(SERVICES_WITH_SLICES),,:)) \
		$(call SERVICES_RUN,$(SERVICES_SPIN_PARAVISOR),$(SERVICES_SPIN_FILES)) \
		tests/services/runs-slices $(SERVICES_WITH_SLICES)
	$(Q)[ -n "$(SERVICES)" ] || tests/services/page-tests $(BUILD)
