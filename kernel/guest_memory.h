/* SPDX-License-Identifier: MIT */
/*
 * Copying to and from guest memory on behalf of a request. Each page is locked
 * in the page-state map while it is touched, so that it is the guest's plain
 * memory for the whole copy, whatever other vCPUs ask for meanwhile.
 */
#ifndef NACRE_KERNEL_GUEST_MEMORY_H
#define NACRE_KERNEL_GUEST_MEMORY_H

#include "addr.h"
#include "compiler.h"
#include "svsm.h"

/*
 * SVSM_SUCCESS; SVSM_ERR_INVALID_ADDRESS when the range is not the guest's own
 * validated memory, covers a calling area's header, or the host has taken the
 * page away; SVSM_ERR_BUSY when another CPU holds the page for long. After an
 * error a part may have been copied.
 */
MUST_CHECK enum svsm_result guest_read(void *dest, uint64_t address, size_t size);
MUST_CHECK enum svsm_result guest_write(uint64_t address, const void *src, size_t size);

/*
 * Whether the range is at this moment what guest_read() and guest_write() take.
 * Nothing is held: it tells a wrong address early, and promises nothing.
 */
MUST_CHECK bool guest_is_plain(uint64_t address, uint64_t size);

#endif
