# SPDX-License-Identifier: MIT
# A whole Debian at VMPL2, started by firmware from a disk.

TEST_SUITES += debian
.PHONY: test-debian
test-debian: all $(DEBIAN_IMAGES) $(DEPS_OVMF_NEWEST)/OVMF.fd
	$(Q)tests/debian/boot-tests $(BUILD) $(DEPS)
