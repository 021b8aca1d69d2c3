# SPDX-License-Identifier: MIT
# What all services are made with: ordinary static Linux programs, position-independent
# so that the kernel lays each where it likes. Relocations that are packed (DT_RELR) make the
# vTPM's file a twelfth smaller; a static program relocates itself, so only libc must know them.

SERVICES_LIB_SOURCES := services/lib/call.c services/lib/desk.c services/lib/serve.c
SERVICES_CFLAGS = $(COMMON_CFLAGS) -I. -O2 -D_GNU_SOURCE -fPIE -ffunction-sections -fdata-sections \
	-fstack-protector-strong -D_FORTIFY_SOURCE=2 -fno-strict-aliasing
SERVICES_LDFLAGS := -static-pie -Wl,--gc-sections -Wl,-z,relro,-z,now -Wl,-z,noexecstack \
	-Wl,-z,separate-code -Wl,-z,pack-relative-relocs -Wl,--build-id=none
