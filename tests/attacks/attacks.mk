# SPDX-License-Identifier: MIT
# Attacks: a folder each, with its guest in attack.c (or none, where the host
# alone attacks and alive.c is its witness) and a table of runs in the file runs.

ATTACKS_DIR := tests/attacks
ATTACKS_OUT := $(BUILD)/$(ATTACKS_DIR)
ATTACKS_GUESTS := $(patsubst $(ATTACKS_DIR)/%/attack.c,%,$(wildcard $(ATTACKS_DIR)/*/attack.c))
ATTACKS_IMAGES := $(ATTACKS_OUT)/alive.bzimage $(ATTACKS_GUESTS:%=$(ATTACKS_OUT)/%/attack.bzimage)

GUEST_OBJS_attack := $(ATTACKS_OUT)/accomplice.o
GUEST_OBJS_alive := $(ATTACKS_OUT)/accomplice.o
$(eval $(call GUEST_OBJECT_RULES,attacks))
$(eval $(call GUEST_LINUX_RULES,attacks,alive))
$(foreach name,$(ATTACKS_GUESTS),$(eval $(call GUEST_LINUX_RULES,attacks/$(name),attack)))
-include $(wildcard $(ATTACKS_OUT)/*/*.d)

# What the guests and the hostile host have in common stands with the host.
$(ATTACKS_OUT)/%: GUEST_CFLAGS += -I. -I$(ATTACKS_DIR)

# A guest with messages of its own to the secure processor.
$(ATTACKS_OUT)/foreign-vmpl/attack.o: GUEST_CFLAGS += $(GUEST_MESSAGES_CFLAGS) -Itests/probes
$(ATTACKS_OUT)/foreign-vmpl/attack.linux.elf: $(GUEST_OUT)/probes/messages.o $(GUEST_MESSAGES)

# The service that attacks: one file, ten services, since each try may end one.
ATTACKS_HOSTILE := $(ATTACKS_OUT)/hostile-service/service
$(ATTACKS_HOSTILE): $(ATTACKS_DIR)/hostile-service/service.c
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(SERVICES_CFLAGS) $(SERVICES_BARE_CFLAGS) -mno-red-zone \
		-Itests/services/programs -o $@ $<

# Services that runs may name, and init, without which there is none.
ATTACKS_SERVICES = $(INIT_ENTRY) $(VTPM_ENTRY) $(SERVICES_ATTACKED) \
	$(foreach n,0 1 2 3 4 5 6 7 8 9,hostile$(n)=$(ATTACKS_HOSTILE),memory=256K,classes=0+1+2)

ALL += $(ATTACKS_IMAGES)
TEST_SUITES += attacks
.PHONY: test-attacks
test-attacks: all $(ATTACKS_HOSTILE)
	$(Q)ATTACKS_SERVICES='$(ATTACKS_SERVICES)' $(ATTACKS_DIR)/run-attacks $(BUILD) $(ATTACKS)
