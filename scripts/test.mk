# SPDX-License-Identifier: MIT
# make test, make check; .ci/run does both. A room adds a suite with TEST_SUITES += NAME
# and a target test-NAME whose recipe prints "ok ..." or "not ok ..." for each
# test (see scripts/run-tests).

TESTS ?= $(TEST_SUITES)
TEST_RUN = scripts/run-tests --log $(BUILD)/tests/log

.PHONY: test check format suites test-check
test: all
	+$(Q)$(TEST_RUN) $(TESTS)

check:
	+$(Q)$(TEST_RUN) check

format:
	$(Q)git ls-files -co --exclude-standard -- '*.c' '*.h' | xargs clang-format -i

suites:
	@echo $(TEST_SUITES)

# Headers are compiled with these, see scripts/check for where our own includes come from.
CHECK_HEADER_CFLAGS = -std=gnu17 $(WARNINGS) -isystem $(DEPS_LIBTPMS)/include

test-check:
	$(Q)CC="$(HOSTCC)" CFLAGS="$(CHECK_HEADER_CFLAGS)" BUILD="$(BUILD)" \
		UNIT_TESTS="$(UNIT_TESTS)" scripts/check
