# SPDX-License-Identifier: MIT
# The emulated secure processor's digests against nacre-igvm's.

TEST_SUITES += launch
.PHONY: test-launch
test-launch: all $(BUILD)/tests/probes/library.bzimage
	$(Q)tests/launch/launch-tests $(BUILD)
