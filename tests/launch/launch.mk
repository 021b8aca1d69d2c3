# SPDX-License-Identifier: MIT
# The emulated secure processor's digests and ID blocks against nacre-igvm's.

TEST_SUITES += launch
.PHONY: test-launch
test-launch: all $(BUILD)/tests/probes/library.bzimage $(BUILD)/tests/probes/guest_request.igvm \
		$(BUILD)/tests/probes/identity.bin $(BUILD)/tests/probes/certificates.bin
	$(Q)tests/launch/launch-tests $(BUILD)
	$(Q)tests/launch/id-block-tests $(BUILD)
