# SPDX-License-Identifier: MIT
# What Linux needs for the vTPM and Debian's kernels lack: $(BUILD)/tpm_svsm.ko, the
# driver, built out of tree for the kernel of linux-7 and of Debian's disk image.

TPM_MODULE := $(BUILD)/tpm_svsm.ko

$(DEPS)/tpm-svsm.manifest:
	$(Q)scripts/deps --dir $(DEPS) tpm-svsm

$(TPM_MODULE): $(DEPS)/tpm-svsm.manifest $(DEPS)/linux-7.manifest scripts/tpm-svsm-module
	$(Q)scripts/tpm-svsm-module --sources $(DEPS)/tpm-svsm --output $@

# Debian's newer kernel gets it; the older one knows no TPM of an SVSM.
$(DEBIAN_OUT)/debian-7.img: $(TPM_MODULE)

# The options by which an image has the vTPM, and a run its files, for scripts.
$(eval $(call FLAGS_RULES,$(BUILD)/vtpm.services,VTPM_SERVICES))
$(eval $(call FLAGS_RULES,$(BUILD)/vtpm.files,VTPM_FILES))
ALL += $(BUILD)/vtpm.services $(BUILD)/vtpm.files

.PHONY: tpm-module
tpm-module: $(TPM_MODULE)

# Evidence of a measured boot, and one verdict on the whole chain (docs/vtpm.md).
TPM_ATTEST_OUT := $(BUILD)/attest-tpm

.PHONY: attest-tpm
attest-tpm: all $(TPM_MODULE) $(DEPS_OVMF_NEWEST)/OVMF.fd
	@mkdir -p $(TPM_ATTEST_OUT)
	@head -c 64 /dev/urandom >$(TPM_ATTEST_OUT)/nonce
	$(Q)scripts/evidence --tpm --nonce-file $(TPM_ATTEST_OUT)/nonce --output $(TPM_ATTEST_OUT) \
		--build $(BUILD) --deps $(DEPS)
	$(Q)$(BUILD)/tools/nacre-verify $(TPM_ATTEST_OUT)/vtpm/outblob \
		--certificates $(TPM_ATTEST_OUT)/vtpm/auxblob --manifest $(TPM_ATTEST_OUT)/vtpm/manifestblob \
		--nonce-file $(TPM_ATTEST_OUT)/nonce --igvm $(TPM_ATTEST_OUT)/nacre.igvm \
		--quote $(TPM_ATTEST_OUT)/quote/message --quote-signature $(TPM_ATTEST_OUT)/quote/signature \
		--quote-nonce-file $(TPM_ATTEST_OUT)/nonce --event-log $(TPM_ATTEST_OUT)/quote/log \
		--vtpm-certificate $(TPM_ATTEST_OUT)/quote/ak \
		--root $(BUILD)/test-chain/root.pem --crl $(BUILD)/test-chain/crl.der
