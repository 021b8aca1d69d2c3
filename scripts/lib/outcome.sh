# SPDX-License-Identifier: MIT
# How a run of the emulated machine ended: one outcome in words, its exit
# status, and what a person is told. Sourced by scripts/machine.
#
# Outcomes: "exit N", "poweroff", "booted" (with until=guest), "reboot", "panic TEXT",
# "terminated set S code C WHERE", "shutdown WHERE", "guest-fault TEXT", "refused TEXT",
# "machine-fault TEXT", "timeout SECONDS", "quit", "no-result TEXT", "digest-mismatch",
# "not-started TEXT".

# outcome_status OUTCOME
outcome_status() {
	case $1 in
	exit\ *) printf '%s\n' "${1#exit }" ;;
	poweroff | booted) echo 0 ;;
	not-started*) echo 65 ;;
	timeout*) echo 124 ;;
	quit) echo 130 ;;
	reboot) echo 200 ;;
	panic*) echo 201 ;;
	terminated*) echo 202 ;;
	shutdown*) echo 203 ;;
	guest-fault*) echo 204 ;;
	refused*) echo 205 ;;
	machine-fault*) echo 206 ;;
	digest-mismatch) echo 208 ;;
	*) echo 207 ;;
	esac
}

# outcome_text OUTCOME: the line for a person; empty where all is well.
outcome_text() {
	local set code where
	case $1 in
	exit\ * | poweroff | booted | quit) ;;
	reboot) echo "the guest rebooted" ;;
	panic) echo "the guest's kernel panicked (told by pvpanic)" ;;
	panic*) echo "the guest's kernel panicked (told by its console): ${1#panic }" ;;
	terminated*)
		read -r _ _ set _ code where <<<"$1"
		echo "guest terminated: set $set code $code ($(termination_name "$set" "$code"))${where:+, $where}"
		;;
	shutdown*) echo "the guest shut down by triple fault${1#shutdown}" ;;
	guest-fault*) echo "fault of the guest: ${1#guest-fault }" ;;
	refused*) echo "launch refused: ${1#refused }" ;;
	machine-fault*) echo "fault of the machine itself: ${1#machine-fault }" ;;
	timeout*) echo "no end within ${1#timeout } s (--timeout)" ;;
	digest-mismatch) echo "the computed launch digest is not the predicted one" ;;
	not-started*) echo "${1#not-started }" ;;
	*) echo "the machine ended without a result: ${1#no-result }" ;;
	esac
}

# broken_by_qemu OUTCOME: whether neither guest nor machine had a part in it, but a
# defect of QEMU (docs/caveats.md): the guest's state lost, or QEMU dead of SIGILL,
# SIGABRT, SIGBUS, SIGFPE or SIGSEGV.
broken_by_qemu() {
	[[ $1 == "machine-fault QEMU has lost "* || $1 =~ ^no-result\ .*\ status\ 13[24569]$ ]]
}

# termination_name SET CODE: sets 0 (GHCB specification), 1 (Linux), 2 (Nacre).
# shellcheck disable=SC2034 # used by name
termination_name() {
	local names0=("general" "GHCB protocol version" "SNP not supported")
	local names1=("GHCB registration" "page state change" "PVALIDATE" "not at VMPL0" "CPUID"
		"CPUID from the host" "secrets page" "no SVSM" "SVSM at VMPL0"
		"SVSM calling area not aligned" "secure TSC" "SVSM calling area not remapped" "secure AVIC")
	local names2=("Nacre: panic" "Nacre: answer of the host breaks the protocol"
		"Nacre: PVALIDATE or RMPADJUST failed" "Nacre: CPUID page" "Nacre: IGVM parameters"
		"Nacre: too little memory" "Nacre: digest of kernel, initramfs or command line"
		"Nacre: feature lacking" "Nacre: unexpected exception" "Nacre: no bootable kernel")
	[[ $1 == [012] && $2 =~ ^[0-9]+$ ]] || { echo "unknown" && return; }
	local -n names=names$1
	echo "${names[$2]:-unknown}"
}

# read_outcome LOG CONSOLE QEMU_STATUS SECONDS: the outcome in the machine's own
# words where it has said one; a panic of Linux shows on the console alone.
read_outcome() {
	local said panic
	said=$(sed -n 's/^result: //; T; s/^\([a-z-]*\): /\1 /; p' "$1" | tail -n 1)
	panic=$(kernel_panic "$2")
	case $3:$said in
	124:* | 137:*) said="timeout $4" ;;
	0:) said=quit ;;
	*:) said="no-result QEMU ended with status $3" ;;
	esac
	[[ -n $panic && $said =~ ^(panic|reboot|shutdown|timeout) ]] && said="panic $panic"
	printf '%s\n' "$said"
}

kernel_panic() {
	tr -d '\r' <"$1" | sed -n 's/^\(\[[ 0-9.]*\] \)\?Kernel panic - not syncing: //p' | tail -n 1
}
