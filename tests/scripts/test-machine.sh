#!/bin/bash
# SPDX-License-Identifier: MIT
# scripts/machine with the real QEMU and tests/scripts/stand-in.c in the
# machine's place: what reaches the machine, and how each end of a run is told.
# Usage: test-machine.sh STAND-IN QEMU

# shellcheck source=expect.sh
. "$(dirname "$0")/expect.sh"
STAND_IN=$1
QEMU=$2

# machine ORDERS OPTION...: runs the stand-in with these orders.
machine() {
	printf '%b' "$1" >"$WORK/orders"
	run scripts/machine --machine "$STAND_IN" --qemu "$QEMU" --igvm "$WORK/orders" \
		--result "$WORK/result" --timeout 60 "${@:2}"
}

wants_result() {
	wants_equal result "$1" "$(cat "$WORK/result" 2>&1)"
}

# outcome NAME STATUS RESULT TEXT ORDERS OPTION...
outcome() {
	begin "$1"
	machine "${@:5}"
	wants_status "$2"
	wants_result "$3"
	[[ -z $4 ]] || wants_line "machine: $4"
	end
}

for n in 0 7 124 201 255; do
	outcome "exit status $n" $n "exit $n" '' "Lresult: exit $n\nE0"
done
outcome "poweroff" 0 poweroff '' 'Lresult: poweroff\nE0'
outcome "booted, where that is all" 0 booted '' 'Lresult: booted\nE0'
outcome "reboot" 200 reboot "the guest rebooted" 'Lresult: reboot\nE0'
outcome "kernel panic" 201 "panic Attempted to kill init!" \
	"the guest's kernel panicked (told by its console): Attempted to kill init!" \
	'C[    1.5] Kernel panic - not syncing: Attempted to kill init!\nLresult: reboot\nE0'
outcome "kernel panic told by a device" 201 panic "the guest's kernel panicked (told by pvpanic)" 'Lresult: panic\nE0'
outcome "text that only quotes a panic" 200 reboot "the guest rebooted" \
	'Clog: Kernel panic - not syncing: no\nLresult: reboot\nE0'
outcome "termination by Linux" 202 "terminated set 1 code 9" \
	"guest terminated: set 1 code 9 (SVSM calling area not aligned)" \
	'Lresult: terminated set 1 code 9\nE0'
outcome "termination, unknown code" 202 "terminated set 9 code 1" \
	"guest terminated: set 9 code 1 (unknown)" 'Lresult: terminated set 9 code 1\nE0'
outcome "termination, with the place" 202 "terminated set 2 code 6 vcpu 0 rip 1f" \
	"guest terminated: set 2 code 6 (Nacre: digest of kernel, initramfs or command line), vcpu 0 rip 1f" \
	'Lresult: terminated set 2 code 6 vcpu 0 rip 1f\nE0'
outcome "triple fault" 203 "shutdown vcpu 1" "the guest shut down by triple fault vcpu 1" \
	'Lresult: shutdown vcpu 1\nE0'
outcome "guest fault" 204 "guest-fault no VMSA" "fault of the guest: no VMSA" \
	'Lresult: guest-fault no VMSA\nE0'
outcome "launch refused" 205 "refused SEV_FEATURES bit 3" \
	"launch refused: SEV_FEATURES bit 3" 'Lresult: refused: SEV_FEATURES bit 3\nE0'
outcome "machine fault" 206 "machine-fault exit 0x77" \
	"fault of the machine itself: exit 0x77" 'Lresult: machine-fault exit 0x77\nE0'
outcome "an end without a result" 207 "no-result QEMU ended with status 1" \
	"the machine ended without a result: QEMU ended with status 1" 'Chello\nE0'
outcome "a machine that hangs" 124 "timeout 2" "no end within 2 s (--timeout)" 'Chello' --timeout 2
outcome "a machine that hangs after its result" 124 "timeout 2" "no end within 2 s (--timeout)" \
	'Lresult: poweroff' --timeout 2

begin "of a machine that hangs is told where it is"
machine 'Chello' --timeout 2
wants_text '  qemu: CPU#0 '
wants_text ' EIP='
end

