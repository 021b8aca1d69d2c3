# SPDX-License-Identifier: MIT
# Unit tests of the kernel and the protocols, on the fake platform.

UNIT_FAKE := tests/unit/fake_platform.c kernel/page_state.c kernel/vcpu.c
UNIT_FAKE_CFLAGS := -iquote tests/unit/fake -Itests/unit
UNIT_ATTEST := protocols/attest.c protocols/attest_decode.c protocols/attest_manifest.c \
	protocols/service.c protocols/service_manifest.c protocols/service_platform.c \
	lib/cbor.c lib/sha512.c tests/unit/fake_attest.c
UNIT_CORE = $(UNIT_FAKE) kernel/guest_memory.c kernel/request.c protocols/core.c \
	protocols/core_pvalidate.c protocols/core_vcpu.c protocols/dispatch.c \
	protocols/service_call.c protocols/vtpm.c kernel/service_request.c \
	kernel/service_idle.c tests/unit/fake_services.c platform/sev-snp/vcpu.c tests/unit/fake_host.c \
	$(UNIT_ATTEST) $(UNIT_SHA256)

UNIT_TESTS += page_state
UNIT_OBJS_page_state := $(UNIT_FAKE)
UNIT_CFLAGS_page_state := $(UNIT_FAKE_CFLAGS)

UNIT_TESTS += vm_context
UNIT_OBJS_vm_context := $(UNIT_FAKE) kernel/vm_context.c platform/sev-snp/vcpu_state.c
UNIT_CFLAGS_vm_context := $(UNIT_FAKE_CFLAGS)

UNIT_TESTS += services_init
UNIT_OBJS_services_init := kernel/services_init.c

UNIT_TESTS += memory_map
UNIT_OBJS_memory_map := kernel/memory_map.c

UNIT_TESTS += frames
UNIT_OBJS_frames := kernel/frames.c

UNIT_TESTS += service_memory
UNIT_OBJS_service_memory := kernel/service_memory.c

UNIT_TESTS += own_memory
UNIT_OBJS_own_memory := kernel/own_memory.c

UNIT_TESTS += clock
UNIT_OBJS_clock := kernel/clock.c
UNIT_CFLAGS_clock := $(UNIT_FAKE_CFLAGS)

UNIT_TESTS += paging
UNIT_OBJS_paging := kernel/paging.c
UNIT_CFLAGS_paging := $(UNIT_FAKE_CFLAGS) -D__bss_start=fake_bss_start

UNIT_TESTS += elf_image
UNIT_OBJS_elf_image := kernel/elf_image.c

UNIT_TESTS += madt
UNIT_OBJS_madt := kernel/madt.c

UNIT_TESTS += printf
UNIT_OBJS_printf := lib/printf.c

UNIT_TESTS += panic
UNIT_OBJS_panic := kernel/panic.c lib/printf.c
# The linker has a __bss_start of its own for a process.
UNIT_CFLAGS_panic := $(UNIT_FAKE_CFLAGS) -D__bss_start=fake_bss_start

UNIT_CORE_TESTS := pvalidate core_vcpu request attest service_call vtpm_call service_manifest \
	service_idle
UNIT_TESTS += $(UNIT_CORE_TESTS)
$(foreach test,$(UNIT_CORE_TESTS),$(eval UNIT_OBJS_$(test) = $$(UNIT_CORE)))
$(foreach test,$(UNIT_CORE_TESTS),$(eval \
	UNIT_CFLAGS_$(test) = $(UNIT_FAKE_CFLAGS) $$(LIB_PARAVISOR_CFLAGS)))
$(foreach test,$(UNIT_CORE_TESTS),$(eval UNIT_LIBS_$(test) = $$(UNIT_MBEDTLS)))

UNIT_TESTS += guest_message
UNIT_OBJS_guest_message := platform/sev-snp/guest_message.c lib/gcm.c $(UNIT_SHA256)
UNIT_CFLAGS_guest_message = $(UNIT_FAKE_CFLAGS) $(LIB_PARAVISOR_CFLAGS)
UNIT_LIBS_guest_message = $(UNIT_MBEDTLS)

UNIT_TESTS += guest_request
UNIT_OBJS_guest_request := platform/sev-snp/guest_request.c platform/sev-snp/guest_message.c \
	platform/sev-snp/ghcb_page.c lib/gcm.c lib/mbedtls_platform.c tests/unit/fake_fpu.c
UNIT_CFLAGS_guest_request = $(UNIT_FAKE_CFLAGS) $(LIB_PARAVISOR_CFLAGS)
UNIT_LIBS_guest_request = $(UNIT_MBEDTLS)

UNIT_TESTS += seed
UNIT_OBJS_seed := syscalls/class2_seed.c lib/sha512.c lib/mbedtls_platform.c tests/unit/fake_fpu.c
UNIT_CFLAGS_seed = $(UNIT_FAKE_CFLAGS) $(LIB_PARAVISOR_CFLAGS)
UNIT_LIBS_seed = $(UNIT_MBEDTLS)

UNIT_TESTS += ghcb
UNIT_OBJS_ghcb := platform/sev-snp/ghcb_page.c platform/sev-snp/ghcb_msr.c \
	platform/sev-snp/psc.c platform/sev-snp/io.c
UNIT_CFLAGS_ghcb := $(UNIT_FAKE_CFLAGS)

UNIT_TESTS += service_slice
UNIT_OBJS_service_slice := kernel/service_slice.c

UNIT_TESTS += timer
UNIT_OBJS_timer := kernel/timer.c platform/sev-snp/timer.c platform/sev-snp/ghcb_page.c
UNIT_CFLAGS_timer := $(UNIT_FAKE_CFLAGS)
