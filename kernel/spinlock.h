/* SPDX-License-Identifier: MIT */
/*
 * A lock for short sections. The paravisor runs with interrupts off and has
 * one thread for each CPU, so that a holder always goes on; where a guest's
 * request waits, it waits a bounded time only (spin_lock_bounded).
 */
#ifndef NACRE_KERNEL_SPINLOCK_H
#define NACRE_KERNEL_SPINLOCK_H

#include "compiler.h"
#include "kernel/x86_insn.h"

struct spinlock {
	uint32_t taken;
};

#define SPIN_TRIES 10000U

static inline bool spin_trylock(struct spinlock *lock)
{
	return __atomic_exchange_n(&lock->taken, 1, __ATOMIC_ACQUIRE) == 0;
}

static inline void spin_lock(struct spinlock *lock)
{
	while (!spin_trylock(lock))
		cpu_pause();
}

/* False when the lock was not free for SPIN_TRIES attempts. */
static inline bool spin_lock_bounded(struct spinlock *lock)
{
	for (unsigned int tries = 0; tries < SPIN_TRIES; tries++) {
		if (spin_trylock(lock))
			return true;
		cpu_pause();
	}
	return false;
}

static inline void spin_unlock(struct spinlock *lock)
{
	__atomic_store_n(&lock->taken, 0, __ATOMIC_RELEASE);
}

#endif
