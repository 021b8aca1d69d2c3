# SPDX-License-Identifier: MIT
# The small user space of the Linux guests that the tests and `make run` start.

LINUX_OUT := $(BUILD)/tests/linux
LINUX_INITRAMFS := $(LINUX_OUT)/initramfs
LINUX_PROGRAMS := $(addprefix $(LINUX_OUT)/,exit-status touch-memory touch-high)
LINUX_CFLAGS := -std=gnu17 $(WARNINGS) -Os -static -nostdlib -ffreestanding -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fno-pie -no-pie -Wl,--build-id=none
ALL += $(LINUX_INITRAMFS)
SIZE_FILES += $(LINUX_INITRAMFS)

$(LINUX_PROGRAMS): $(LINUX_OUT)/%: tests/linux/%.c tests/linux/guest.h
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(LINUX_CFLAGS) $< -o $@

$(LINUX_INITRAMFS): $(LINUX_PROGRAMS) tests/linux/init tests/linux/exercise scripts/initramfs
	$(Q)scripts/initramfs --programs $(LINUX_OUT) --output $@

.PHONY: initramfs
initramfs: $(LINUX_INITRAMFS)

TEST_SUITES += linux
.PHONY: test-linux
test-linux: all $(DEPS_QEMU_11)
	$(Q)tests/linux/boot-tests $(BUILD) $(DEPS)
