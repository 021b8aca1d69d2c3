# SPDX-License-Identifier: MIT
# UEFI firmware at VMPL2.

TEST_SUITES += firmware
.PHONY: test-firmware
test-firmware: all
	$(Q)tests/firmware/boot-tests $(BUILD) $(DEPS)
