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
LIB_CRYPTO_SOURCES := lib/sha256.c lib/random.c lib/hwrng.c lib/mbedtls_platform.c

define LIB_MBEDTLS_RULES
$(1)/libmbed.a: $$(patsubst %,$(1)/mbedtls/%.o,$(or $(3),$$(LIB_MBEDTLS_PARTS)))
	$$(Q)rm -f $$@
	$$(Q)$$(AR) rcsD $$@ $$^

# Only these functions are wanted of SHA-512; see lib/mbedtls_config.h.
$(1)/mbedtls/sha512.o: LIB_MBEDTLS_PART := -DMBEDTLS_SHA384_C -DMBEDTLS_SHA512_C

$(1)/mbedtls/%.o: $$(DEPS_MBEDTLS)/library/%.c $(or $(4),$$(LIB_MBEDTLS_CONFIG)) lib/mbedtls.mk
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$($(2)) -w $$(call LIB_MBEDTLS_CFLAGS_FOR,$(or $(4),$$(LIB_MBEDTLS_CONFIG))) \
		$$(LIB_MBEDTLS_PART) -c -o $$@ $$<
endef
