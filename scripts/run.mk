# SPDX-License-Identifier: MIT
# make run: an image made for the chosen guest, booted on the emulated machine:
# for a kernel, its initramfs and its command line, whose digests it carries, or
# for a firmware, which it contains and which loads them itself. The variables
# are explained in scripts/help.txt.

GUEST ?= linux-6.12
CPUS ?= 2
MEM ?= 2G
APPEND ?= console=ttyS0 quiet panic=-1
QEMU ?= 10.0
VTPM ?= yes

# A whole distribution is larger, and slower to come up; a number that was given stays.
RUN_DEBIAN := $(filter debian debian-7 debian-6.12,$(GUEST))
RUN_DEBIAN_KERNEL := $(if $(filter debian-6.12,$(GUEST)),6.12,7)
RUN_LARGER = $(if $(and $(RUN_DEBIAN),$(filter file,$(origin $(1)))),$(2),$($(1)))
RUN_CPUS = $(call RUN_LARGER,CPUS,4)
RUN_MEM = $(call RUN_LARGER,MEM,4G)

# Only the newer firmware knows an SVSM's TPM, and measures what it boots.
FIRMWARE ?= $(if $(and $(RUN_DEBIAN),$(filter-out no,$(VTPM))),$(DEPS_OVMF_NEWEST),$(DEPS_OVMF))/OVMF.fd

RUN_OUT := $(BUILD)/run
RUN_ELF ?= $(BUILD)/nacre.elf
RUN_MACHINE ?= $(BUILD)/machine/machine.elf
RUN_IGVM_TOOL ?= $(BUILD)/tools/nacre-igvm
RUN_INPUTS := $(BUILD)/inputs.txt
RUN_IMAGE := $(RUN_OUT)/nacre.igvm
RUN_GUEST_PROGRAMS := $(BUILD)/tests/linux
RUN_FIRMWARE = $(if $(filter ovmf,$(GUEST))$(RUN_DEBIAN),$(FIRMWARE))
RUN_KERNEL = $(if $(RUN_DEBIAN),,$(or $(KERNEL),$(DEPS)/$(GUEST:ovmf=linux-6.12)/vmlinuz))
RUN_INITRD = $(if $(RUN_DEBIAN),,$(or $(INITRD),$(RUN_OUT)/initramfs))

RUN_VTPM = $(filter-out no,$(VTPM))
# By their names: what makes them is read later than this.
RUN_VTPM_FILE = $(if $(RUN_VTPM),$(BUILD)/init $(BUILD)/vtpm)
RUN_MADE_FOR = $(or $(RUN_FIRMWARE),$(RUN_KERNEL) $(RUN_INITRD)) $(RUN_VTPM_FILE)
RUN_KERNEL_OPTIONS = $(if $(RUN_KERNEL),$(RUN_DIRECT_OPTIONS))
RUN_DIRECT_OPTIONS = --kernel $(RUN_KERNEL) --initrd $(RUN_INITRD) --append "$$RUN_APPEND"

COMMA := ,

# Where the time line goes, by make timeline.
RUN_TIMELINE :=

# Without a terminal a shell would be of no use: the guest shows its facts and ends.
# So it does where it is only to be looked at how it boots.
RUN_ON_TERMINAL := $(if $(RUN_TIMELINE),,$(if $(MAKE_TERMOUT),$(shell [ -t 0 ] && echo yes)))
RUN_CMD = $(or $(GUEST_CMD),$(if $(RUN_ON_TERMINAL),,:))

# A person who types reboot wants a machine that comes up again; a command would only
# reboot it once more.
RUN_LAUNCHES = $(or $(LAUNCHES),$(if $(RUN_ON_TERMINAL),0,1))

# tcsh exports HOST; only one given to make is meant.
RUN_HOST = $(if $(filter environment,$(origin HOST)),,$(HOST))
RUN_OPTIONS = $(if $(RUN_HOST),--host $(RUN_HOST)) $(if $(TRACE),--trace $(TRACE)) \
	$(RUN_TIMEOUT:%=--timeout %) --launches $(RUN_LAUNCHES) $(RUN_TIMELINE:%=--timeline %) $(RUN_DISK_OPTIONS) \
	$(if $(RUN_FIRMWARE),--option npf=convert)
RUN_TIMEOUT = $(or $(TIMEOUT),$(if $(RUN_DEBIAN),$(if $(RUN_ON_TERMINAL),,1200)))

# A disk of one's own is written to. The one that is made here stays as it is: the guest
# gets a copy, so that what it writes is there after a reboot and gone with the run.
RUN_DEBIAN_IMAGE = $(if $(DISK),,$(RUN_DEBIAN:%=$(DEBIAN_OUT)/debian-$(RUN_DEBIAN_KERNEL).img))
RUN_COPY = $(if $(RUN_DEBIAN_IMAGE),$(RUN_OUT)/disk.img)
RUN_DISK = $(or $(DISK),$(RUN_COPY))
RUN_COMMAND_DISK = $(if $(RUN_DEBIAN),$(if $(RUN_CMD),$(RUN_OUT)/command.img))
RUN_DISK_OPTIONS = $(RUN_DISK:%=--disk %$(COMMA)bootindex=1) $(if $(RUN_DEBIAN),--net user) \
	$(RUN_COMMAND_DISK:%=--disk %$(COMMA)serial=nacre-command$(COMMA)readonly=on)

