# SPDX-License-Identifier: MIT
# Services in ring 3: test programs, paravisors' images that have them, and the
# guests that call them.

SERVICES_OUT := $(BUILD)/tests/services
SERVICES_GUESTS := requests registers ends contexts orphans tickets slices
SERVICES_IMAGES := $(SERVICES_GUESTS:%=$(SERVICES_OUT)/%.bzimage)
SERVICES_BARE := echo keeper mortal watch weary spin
SERVICES_STATIC := hello libc
SERVICES_CFLAGS = $(WARNINGS) -std=gnu17 -O2 -Iinclude -I. -MMD -MP $(PREFIX_MAPS)
SERVICES_BARE_CFLAGS := -ffreestanding -nostdlib -static-pie -fpie -fno-stack-protector
SERVICES_PROGRAMS := $(addprefix $(SERVICES_OUT)/,$(SERVICES_BARE) $(SERVICES_STATIC)) $(INIT_FILE)

# What an image has, as nacre-igvm takes it, and the files as the machine does; one
# image for each set: set "main" for most, "ends" for services that end, "weary" with an
# init that leaves, "slices" for those that take long. One file is many services, since
# each of its calls ends one.
SERVICES_SETS := main ends weary slices
SERVICES_TABLE_main := init=$(INIT_FILE) \
	echo=$(SERVICES_OUT)/echo,memory=256K,classes=0+1+2 \
	libc=$(SERVICES_OUT)/libc,memory=2M,slice=10000000000 \
	$(foreach n,0 1,keeper$(n)=$(SERVICES_OUT)/keeper,memory=256K)
SERVICES_TABLE_ends := init=$(INIT_FILE) \
	hello=$(SERVICES_OUT)/hello,memory=512K,classes=0 \
	watch=$(SERVICES_OUT)/watch,memory=256K,classes=0+1+3 \
	mortal0=$(SERVICES_OUT)/mortal,memory=256K,at-end=restart \
	mortal1=$(SERVICES_OUT)/mortal,memory=256K \
	mortal2=$(SERVICES_OUT)/mortal,memory=256K,at-end=restart \
	mortal3=$(SERVICES_OUT)/mortal,memory=256K,at-end=restart \
	mortal4=$(SERVICES_OUT)/mortal,memory=256K,at-end=restart \
	mortal5=$(SERVICES_OUT)/mortal,memory=256K,at-end=restart \
	mortal9=$(SERVICES_OUT)/mortal,memory=256K,at-end=restart
SERVICES_TABLE_weary := init=$(SERVICES_OUT)/weary \
	$(foreach n,0 3,mortal$(n)=$(SERVICES_OUT)/mortal,memory=256K,at-end=restart)
# Slices of half a million instructions: one that may take long, five that may not.
SERVICES_TABLE_slices := init=$(INIT_FILE) echo=$(SERVICES_OUT)/echo,memory=256K \
	spin0=$(SERVICES_OUT)/spin,memory=256K,slice=500000 \
	$(foreach n,1 2 3 4 8,spin$(n)=$(SERVICES_OUT)/spin,memory=256K,slice=500000,limit=5000000)

# $(call SERVICES_FILES_OF,SET): without the options, and mortal4 missing, mortal5 another.
SERVICES_COMMA := ,
SERVICES_FILES_OF = $(filter-out mortal4=%,$(patsubst mortal5=%,mortal5=$(SERVICES_OUT)/other,\
	$(foreach entry,$(SERVICES_TABLE_$(1)),$(firstword $(subst $(SERVICES_COMMA), ,$(entry))))))

$(SERVICES_STATIC:%=$(SERVICES_OUT)/%): $(SERVICES_OUT)/%: tests/services/programs/%.c
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(SERVICES_CFLAGS) -static-pie -o $@ $< -lm

$(SERVICES_BARE:%=$(SERVICES_OUT)/%): $(SERVICES_OUT)/%: tests/services/programs/%.c
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(SERVICES_CFLAGS) $(SERVICES_BARE_CFLAGS) -o $@ $<

# Of the same size, but for its last byte the same file.
$(SERVICES_OUT)/other: $(SERVICES_OUT)/mortal
	$(Q){ head -c -1 $< && printf x; } >$@

