# SPDX-License-Identifier: MIT
# mbedtls from Debian's source package (scripts/deps unpacks it), configured by
# lib/mbedtls_config.h and built once for each environment that wants it:
#
#   $(eval $(call LIB_MBEDTLS_RULES,DIR,FLAGS))
#
# makes DIR/libmbed.a with the compiler flags in the variable named FLAGS
# (without warnings and without -I). Code that includes lib/sha256.h or
# lib/random.h needs no flag beyond -I. -Iinclude; lib/sha256.c, lib/random.c and
# lib/mbedtls_platform.c, which link with the library, need LIB_MBEDTLS_CFLAGS,
# as does code that includes mbedtls's own headers. Freestanding environments
# put LIB_FREESTANDING_CFLAGS into their flags: no header of a libc is seen.

LIB_MBEDTLS_VERSION = $(DEPS_VERSION_mbedtls)
LIB_MBEDTLS_PARTS := hmac_drbg md platform_util sha256 sha512
LIB_MBEDTLS_CONFIG := lib/mbedtls_config.h
LIB_MBEDTLS_CFLAGS_FOR = -I. -isystem $(DEPS_MBEDTLS)/include -DMBEDTLS_CONFIG_FILE='"$(1)"'
LIB_MBEDTLS_CFLAGS = $(call LIB_MBEDTLS_CFLAGS_FOR,$(LIB_MBEDTLS_CONFIG))
LIB_FREESTANDING_CFLAGS := -ffreestanding -nostdinc \
	-isystem $(shell $(CC) -print-file-name=include 2>/dev/null) -isystem lib/libc

# Our own sources that belong to the library's users.
LIB_CRYPTO_SOURCES := lib/sha256.c lib/random.c lib/entropy.c lib/hwrng.c lib/mbedtls_platform.c

# The paravisor's own: AES by instructions, SHA-256 by instructions or, from a second
# object of mbedtls's sha256.c under another name, without. lib/sha256_ni.c and
# mbedtls's aesni.c alone are compiled with vector registers, LIB_VECTOR_CFLAGS.
LIB_PARAVISOR_CONFIG := lib/mbedtls_paravisor.h
LIB_PARAVISOR_PARTS := $(LIB_MBEDTLS_PARTS) sha256_portable aes aesni gcm block_cipher constant_time
LIB_PARAVISOR_CFLAGS = $(call LIB_MBEDTLS_CFLAGS_FOR,$(LIB_PARAVISOR_CONFIG))
LIB_PARAVISOR_SOURCES := $(LIB_CRYPTO_SOURCES) lib/sha256_block.c lib/sha256_ni.c lib/sha512.c lib/gcm.c
LIB_VECTOR_CFLAGS := -msse4.1 -msha

define LIB_MBEDTLS_RULES
$(1)/libmbed.a: $$(patsubst %,$(1)/mbedtls/%.o,$(or $(3),$$(LIB_MBEDTLS_PARTS)))
	$$(Q)rm -f $$@
	$$(Q)$$(AR) rcsD $$@ $$^

# Only these functions are wanted of SHA-512; see lib/mbedtls_config.h.
$(1)/mbedtls/sha512.o: LIB_MBEDTLS_PART := -DMBEDTLS_SHA384_C -DMBEDTLS_SHA512_C

# Its block function alone is wanted; the linker drops the rest, which has no names.
$(1)/mbedtls/sha256_portable.o: $$(DEPS_MBEDTLS)/library/sha256.c $$(LIB_MBEDTLS_CONFIG) lib/mbedtls.mk
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$($(2)) -w $$(LIB_MBEDTLS_CFLAGS) -DMBEDTLS_SHA256_SMALLER \
		-c -o $$@ $$<
	$$(Q)objcopy --redefine-sym mbedtls_internal_sha256_process=sha256_block_portable \
		--keep-global-symbol=sha256_block_portable $$@

$(1)/mbedtls/%.o: $$(DEPS_MBEDTLS)/library/%.c $(or $(4),$$(LIB_MBEDTLS_CONFIG)) lib/mbedtls.mk
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$($(2)) -w $$(call LIB_MBEDTLS_CFLAGS_FOR,$(or $(4),$$(LIB_MBEDTLS_CONFIG))) \
		$$(LIB_MBEDTLS_PART) -c -o $$@ $$<
endef
