# SPDX-License-Identifier: MIT
# The small user space of the Linux guests that the tests and `make run` start.

LINUX_OUT := $(BUILD)/tests/linux
LINUX_INITRAMFS := $(LINUX_OUT)/initramfs
ALL += $(LINUX_INITRAMFS)
SIZE_FILES += $(LINUX_INITRAMFS)
LINUX_CFLAGS := -std=gnu17 $(WARNINGS) -Os -static -nostdlib -ffreestanding -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fno-pie -no-pie -Wl,--build-id=none

$(LINUX_OUT)/exit-status: tests/linux/exit-status.c
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(LINUX_CFLAGS) $< -o $@

$(LINUX_INITRAMFS): $(LINUX_OUT)/exit-status tests/linux/init scripts/initramfs
	$(Q)scripts/initramfs --exit-status $< --output $@ $(LINUX_INITRAMFS_ARGS)

.PHONY: initramfs
initramfs: $(LINUX_INITRAMFS)
