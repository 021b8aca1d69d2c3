# SPDX-License-Identifier: MIT
# Suite "scripts": the scripts themselves, among them those that judge all else.

SCRIPTS_OUT := $(BUILD)/tests/scripts
SCRIPTS_CFLAGS := -m32 -std=gnu17 $(WARNINGS) -g -O1 -ffreestanding -fno-pie -no-pie -static \
	-fno-stack-protector -mgeneral-regs-only -nostdlib $(PREFIX_MAPS) \
	-Wl,-Ttext-segment=0x100000 -Wl,--build-id=none

$(SCRIPTS_OUT)/stand-in: tests/scripts/stand-in.c
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(SCRIPTS_CFLAGS) $< -o $@

TEST_SUITES += scripts
.PHONY: test-scripts
test-scripts: $(SCRIPTS_OUT)/stand-in $(BUILD)/tests/linux/initramfs $(TEST_CHAIN_STAMP) \
		$(BUILD)/tools/nacre-verify
	$(Q)tests/scripts/test-harness.sh
	$(Q)tests/scripts/test-help.sh
	$(Q)tests/scripts/test-machine.sh $< $(DEPS_QEMU)
	$(Q)tests/scripts/test-launch.sh $(DEPS_QEMU)
	$(Q)tests/scripts/test-initramfs.sh $(BUILD)/tests/linux $(DEPS_QEMU) $(DEPS_LINUX_6_12)/vmlinuz
	$(Q)tests/scripts/test-debian.sh
	$(Q)tests/scripts/test-verify.sh $(BUILD)/tools/nacre-verify $(DEPS_SEV_GUEST)