# limited 0|1: a process that never ends, with a limit of 2 s, which never waits
# for a processor, or always; prints the seconds that it has got.
limited() {
	(
		# shellcheck source=../../scripts/lib/machine-limit.sh
		. scripts/lib/machine-limit.sh
		WAITS=$1
		# shellcheck disable=SC2317 # called by limit_run
		look_how_long_it_waited() { WAITED=$((WAITS * SECONDS)); }
		rm -rf "$WORK/limited" && mkdir "$WORK/limited"
		mkfifo "$WORK/limited/monitor.in" "$WORK/limited/monitor.out"
		sleep 1000 &
		SECONDS=0
		limit_run $! 2 "$WORK/limited" 2>/dev/null
		sed -n 's/^ended after \([0-9]*\) s.*/\1/p' "$WORK/limited/late"
	)
}

begin "what QEMU waits for a processor does not count, up to a point"
wants_equal "whether one that does not wait gets 8 s" 0 "$(($(limited 0) >= 8))"
wants_equal "whether one that does gets them" 1 "$(($(limited 1) >= 8))"
end

begin "a machine fault shows what the machine said"
machine 'Lvcpu 0 vmpl 2 rip 0xabc\nLresult: machine-fault exit 0x77\nE0'
wants_line '  machine: vcpu 0 vmpl 2 rip 0xabc'
end

begin "options reach the machine"
machine 'A\nLresult: poweroff\nE0' --cpus 3 --mem 512M --host lying,slow --cbit 47 \
	--seed beef --order file --vmsas all --option doorbell=on
wants_line 'mem=512 iommu=on host=lying,slow cbit=47 seed=0xbeef order=file doorbell=on vmsas=3 spare=on'
end

begin "several vCPUs have a processor more, but not under icount nor with mmio=direct"
machine '' --cpus 3 --dry-run
wants_text ' -smp 4 '
for options in '--cpus 1' '--cpus 3 --icount' '--cpus 3 --option mmio=direct'; do
	# shellcheck disable=SC2086 # options
	machine '' $options --dry-run
	wants_text " -smp ${options:7:1} "
	lacks_text 'spare'
done
end

begin "files and command line reach the machine"
echo "the kernel" >"$WORK/a,kernel"
echo "the initrd" >"$WORK/initrd"
machine 'Fopt/org.nacre/kernel\nFopt/org.nacre/initrd\nFopt/org.nacre/cmdline\nLresult: poweroff\nE0' \
	--kernel "$WORK/a,kernel" --initrd "$WORK/initrd" --append 'a  b="c d"'
wants_line 'the kernel'
wants_line 'the initrd'
wants_line 'a  b="c d"$'
end

begin "identity and certificates reach the machine, those of the build where none are named"
echo "who I am" >"$WORK/identity"
echo "who says so" >"$WORK/certificates"
machine 'Fopt/org.nacre/identity\nFopt/org.nacre/certificates\nLresult: poweroff\nE0' \
	--identity "$WORK/identity" --certificates "$WORK/certificates"
wants_line 'who I am'
wants_line 'who says so'
machine '' --identity none --dry-run
lacks_text 'opt/org.nacre/identity'
lacks_text 'opt/org.nacre/certificates'
machine '' --identity "$WORK/identity" --dry-run
lacks_text 'opt/org.nacre/certificates'
machine '' --dry-run
wants_text 'build/test-chain/identity.bin'
wants_text 'build/test-chain/certificates.bin'
machine '' --option vlek=on --dry-run
wants_text 'build/test-chain/certificates-vlek.bin'
machine '' --certificates "$WORK/absent"
wants_status 65
end

begin "what is not given is not there"
machine 'Fopt/org.nacre/kernel\nFopt/org.nacre/cmdline\nLresult: poweroff\nE0'
wants_equal 'number of absent files' 2 "$(grep -c absent "$WORK/out")"
end

begin "the predicted digest is shown and compared"
machine 'Llaunch digest: ABC\nLresult: exit 4\nE0' --predicted abc
wants_status 4
wants_text 'as predicted             abc equal'
end

begin "a wrong digest is not overlooked"
machine 'Llaunch digest: ABC\nLresult: exit 0\nE0' --predicted abd
wants_status 208
wants_result digest-mismatch
wants_text 'DIFFERENT'
end

begin "a digest that never came is not overlooked"
machine 'Lresult: exit 0\nE0' --predicted abd
wants_status 208
end

