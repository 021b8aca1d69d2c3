# SPDX-License-Identifier: MIT
# Finds the QEMU to run the emulated machine with, and refuses one that cannot
# carry it. Sourced by scripts/machine.

# What `-cpu max` must have under TCG; the words are QEMU's.
QEMU_FEATURES=(svm npt la57 x2apic cx16 rdrand)

# find_qemu NAME DEPS: the program for 10.0, 11 or a path.
find_qemu() {
	local program
	case $1 in
	10.0 | 11) program=$2/qemu-$1/qemu-system-x86_64 ;;
	*) program=$(type -P "$1" || true) ;;
	esac
	if [[ -z $program || ! -x $program ]]; then
		case $1 in
		10.0 | 11) not_started "QEMU $1 is not there; run: scripts/deps qemu-$1" ;;
		*) not_started "no program '$1'; --qemu wants 10.0, 11 or the path of a qemu-system-x86_64" ;;
		esac
	fi
	printf '%s\n' "$program"
}

# Ends the script, with the reason, if this QEMU will not do.
require_fit_qemu() {
	local version missing
	version=$("$1" --version 2>/dev/null | sed -n 's/^QEMU emulator version \([0-9.]*\).*/\1/p')
	[[ -n $version ]] || not_started "$1 does not run, or is no QEMU"
	if [[ $version == 7.* ]]; then
		not_started "QEMU $version is unfit: its cmpxchg16b corrupts the flags and it has no x2APIC;" \
			"10.0 or newer is wanted (scripts/deps qemu-10.0)"
	fi
	((${version%%.*} >= 10)) || not_started "QEMU $version is unfit: 10.0 or newer is wanted"
	missing=$(qemu_lacks "$1")
	[[ -z $missing ]] || not_started "QEMU $version is unfit: -cpu max under TCG lacks $missing"
}

# The wanted features that this QEMU says it does not emulate.
qemu_lacks() {
	local model feature
	model=$(
		"$1" -accel tcg -M none -nodefaults -display none -qmp stdio <<-'END' 2>&1 || true
			{"execute": "qmp_capabilities"}
			{"execute": "query-cpu-model-expansion",
			 "arguments": {"type": "full", "model": {"name": "max"}}}
			{"execute": "quit"}
		END
	)
	for feature in "${QEMU_FEATURES[@]}"; do
		[[ $model == *"\"$feature\": true"* ]] || printf '%s ' "$feature"
	done
}
