# SPDX-License-Identifier: MIT
# Bare-metal probes of the emulated machine. What is run, how, and how it must
# end stands in tests/probes/runs.

PROBES_OUT := $(BUILD)/tests/probes
PROBES_NAMES := library pvalidate rmpadjust access vc ghcb modes vmsa vmpl fatal smp interrupts devices invlpgb features launch x2apic xsave direct counters relaunch guest_request false_responses timer ring3 places
PROBES_IMAGES := $(PROBES_NAMES:%=$(PROBES_OUT)/%.igvm) $(PROBES_OUT)/library.bzimage

GUEST_OBJS_pvalidate := $(PROBES_OUT)/rmp_help.o
GUEST_OBJS_rmpadjust := $(PROBES_OUT)/rmp_help.o

GUEST_OBJS_access := $(PROBES_OUT)/rmp_help.o 
GUEST_OBJS_ghcb := $(PROBES_OUT)/rmp_help.o 
GUEST_OBJS_modes := $(PROBES_OUT)/rmp_help.o 
GUEST_OBJS_vmsa := $(PROBES_OUT)/swap.o 
PROBES_SYSTEM_CALL := $(PROBES_OUT)/system_call.o $(PROBES_OUT)/system_call_entry.o
GUEST_OBJS_ring3 := $(PROBES_SYSTEM_CALL)
GUEST_OBJS_places := $(PROBES_SYSTEM_CALL)
GUEST_OBJS_vmpl := $(PROBES_OUT)/rmp_help.o 
GUEST_OBJS_fatal := $(PROBES_OUT)/rmp_help.o 
GUEST_OBJS_smp := $(PROBES_OUT)/rmp_help.o 
GUEST_OBJS_devices := $(PROBES_OUT)/rmp_help.o 
GUEST_OBJS_launch := $(PROBES_OUT)/rmp_help.o 
GUEST_OBJS_relaunch := $(PROBES_OUT)/rmp_help.o
GUEST_OBJS_guest_request := $(PROBES_OUT)/messages.o $(PROBES_OUT)/identity.o $(GUEST_MESSAGES)
GUEST_OBJS_false_responses := $(PROBES_OUT)/messages.o $(GUEST_MESSAGES)
$(PROBES_OUT)/messages.o $(PROBES_OUT)/guest_request.o $(PROBES_OUT)/false_responses.o: \
	GUEST_CFLAGS += $(GUEST_MESSAGES_CFLAGS)
$(eval $(call GUEST_OBJECT_RULES,probes))
$(foreach name,$(PROBES_NAMES),$(eval $(call GUEST_PROBE_RULES,probes,$(name))))
$(eval $(call GUEST_LINUX_RULES,probes,library))

# The chip that guest_request.c knows, and what it takes for certificates: 5000 bytes of text.
PROBES_IDENTITY := $(PROBES_OUT)/identity.bin $(PROBES_OUT)/certificates.bin
$(PROBES_OUT)/identity.bin: $(PROBES_OUT)/identity.o
	$(Q)objcopy -O binary -j .identity $< $@
$(PROBES_OUT)/certificates.bin: $(PROBES_OUT)/identity.bin
	$(Q)yes nacre 2>/dev/null | head -c 5000 >$@

# Launches that ask for SEV features: NAME-FEATURES.igvm.
PROBES_FEATURES := features-0x29 $(foreach f,0x3 0x5 0x11 0x201 0x10001,library-$(f))
PROBES_IMAGES += $(PROBES_FEATURES:%=$(PROBES_OUT)/%.igvm)

define PROBES_FEATURES_RULE
$(PROBES_OUT)/$(1).igvm: $(PROBES_OUT)/$(firstword $(subst -0x, ,$(1))).elf $(BUILD)/tools/nacre-igvm
	$$(Q)$(BUILD)/tools/nacre-igvm build --elf $$< -o $$@ \
		--sev-features 0x$(lastword $(subst -0x, ,$(1)))
endef
$(foreach name,$(PROBES_FEATURES),$(eval $(call PROBES_FEATURES_RULE,$(name))))

# What the machine relies on of QEMU: a program in the machine's place, on the
# machine's own core.
PROBES_FACTS := $(PROBES_OUT)/qemu-facts.elf
PROBES_FACTS_OBJECTS := $(patsubst %,$(BUILD)/machine/$(MACHINE_DIR)/core/%.o, \
	boot smp log memory options string qemu_fw_cfg) \
	$(PROBES_OUT)/qemu/facts.o $(PROBES_OUT)/qemu/lab.o

$(PROBES_OUT)/qemu/%.o: tests/probes/qemu/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(MACHINE_FLAGS) $(WARNINGS) -Iinclude $(MACHINE_INCLUDES) -Itests/probes/qemu \
		-MMD -MP -c -o $@ $<

$(PROBES_FACTS): $(PROBES_FACTS_OBJECTS) $(MACHINE_DIR)/machine.ld
	$(Q)$(LD) -T $(MACHINE_DIR)/machine.ld -z max-page-size=4096 --no-warn-rwx-segments -o $@ \
		$(PROBES_FACTS_OBJECTS)

-include $(PROBES_FACTS_OBJECTS:.o=.d)

TEST_SUITES += probes
PROBES_RUN = scripts/run-guests --images $(PROBES_OUT) tests/probes/runs

.PHONY: probes test-probes
probes: $(PROBES_IMAGES) $(PROBES_FACTS) $(PROBES_IDENTITY)
test-probes: $(PROBES_IMAGES) $(PROBES_FACTS) $(PROBES_IDENTITY) $(MACHINE_ELF) $(GUEST_NACRE) $(DEPS_QEMU_11)
	$(Q)$(PROBES_RUN)
	$(Q)DIGEST=$$($(BUILD)/tools/nacre-igvm measure $(PROBES_OUT)/guest_request.igvm | \
		awk '/^launch digest/ { print $$3 }') scripts/run-guests --images $(PROBES_OUT) \
		--options "--identity $(PROBES_OUT)/identity.bin --certificates $(PROBES_OUT)/certificates.bin" \
		tests/probes/runs-messages
	$(Q)tests/probes/check-counters $(PROBES_OUT)
	$(Q)tests/probes/check-launches $(PROBES_OUT)
	$(Q)scripts/run-guests --images $(PROBES_OUT) --qemu 11 tests/probes/runs-qemu-11
	$(Q)scripts/run-guests --images $(PROBES_OUT) --under $(GUEST_NACRE) tests/guest/runs
