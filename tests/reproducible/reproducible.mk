# SPDX-License-Identifier: MIT
# Suite "reproducible": equal sources and packages give equal bytes.

TEST_SUITES += reproducible
.PHONY: test-reproducible
test-reproducible:
	$(Q)tests/reproducible/compare-builds $(BUILD)/tests/reproducible $(DEPS)
