# SPDX-License-Identifier: MIT
# make debian-image: disk images of Debian with its cloud kernels, for guests that
# firmware boots. They are made as root, and anew when their packages or scripts
# change; what is fetched for them stays in DEPS.

DEBIAN_KERNEL ?= 6.12
DEBIAN_OUT := $(BUILD)/debian
DEBIAN_BASE := $(DEBIAN_OUT)/base.tar
DEBIAN_IMAGES := $(DEBIAN_OUT)/debian-6.12.img $(DEBIAN_OUT)/debian-7.img
DEBIAN_IMAGE = $(DEBIAN_OUT)/debian-$(DEBIAN_KERNEL).img
DEBIAN_PROGRAMS := $(BUILD)/tests/linux
DEBIAN_TREE := scripts/lib/debian-tree.sh

$(DEPS)/debian.manifest: scripts/lib/deps-debian.sh
	$(Q)scripts/deps --dir $(DEPS) debian
	@touch $@

$(DEBIAN_BASE): $(DEPS)/debian.manifest scripts/debian-base scripts/lib/debootstrap-suite $(DEBIAN_TREE)
	$(Q)scripts/debian-base --packages $(DEPS)/debian/base --output $@

$(DEBIAN_IMAGES): $(DEBIAN_OUT)/debian-%.img: $(DEBIAN_BASE) scripts/debian-image $(DEBIAN_TREE) \
		scripts/lib/debian-disk.sh $(wildcard tests/debian/image/*) \
		$(DEBIAN_PROGRAMS)/exit-status $(DEBIAN_PROGRAMS)/touch-high
	$(Q)scripts/debian-image --kernel $* --base $< --packages $(DEPS)/debian \
		--programs $(DEBIAN_PROGRAMS) $(if $(filter 7,$*),--module $(TPM_MODULE)) --output $@

.PHONY: debian-image
debian-image: $(DEBIAN_IMAGE)
