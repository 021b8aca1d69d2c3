/* SPDX-License-Identifier: MIT */
/*
 * threads=single: one thread of QEMU's runs all processors, each until it halts or
 * pauses or for 100 ms (TCG_KICK_PERIOD), since IPIs do not end its time. So that a
 * guest's processors do not wait so long for each other, the machine pauses in between.
 * Why anybody would want one thread: docs/caveats.md.
 */
#ifndef MACHINE_SHARING_H
#define MACHINE_SHARING_H

void sharing_init(void);
/* Another processor has got something to do. */
void sharing_hand_over(void);
/* Between two runs of the guest: lets the others run if their time has come. */
void sharing_look(void);

#endif