begin "log and counters are kept, a trace is shown"
machine 'Lexit 0x72\nLjson: {"exits": 5}\nLresult: poweroff\nE0' --json "$WORK/json" --trace exits
wants_line 'exit 0x72'
lacks_text 'json:'
wants_equal counters '{"exits": 5}' "$(cat "$WORK/json")"
machine 'Lexit 0x72\nLresult: poweroff\nE0' --log "$WORK/log" --trace exits
wants_equal 'the log' 'exit 0x72' "$(head -n 1 "$WORK/log")"
lacks_text 'exit 0x72'
end

begin "a time line is asked for, and kept with the facts of its run"
machine 'A\nLtimeline: {"length": 5}\nLresult: exit 3\nE0' --timeline "$WORK/timeline" --cpus 3 --mem 1G
wants_line 'mem=1024 iommu=on timeline=on spare=on'
wants_equal 'the time line' '3 1024 false exit 3 5' "$(jq -r \
	'[.run.vcpus, .run.memory_mib, .run.icount, .run.outcome, .length] | join(" ")' "$WORK/timeline")"
machine 'Lresult: exit 3\nE0' --timeline "$WORK/timeline"
wants_equal 'the file of a run without one' '' "$(cat "$WORK/timeline")"
end

begin "disks and network card become arguments of QEMU"
machine '' --disk "$WORK/orders,bootindex=1" --disk "$WORK/orders,serial=data,readonly=on" --net echo --dry-run
wants_text "if=none\\,id=disk0\\,format=raw\\,file=$WORK/orders -device virtio-blk-pci\\,drive=disk0\\,disable-legacy=on\\,iommu_platform=on\\,bootindex=1 "
wants_text "file=$WORK/orders\\,readonly=on -device virtio-blk-pci\\,drive=disk1\\,disable-legacy=on\\,iommu_platform=on\\,serial=data "
wants_text 'user\,id=network\,restrict=on\,guestfwd=tcp:10.0.2.100:7-cmd:cat -device virtio-net-pci'
machine '' --net user --dry-run
wants_text ' -netdev user\,id=network -device'
machine '' --net /bin/true --dry-run
wants_text 'restrict=on\,guestfwd=tcp:10.0.2.100:7-cmd:/bin/true -device'
end

begin "QEMU takes such a disk and such a card"
machine 'Lresult: exit 5\nE0' --disk "$WORK/orders,bootindex=1,readonly=on" --net echo
wants_status 5
end

begin "a guest that reboots is launched as often as wanted"
machine 'Cup\nLresult: reboot\nE0' --launches 3
wants_status 200
wants_equal launches 3 "$(grep -c up "$WORK/out")"
machine 'Cup\nLresult: exit 6\nE0' --launches 0
wants_status 6
wants_equal launches 1 "$(grep -c up "$WORK/out")"
end

begin "backtrace addresses get names"
start=$(nm "$STAND_IN" | awk '$3 == "start" { print $1 }')
machine "Cpanic\nC  at 0x$start\nLresult: terminated set 2 code 0\nE0" --elf "$STAND_IN"
wants_text "start at "
wants_text "stand-in.c:"
end

begin "exact counting of instructions"
machine 'Lresult: exit 9\nE0' --icount
wants_status 9
end

begin "wrong use is told apart"
machine 'E0' --cpus 9
wants_status 64
wants_text "--cpus wants 1 to 8, not '9'"
machine 'E0' --mem 5x
wants_status 64
machine 'E0' --option 'a b'
wants_status 64
machine 'E0' --net lan
wants_status 64
machine 'E0' --net '/bin/true,restrict=off'
wants_status 64
machine 'E0' --net /bin/no-such-program
wants_text 'cannot read /bin/no-such-program'
machine 'E0' --launches some
wants_status 64
run scripts/machine --igvm "$WORK/orders" --wrong
wants_status 64
end

begin "a missing file is named"
machine 'E0' --kernel "$WORK/absent"
wants_status 65
wants_line "machine: cannot read $WORK/absent"
wants_result "not-started cannot read $WORK/absent"
machine 'E0' --disk "$WORK/absent,serial=data"
wants_status 65
wants_line "machine: cannot read $WORK/absent"
end

