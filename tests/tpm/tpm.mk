# SPDX-License-Identifier: MIT
# Suite "tpm": the vTPM as Linux, tpm2-tools and OVMF use it in a guest.

TEST_SUITES += tpm
.PHONY: test-tpm
test-tpm: all $(TPM_MODULE) $(DEPS_OVMF_NEWEST)/OVMF.fd
	$(Q)tests/tpm/boot-tests $(BUILD) $(DEPS) $(VTPM_NOT_BEFORE)
