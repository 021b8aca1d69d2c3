# SPDX-License-Identifier: MIT
# Suite "manual": manual pages and --help of the host programs name the same
# commands and options.

TEST_SUITES += manual
.PHONY: test-manual
test-manual: tools
	$(Q)tests/manual/compare-options $(TOOLS:%=$(BUILD)/tools/%)
