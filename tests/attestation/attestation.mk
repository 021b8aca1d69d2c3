# SPDX-License-Identifier: MIT
# Evidence as Linux collects it, and the modules that it needs for that, in the
# order in which they load: $(BUILD)/tests/attestation/KERNEL/NN-NAME.ko. The driver of
# 6.12 has its AES-GCM from the kernel's crypto API, that of 7 from a library.

ATTESTATION_OUT := $(BUILD)/tests/attestation
ATTESTATION_MODULES_linux-6.12 := fs/configfs/configfs drivers/virt/coco/tsm \
	crypto/crypto_null crypto/gcm lib/crypto/gf128mul crypto/ghash-generic \
	drivers/virt/coco/sev-guest/sev-guest
ATTESTATION_MODULES_linux-7 := fs/configfs/configfs drivers/virt/coco/guest/tsm_report \
	drivers/virt/coco/sev-guest/sev-guest
ATTESTATION_KERNELS := linux-6.12 linux-7
ATTESTATION_STAMPS := $(ATTESTATION_KERNELS:%=$(ATTESTATION_OUT)/%/stamp)

$(ATTESTATION_STAMPS): $(ATTESTATION_OUT)/%/stamp: $(DEPS)/%/vmlinuz tests/attestation/attestation.mk
	@rm -rf $(@D) && mkdir -p $(@D)
	$(Q)n=10; for module in $(ATTESTATION_MODULES_$*); do \
		xz -dc $(DEPS)/$*/modules/kernel/$$module.ko.xz >$(@D)/$$n-$${module##*/}.ko || exit; \
		n=$$((n + 1)); \
	done
	@touch $@

ALL += $(ATTESTATION_STAMPS)

TEST_SUITES += attestation
.PHONY: test-attestation
test-attestation: all
	$(Q)tests/attestation/boot-tests $(BUILD) $(DEPS)