# Nothing in it touches the registers behind its back.
$(SERVICES_OUT)/keeper: SERVICES_BARE_CFLAGS += -mgeneral-regs-only

-include $(wildcard $(SERVICES_OUT)/*.d)

$(eval $(call GUEST_OBJECT_RULES,services))
SERVICES_SHARED := $(CONFORMANCE_SHARED) $(SERVICES_OUT)/request.o
$(foreach name,$(SERVICES_GUESTS),$(eval GUEST_OBJS_$(name) := $(SERVICES_SHARED)))
$(foreach name,$(SERVICES_GUESTS),$(eval $(call GUEST_LINUX_RULES,services,$(name))))
$(SERVICES_GUESTS:%=$(SERVICES_OUT)/%.o) $(SERVICES_OUT)/request.o: GUEST_CFLAGS += \
	-I. -Itests/conformance

define SERVICES_PARAVISOR_RULES
$(SERVICES_OUT)/$(1).igvm: $(BUILD)/nacre.elf $(BUILD)/tools/nacre-igvm $(SERVICES_PROGRAMS)
	$$(Q)$(BUILD)/tools/nacre-igvm build --elf $$< --unchecked-kernel -o $$@ \
		$(SERVICES_TABLE_$(1):%=--service %)
endef
$(foreach set,$(SERVICES_SETS),$(eval $(call SERVICES_PARAVISOR_RULES,$(set))))

# $(call SERVICES_RUN,LIST,SET,FILES,OPTIONS): the runs of a list with an image and these
# files; OPTIONS are scripts/run-guests' own.
SERVICES_RUN = scripts/run-guests $(4) --images $(SERVICES_OUT) --under $(SERVICES_OUT)/$(2).igvm \
	--options '--mem 160M --elf $(BUILD)/nacre.elf $(3:%=--service %)' \
	tests/services/runs-$(1) $(SERVICES)

SERVICES_SPOIL := $(SERVICES_OUT)/spoil
$(SERVICES_SPOIL): tests/services/spoil.c
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(SERVICES_CFLAGS) -o $@ $< -lcrypto

# Those that attacks may name (tests/attacks/attacks.mk).
SERVICES_ATTACKED = echo=$(SERVICES_OUT)/echo,memory=256K,classes=0+1+2 \
	$(foreach n,0 1 2 3 4 5 6 7,spin$(n)=$(SERVICES_OUT)/spin,memory=256K)
test-attacks: $(SERVICES_OUT)/echo $(SERVICES_OUT)/spin

# SERVICES names the runs to make, all if it is empty.
TEST_SUITES += services
.PHONY: test-services
test-services: $(SERVICES_IMAGES) $(SERVICES_SETS:%=$(SERVICES_OUT)/%.igvm) \
		$(SERVICES_OUT)/other $(SERVICES_SPOIL) $(MACHINE_ELF) $(DEPS_QEMU_11) \
		$(BUILD)/tests/vtpm/desk
	$(Q)$(foreach set,$(SERVICES_SETS),\
		$(call SERVICES_RUN,$(set),$(set),$(call SERVICES_FILES_OF,$(set))) &&) true
	$(Q)$(call SERVICES_RUN,qemu-11,main,$(call SERVICES_FILES_OF,main),--qemu 11)
	$(Q)$(call SERVICES_RUN,no-init,ends,$(filter mortal%,$(call SERVICES_FILES_OF,ends)))
	$(Q)[ -n "$(SERVICES)" ] || tests/services/log-test $(BUILD) $(SERVICES_OUT)/ends.igvm $(SERVICES_OUT)/ends.bzimage \
		$(call SERVICES_FILES_OF,ends)
	$(Q)[ -n "$(SERVICES)" ] || tests/services/page-tests $(BUILD)
	$(Q)[ -n "$(SERVICES)" ] || tests/services/check-barriers $(SERVICES_OUT) \
		$(SERVICES_OUT)/main.igvm --mem 160M --elf $(BUILD)/nacre.elf \
		$(patsubst %,--service %,$(call SERVICES_FILES_OF,main))
	$(Q)[ -n "$(SERVICES)" ] || tests/services/check-refusals $(BUILD)
