# SPDX-License-Identifier: MIT
# Unit tests of what starts a guest: digests, random numbers, fw_cfg, the Linux
# boot protocol, ACPI tables, secrets and CPUID pages.

UNIT_MBEDTLS := $(BUILD)/unit/libmbed.a
UNIT_MBEDTLS_CFLAGS = -std=gnu17 -O1 -g $(UNIT_SANITIZE)
$(eval $(call LIB_MBEDTLS_RULES,$(BUILD)/unit,UNIT_MBEDTLS_CFLAGS,$(LIB_PARAVISOR_PARTS),$(LIB_PARAVISOR_CONFIG)))

# What every user of SHA-256 links besides the library.
UNIT_SHA256 := lib/sha256.c lib/sha256_block.c lib/sha256_ni.c lib/mbedtls_platform.c \
	tests/unit/fake_fpu.c
UNIT_CRYPTO_CFLAGS = $(LIB_PARAVISOR_CFLAGS) -Itests/unit
$(BUILD)/unit/%/lib/sha256_ni.o: UNIT_CFLAGS += $(LIB_VECTOR_CFLAGS)

UNIT_TESTS += sha256
UNIT_OBJS_sha256 := $(UNIT_SHA256)
UNIT_CFLAGS_sha256 = $(UNIT_CRYPTO_CFLAGS)
UNIT_LIBS_sha256 := $(UNIT_MBEDTLS)

UNIT_TESTS += sha512
UNIT_OBJS_sha512 := lib/sha512.c lib/mbedtls_platform.c
UNIT_CFLAGS_sha512 = $(UNIT_CRYPTO_CFLAGS)
UNIT_LIBS_sha512 := $(UNIT_MBEDTLS)

UNIT_TESTS += gcm
UNIT_OBJS_gcm := lib/gcm.c lib/mbedtls_platform.c tests/unit/fake_fpu.c
UNIT_CFLAGS_gcm = $(UNIT_CRYPTO_CFLAGS)
UNIT_LIBS_gcm := $(UNIT_MBEDTLS)

# The paravisor's; tools/common/ has another.
UNIT_TESTS += manifest_cbor
UNIT_OBJS_manifest_cbor := lib/cbor.c

# The test has random sources of its own in place of lib/hwrng.c.
UNIT_TESTS += random
UNIT_OBJS_random := lib/random.c lib/entropy.c $(UNIT_SHA256)
UNIT_CFLAGS_random = $(UNIT_CRYPTO_CFLAGS)
UNIT_LIBS_random := $(UNIT_MBEDTLS)

UNIT_TESTS += fw_cfg
UNIT_OBJS_fw_cfg := drivers/fw_cfg.c $(UNIT_SHA256)
UNIT_CFLAGS_fw_cfg = $(UNIT_CRYPTO_CFLAGS)
UNIT_LIBS_fw_cfg := $(UNIT_MBEDTLS)

UNIT_TESTS += q35
UNIT_OBJS_q35 := drivers/q35.c

UNIT_TESTS += guest_pages
UNIT_OBJS_guest_pages := kernel/guest_pages.c

# Synthetic headers, and the kernels that the paravisor is tested with.
UNIT_TESTS += linux_image
UNIT_OBJS_linux_image := kernel/linux_image.c
UNIT_CFLAGS_linux_image = \
	-DLINUX_KERNELS='"$(DEPS_LINUX_6_12)/vmlinuz","$(DEPS_LINUX_7)/vmlinuz"'

UNIT_TESTS += linux_plan
UNIT_OBJS_linux_plan := kernel/linux_plan.c

UNIT_TESTS += linux_boot
UNIT_OBJS_linux_boot := kernel/linux_boot.c

UNIT_TESTS += acpi
UNIT_OBJS_acpi := kernel/acpi.c kernel/dsdt.c
UNIT_CFLAGS_acpi := -DDSDT_AML='"$(BUILD)/unit/dsdt.aml"'

$(BUILD)/unit/test_acpi: $(BUILD)/unit/dsdt.aml
$(BUILD)/unit/dsdt.aml: kernel/dsdt.asl
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) -E -P -x c $< -o $(@:.aml=.asl)
	$(Q)iasl -vs -p $(@:.aml=) $(@:.aml=.asl) >$(@:.aml=.log) || { cat $(@:.aml=.log); exit 1; }

UNIT_TESTS += firmware
UNIT_OBJS_firmware := kernel/firmware.c

UNIT_TESTS += firmware_areas
UNIT_OBJS_firmware_areas := kernel/firmware_areas.c
