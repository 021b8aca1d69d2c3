# SPDX-License-Identifier: MIT
# Suite "vtpm": the vTPM on this Linux, as tpm2-tools see it.

VTPM_TEST_OUT := $(BUILD)/tests/vtpm

$(VTPM_TEST_OUT)/desk: tests/vtpm/desk.c Makefile tests/vtpm/vtpm.mk
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(HOST_CFLAGS) -I. -o $@ $<

# The same program with other sources of entropy (tests/vtpm/sources_*.c) in place of the
# processor's.
VTPM_TEST_SOURCES := stuck failing
VTPM_TEST_FILES := $(VTPM_TEST_SOURCES:%=$(VTPM_TEST_OUT)/vtpm-%)

$(VTPM_TEST_OUT)/%.o: %.c $(VTPM_OUT)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(VTPM_CFLAGS) -c -o $@ $<

$(VTPM_TEST_OUT)/vtpm-%: $(VTPM_TEST_OUT)/tests/vtpm/sources_%.o $(VTPM_OBJECTS) $(VTPM_LIBTPMS)
	$(Q)$(VTPM_LINK) -o $@ $(filter-out %/lib/hwrng.o,$^) -lcrypto

# The same program, which shows its heap after each request.
VTPM_TEST_HEAP := $(VTPM_TEST_OUT)/vtpm-heap
VTPM_TEST_HEAP_OBJECTS := $(patsubst %,$(VTPM_TEST_OUT)/tests/vtpm/%.o,heap blocks)
$(VTPM_TEST_HEAP): $(VTPM_TEST_HEAP_OBJECTS) $(VTPM_OBJECTS) $(VTPM_LIBTPMS)
	$(Q)$(VTPM_LINK) $(foreach name,service_wait malloc calloc realloc free,-Wl$(COMMA)--wrap=$(name)) \
		-o $@ $^ -lcrypto

.SECONDARY: $(VTPM_TEST_SOURCES:%=$(VTPM_TEST_OUT)/tests/vtpm/sources_%.o) $(VTPM_TEST_HEAP_OBJECTS)
-include $(VTPM_TEST_OUT)/desk.d $(wildcard $(VTPM_TEST_OUT)/tests/vtpm/*.d)

TEST_SUITES += vtpm
.PHONY: test-vtpm
test-vtpm: $(VTPM_FILE) $(VTPM_TEST_OUT)/desk $(VTPM_TEST_FILES) \
		$(VTPM_TEST_HEAP) $(BUILD)/tests/quote/make_evidence \
		$(BUILD)/tools/nacre-verify
	$(Q)tests/vtpm/run-tools $(VTPM_TEST_OUT)/desk $(VTPM_FILE)
	$(Q)tests/vtpm/run-identity $(VTPM_TEST_OUT)/desk $(VTPM_FILE) $(VTPM_NOT_BEFORE)
	$(Q)tests/vtpm/run-failures $(VTPM_TEST_OUT)/desk $(VTPM_FILE) $(VTPM_TEST_OUT)
	$(Q)tests/vtpm/run-verify $(VTPM_TEST_OUT)/desk $(VTPM_FILE) $(BUILD)/tests/quote/make_evidence \
		$(BUILD)/tools/nacre-verify $(VTPM_NOT_BEFORE)
	$(Q)tests/vtpm/run-leaks $(VTPM_TEST_OUT)/desk $(VTPM_TEST_HEAP)