# make knows 0 and 2 only, so a person is told the guest's status in words;
# scripts/run, which reads it from the file, ends with it.
RUN_STATUS ?= make
RUN_END_make = { status=$$?; ! grep -qsx "exit $$status" $(RUN_OUT)/result || \
	echo "guest status: $$status (make says 2; scripts/run gives it exactly)" >&2; \
	exit $$status; }
RUN_END_file = [ -s $(RUN_OUT)/result ]
RUN_END = $(RUN_END_$(RUN_STATUS))

ifeq ($(KERNEL)$(filter linux-6.12 linux-7 ovmf,$(GUEST))$(RUN_DEBIAN),)
$(error GUEST is linux-6.12, linux-7, ovmf, debian or debian-6.12, not '$(GUEST)')
endif

# By the environment, so that quotes in the text stay what they are.
run $(RUN_IMAGE) $(RUN_OUT)/made-for: export RUN_APPEND = $(APPEND)
$(RUN_OUT)/initramfs $(RUN_OUT)/command.img: export RUN_GUEST_CMD = $(RUN_CMD)

# These are made anew each time and replaced only if they differ, so that the
# image is built again when what it is made for has changed.
$(RUN_OUT)/made-for: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(RUN_MADE_FOR) "$$RUN_APPEND" >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(RUN_OUT)/initramfs: FORCE $(RUN_GUEST_PROGRAMS)/exit-status $(RUN_GUEST_PROGRAMS)/touch-memory
	@mkdir -p $(@D)
	@scripts/initramfs --programs $(RUN_GUEST_PROGRAMS) --output $@.new \
		$(if $(RUN_CMD),--cmd "$$RUN_GUEST_CMD")
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(RUN_OUT)/command.img: FORCE
	@mkdir -p $(@D)
	@scripts/debian-command --output $@ "$$RUN_GUEST_CMD"

$(RUN_OUT)/disk.img: $(RUN_DEBIAN_IMAGE) FORCE
	@mkdir -p $(@D)
	@cp --sparse=always $< $@

$(RUN_IMAGE): $(RUN_IGVM_TOOL) $(RUN_ELF) $(RUN_MADE_FOR) $(RUN_OUT)/made-for $(RUN_INPUTS)
	$(Q)$(RUN_IGVM_TOOL) build --elf $(RUN_ELF) --output $@ --inputs $(RUN_INPUTS) \
		$(if $(RUN_FIRMWARE),--firmware $(RUN_FIRMWARE),$(RUN_KERNEL_OPTIONS)) \
		$(if $(RUN_VTPM),$(VTPM_SERVICES))

.PHONY: run
run: $(RUN_IMAGE) $(RUN_KERNEL) $(RUN_INITRD) $(RUN_DISK) $(RUN_COMMAND_DISK) $(RUN_MACHINE) $(if $(filter 11,$(QEMU)),$(DEPS_QEMU_11))
	$(Q)scripts/machine --igvm $(RUN_IMAGE) --elf $(RUN_ELF) --machine $(RUN_MACHINE) \
		$(RUN_KERNEL_OPTIONS) $(if $(RUN_VTPM),$(VTPM_FILES)) \
		--cpus $(RUN_CPUS) --mem $(RUN_MEM) --qemu $(QEMU) --result $(RUN_OUT)/result \
		--predicted "$$($(RUN_IGVM_TOOL) measure $(RUN_IMAGE) | awk '/^launch digest/ { print $$3 }')" \
		$(RUN_OPTIONS) || $(RUN_END)

# A run whose time line is kept, and the picture of it, even if the run ended badly.
TIMELINE_JSON := $(BUILD)/timeline.json
TIMELINE_SVG := $(BUILD)/timeline.svg
TIMELINE_KERNEL = $(if $(KERNEL),$(notdir $(KERNEL)),Linux $(if $(filter linux-7 debian debian-7,$(GUEST)),7,6.12))
TIMELINE_FIRMWARE = $(if $(filter file,$(origin FIRMWARE)),OVMF,$(notdir $(FIRMWARE)))
TIMELINE_TITLE = $(if $(RUN_DEBIAN),$(TIMELINE_FIRMWARE) and Debian with $(TIMELINE_KERNEL),$(if \
	$(RUN_FIRMWARE),$(TIMELINE_FIRMWARE) and $(TIMELINE_KERNEL),$(TIMELINE_KERNEL) started by the paravisor))

.PHONY: timeline
timeline: all
	@rm -f $(TIMELINE_JSON)
	+$(Q)$(MAKE) --no-print-directory run RUN_TIMELINE=$(TIMELINE_JSON); status=$$?; \
		scripts/timeline --title "$(TIMELINE_TITLE)" --output $(TIMELINE_SVG) $(TIMELINE_JSON) && \
		echo "timeline: $(TIMELINE_SVG), of the numbers in $(TIMELINE_JSON)"; \
		exit $$status
