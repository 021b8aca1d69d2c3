#!/bin/bash
# SPDX-License-Identifier: MIT
# scripts/initramfs and the init in it: equal bytes for equal input, and the
# status of the guest's command as Debian's Linux hands it over in plain QEMU.
# Usage: test-initramfs.sh PROGRAMS QEMU VMLINUZ

# shellcheck source=expect.sh
. "$(dirname "$0")/expect.sh"
PROGRAMS=$1
QEMU=$2
VMLINUZ=$3

pack() {
	run scripts/initramfs --programs "$PROGRAMS" "$@"
}

begin "equal input gives equal bytes"
echo data >"$WORK/data"
pack --output "$WORK/one" --cmd 'echo hello' --file "$WORK/data=etc/data"
wants_status 0
sleep 1
touch "$WORK/data"
(umask 077 && pack --output "$WORK/two" --cmd 'echo hello' --file "$WORK/data=etc/data")
wants_equal 'the second' "$(sha256sum <"$WORK/one")" "$(sha256sum <"$WORK/two")"
end

begin "other input gives other bytes"
pack --output "$WORK/two" --cmd 'echo hullo' --file "$WORK/data=etc/data"
[[ $(sha256sum <"$WORK/one") != "$(sha256sum <"$WORK/two")" ]] || WRONG+=("equal")
end

begin "what is in it"
zcat <"$WORK/one" | cpio --quiet -t >"$WORK/out" 2>&1
wants_equal content "bin bin/busybox bin/exercise bin/exit-status bin/sh bin/touch-memory cmd etc etc/data init" \
	"$(xargs <"$WORK/out")"
end

begin "a file that is not there is named"
pack --output "$WORK/two" --file "$WORK/absent=x"
wants_status 1
wants_line "initramfs: cannot read $WORK/absent, to be x in the guest"
end

begin "a busybox that is not static is refused"
pack --output "$WORK/two" --busybox /bin/bash
wants_status 1
wants_text 'is not static'
end

# boot CMD: in plain QEMU, whose debug-exit device makes 2N+1 of the status N.
boot() {
	pack --output "$WORK/initramfs" --cmd "$1"
	run timeout 120 "$QEMU" -accel tcg,thread=single -cpu max -M q35 -m 512 -smp 2 -nodefaults \
		-display none -no-reboot -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=4 \
		-kernel "$VMLINUZ" -initrd "$WORK/initramfs" -append 'console=ttyS0 quiet panic=-1'
}

begin "the command's status reaches the machine"
boot 'echo hello; exit 77'
wants_status $((77 * 2 + 1))
wants_line hello
wants_line 'guest: command ended with status 77'
wants_text 'guest: memory '
end

begin "so does a status over 127, as far as QEMU's own exit status carries it"
boot 'kill -9 $$'
wants_status $(((137 * 2 + 1) % 256))
wants_line 'guest: command ended with status 137'
end

begin "the guest's exercise finds memory and CPUs well"
boot 'exercise 2'
wants_status 1
wants_line 'exercise: cpu 1: offline and online again'
wants_line 'exercise: all well'
end

begin "the guest's exercise does not overlook a missing CPU"
boot 'exercise 3'
wants_status 3
wants_line 'exercise: 2 CPUs, wanted 3'
end