# An unfit QEMU is played by a script, which says what such a one says.
unfit() {
	printf '#!/bin/bash\n[[ $1 == --version ]] && echo "QEMU emulator version %s" || echo "%s"\n' \
		"$1" "$2" >"$WORK/qemu"
	chmod +x "$WORK/qemu"
	machine 'E0' --qemu "$WORK/qemu"
	wants_status 65
}

begin "an unfit QEMU is refused with the reason"
unfit 7.2.22 ''
wants_text 'QEMU 7.2.22 is unfit: its cmpxchg16b'
unfit 8.1.0 ''
wants_text 'QEMU 8.1.0 is unfit: 10.0 or newer'
unfit 10.0.2 '\"svm\": true, \"npt\": true, \"la57\": false, \"cx16\": true, \"rdrand\": true'
wants_text '-cpu max under TCG lacks la57 x2apic'
end

# breaking: makes $WORK/qemu a QEMU that dies of a signal in its first run.
breaking() {
	cat >"$WORK/qemu" <<-END
		#!/bin/bash
		[[ " \$* " != *" -kernel "* || -e "$WORK/broken" ]] && exec "$QEMU" "\$@"
		touch "$WORK/broken"
		echo half
		kill -SEGV \$\$
	END
	chmod +x "$WORK/qemu"
	rm -f "$WORK/broken"
}

begin "a run that QEMU breaks is made once more if wanted, and that is said"
breaking
machine 'Cwhole\nLresult: exit 3\nE0' --qemu "$WORK/qemu"
wants_status 207
wants_line half
breaking
machine 'Cwhole\nLresult: exit 3\nE0' --qemu "$WORK/qemu" --once-more
wants_status 3
wants_result 'exit 3'
wants_text 'machine: QEMU broke this run: the machine ended without a result: QEMU ended with status 139; a second'
wants_line whole
lacks_text half
end

begin "the guest's state lost by QEMU counts as broken, and there is no third attempt"
machine 'Chello\nLresult: machine-fault QEMU has lost the state\nE0' --once-more
wants_status 206
wants_equal 'times tried' 1 "$(grep -c 'second and last attempt' "$WORK/out")"
wants_equal 'consoles shown' 1 "$(grep -c hello "$WORK/out")"
end

begin "any other end is no cause for another attempt"
machine 'Lresult: machine-fault exit 0x77\nE0' --once-more
wants_status 206
lacks_text 'attempt'
machine 'Chello\nE0' --once-more
wants_status 207
lacks_text 'attempt'
end

# On a terminal: waits for TEXT in the output, then sends the keys.
send_after() {
	local tries
	for ((tries = 0; tries < 300; tries++)); do
		grep -qaF "$1" "$WORK/out" 2>/dev/null && break
		sleep 0.1
	done
	printf '%b' "$2"
}

on_terminal() {
	printf '%b' "$1" >"$WORK/orders"
	: >"$WORK/out"
	STATUS=0
	send_after ready "$2" | script -qefc "scripts/machine --machine '$STAND_IN' --qemu '$QEMU' \
		--igvm '$WORK/orders' --result '$WORK/result' --timeout 60" "$WORK/typescript" \
		>"$WORK/out" 2>&1 || STATUS=$?
}

begin "Ctrl-C reaches the guest"
on_terminal 'Cready\nK\nLresult: exit 3\nE0' '\003'
wants_line 03
wants_status 3
end

begin "Ctrl-A X ends the run"
on_terminal 'Cready\nK' '\001x'
wants_status 130
wants_result quit
end

# tree RULE: the scripts, with a Makefile of this recipe for run.
tree() {
	mkdir -p "$WORK/tree"
	cp -r scripts "$WORK/tree"
	printf 'run:\n\t@mkdir -p %s/run\n\t@%b\n' '$(or $(BUILD),build)' "$1" >"$WORK/tree/Makefile"
}

begin "scripts/run ends with the status of the run"
tree 'echo exit 42 >build/run/result'
run env -u BUILD "$WORK/tree/scripts/run" GUEST_CMD='exit 42'
wants_status 42
tree 'echo reboot >out/run/result'
run "$WORK/tree/scripts/run" BUILD=out
wants_status 200
tree 'false'
run env -u BUILD "$WORK/tree/scripts/run"
wants_status 1
run "$WORK/tree/scripts/run" --wrong
wants_status 64
end
