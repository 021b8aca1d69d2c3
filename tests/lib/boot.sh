# SPDX-License-Identifier: MIT
# Boots of whole guests on the emulated machine, each judged by how it ended and
# by what its console showed. Sourced by the suites' boot-tests, which run at the
# top of the tree.
#
# A suite calls boot_begin once. A test is a run (boot_linux, or boot_machine for
# what needs no initramfs) and then boot_verdict, both under the test's NAME; a run
# itself never ends the suite. Between them lie, in the suite's folder,
#
#   NAME.result     the outcome, one line (scripts/lib/outcome.sh)
#   NAME.console    the guest's console, then what scripts/machine said
#   NAME.log        what the machine said
#
# and beside them what the run was made of: NAME.initramfs, NAME.igvm.

# The command line of a kernel that boot_linux starts.
BOOT_APPEND='console=ttyS0 quiet panic=-1'
# Seconds that a run may take; a suite may set others.
BOOT_SECONDS=240

# boot_begin BUILD FOLDER: what was built lies in BUILD, what runs leave in FOLDER.
boot_begin() {
	BOOT_BUILD=$1 BOOT_OUT=$2
	mkdir -p "$BOOT_OUT"
}

# boot_initramfs NAME COMMAND OPTION...: packs one that runs COMMAND, whose status ends
# the run; further options are those of scripts/initramfs.
boot_initramfs() {
	scripts/initramfs --programs "$BOOT_BUILD/tests/linux" --output "$BOOT_OUT/$1.initramfs" \
		--cmd "$2" "${@:3}"
}

# boot_image NAME OPTION...: the paravisor's image, with options of nacre-igvm build.
boot_image() {
	"$BOOT_BUILD/tools/nacre-igvm" build --elf "$BOOT_BUILD/nacre.elf" \
		--output "$BOOT_OUT/$1.igvm" "${@:2}"
}

# boot_digest NAME: prints the launch digest that NAME.igvm should have.
boot_digest() {
	"$BOOT_BUILD/tools/nacre-igvm" measure "$BOOT_OUT/$1.igvm" |
		awk '/^launch digest/ { print $3 }'
}

# boot_machine NAME OPTION...: one run, with options of scripts/machine.
boot_machine() {
	local out=$BOOT_OUT/$1
	rm -f "$out.result" "$out.console" "$out.log"
	scripts/machine "${@:2}" --machine "$BOOT_BUILD/machine/machine.elf" \
		--elf "$BOOT_BUILD/nacre.elf" --timeout "$BOOT_SECONDS" --once-more \
		--result "$out.result" --log "$out.log" >"$out.console" 2>&1 </dev/null || true
	grep 'QEMU broke this run' "$out.console" || true
}

# boot_linux NAME OPTION...: boot_machine with the initramfs of that name; the
# options say which kernel.
boot_linux() {
	boot_machine "$@" --initrd "$BOOT_OUT/$1.initramfs" --append "$BOOT_APPEND"
}

# boot_verdict NAME OUTCOME [PATTERN...]: prints "ok NAME" if the run ended with
# OUTCOME, a pattern of the shell, and its console has a line for each PATTERN of
# grep; otherwise the console's end, what was missing and "not ok NAME".
boot_verdict() {
	local name=$1 wanted=$2 got pattern wrong=()
	shift 2
	got=$(cat "$BOOT_OUT/$name.result" 2>/dev/null || echo none)
	# shellcheck disable=SC2053 # a pattern
	[[ $got == $wanted ]] || wrong+=("outcome: $got, expected: $wanted")
	for pattern; do
		grep -aqs -e "$pattern" "$BOOT_OUT/$name.console" ||
			wrong+=("the console does not show: $pattern")
	done
	((${#wrong[@]})) || { echo "ok $name" && return; }
	tail -n 25 "$BOOT_OUT/$name.console" || true
	printf '%s\n' "${wrong[@]}" "not ok $name"
}
