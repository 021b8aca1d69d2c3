# SPDX-License-Identifier: MIT
# The vTPM's part of scripts/bench, which sources this: runs, figures, tables. What the
# service does in ring 3 is counted by the function that goes there, task_enter; all
# else of a call is the kernel's.

# In the order of tests/bench/tpm_script.h's marks.
VTPM_NAMES=(first_command startup self_test rsa_ek get_random pcr_extend pcr_read
	create_primary_p256 create_primary_p384 create_primary_rsa2048 sign quote nv_write nv_read
	seal unseal)
# Those that are long enough to be compared with the same on a plain Linux.
VTPM_COMPARED=(self_test create_primary_p256 create_primary_p384)

RING_3=task_enter
# What brings services' files into memory, hashes them and lays them out, and what
# measures the clock: not counted as the vTPM's way to its first request. The file of
# init, which starts it, is small.
LOADING=fw_cfg_read,elf_load,space_create
CALIBRATION=clock_init
# The boot between these two is that of the services.
VTPM_PHASES=(services_start guest_ram_finish)

# The processor that ring 3 has: that of the machine's QEMU (scripts/lib/machine-run.sh),
# without XSAVE, which is not offered there; libcrypto then does without ADX as well.
PLAIN_CPU=max,phys-bits=52,-mpx,-pku,-xsave,-avx

# vtpm_run NAME OUTCOME FUNCTIONS OPTION...
vtpm_run() {
	run "$1" "$2" "$3" --igvm "$OUT/vtpm.igvm" --cpus 1 --mem 512M --kernel "$VTPM_GUEST" \
		--append "$VTPM_WORDS" --option "phases=$VTPM_ENDS" --timeout 1800 \
		"${SERVICES[@]%%,*}" "${@:4}"
}

# All commands with several RSA keys, or with one: what they take hangs on their primes.
bench_vtpm() {
	VTPM_GUEST=$BUILD/tests/bench/vtpm_bench.bzimage
	VTPM_ENDS=$(addresses "${VTPM_PHASES[@]}") || exit
	"$TOOL" build --elf "$ELF" --output "$OUT/vtpm.igvm" --kernel "$VTPM_GUEST" \
		--append "$VTPM_WORDS" "${SERVICES[@]}"
	vtpm_run vtpm-load booted "$LOADING" --option until=guest
	vtpm_run vtpm-clock booted "$CALIBRATION" --option until=guest
	vtpm_run vtpm 'exit 0' "$RING_3"
	calls_of "$OUT/vtpm.log" "${VTPM_NAMES[@]}" >"$OUT/vtpm"
	require_figures vtpm "${VTPM_NAMES[@]}"
}

# The same file on Debian's kernel, in QEMU without the machine.
bench_plain_linux() {
	progress "bench: plain-linux"
	scripts/initramfs --programs "$BUILD/tests/linux" --output "$OUT/plain-initramfs" \
		--file "$BUILD/tests/bench/vtpm_linux=bin/vtpm_linux" --file "$BUILD/vtpm=bin/vtpm"
	timeout 1800 "$DEPS/qemu-10.0/qemu-system-x86_64" -accel tcg,thread=single \
		-cpu "$PLAIN_CPU" -M q35 -smp 1 -m 512M -nodefaults -display none -no-reboot \
		-serial stdio -icount shift=0,sleep=off -rtc base=2026-01-01,clock=vm -seed 42 \
		-kernel "$KERNEL" -initrd "$OUT/plain-initramfs" -append "$APPEND rdinit=/bin/vtpm_linux" \
		>"$OUT/plain-linux.console" 2>&1 </dev/null || true
	grep -q '^bench: all commands are answered' "$OUT/plain-linux.console" ||
		{ cat "$OUT/plain-linux.console" >&2 && die "the vTPM on a plain Linux did not answer all"; }
	plain_of "$OUT/plain-linux.console" >"$OUT/plain-linux"
	require_figures plain-linux get_random "${VTPM_COMPARED[@]}"
}

# plain_of CONSOLE: a line "name instructions" per command, the median.
plain_of() {
	tr -d '\r' <"$1" | awk -v names="${VTPM_NAMES[*]}" '
		BEGIN { split(names, name, " ") }
		/^bench: mark/ { print name[$3], $7 }
		/^bench: calibration/ { print "calibration", $3 * 1000000 / $7 }' |
		medians 2 | awk '{ printf "%s %d\n", $1, $2 }'
}

# vtpm_boot NAME FIELD: what the phase of the services took in that run, by the log.
vtpm_boot() {
	awk -v field="$2" '/^bench: phase/ {
		for (k = 1; k < NF; k++)
			if ($k == field) { printf "%s", (++n == 1 ? "" : $(k + 1) - last "\n"); last = $(k + 1) }
	}' "$OUT/$1.log"
}

# A line "name service plain" for each command that is compared: instructions in ring 3 of
# ours, and those of the process on Linux less what a command costs there by its socket,
# which is what the shortest one takes more than in ring 3.
vtpm_compared() {
	local name
	for name in "${VTPM_COMPARED[@]}"; do
		awk -v name="$name" '
			NR == FNR { service[$1] = $6; next }
			{ plain[$1] = $2 }
			END { print name, service[name], plain[name] - plain["get_random"] + service["get_random"] }
		' "$OUT/vtpm" "$OUT/plain-linux"
	done
}

# What the paravisor has more than in a guest of the same size without a vTPM.
vtpm_memory() {
	echo $(($(peak_bytes vtpm) - $(peak_bytes calls-1)))
}

json_vtpm() {
	local load ready service
	load=$(vtpm_boot vtpm-load bulk) service=$(vtpm_boot vtpm bulk)
	ready=$(($(vtpm_boot vtpm instructions) - load - $(vtpm_boot vtpm-clock bulk)))
	printf '{"load":{"instructions":%d},' "$load"
	printf '"ready":{"instructions":%d,"service":%d,"kernel":%d},"commands":{' \
		"$ready" "$service" "$((ready - service))"
	awk '{ printf "%s\"%s\":{\"calls\":%d,\"instructions\":%d,\"service\":%d,\"kernel\":%d,\"exits\":%d}",
		(NR > 1 ? "," : ""), $1, $2, $3, $6, $3 - $6, $4 }' "$OUT/vtpm"
	printf '},"plain_linux":{'
	vtpm_compared | awk '{ printf "%s\"%s\":{\"instructions\":%d,\"apart_percent\":%.2f}",
		(NR > 1 ? "," : ""), $1, $3, ($2 > $3 ? $2 - $3 : $3 - $2) * 100 / $3 }'
	printf '},"memory_bytes":%d}' "$(vtpm_memory)"
}

table_vtpm() {
	printf '  %-24s %12s %12s %9s %7s %6s %12s\n' '' instructions service kernel exits calls 'on Linux'
	jq -r '.vtpm | . as $vtpm |
		["load and hash", .load.instructions], ["entry to ready", .ready.instructions, .ready.service,
			.ready.kernel], (.commands | to_entries[] | [.key, .value.instructions, .value.service,
			.value.kernel, .value.exits, .value.calls, $vtpm.plain_linux[.key].instructions // ""]) |
		@tsv' "$BUILD/bench.json" |
		awk -F'\t' '{ printf "  %-24s %12s %12s %9s %7s %6s %12s\n", $1, $2, $3, $4, $5, $6, $7 }'
}

# For aims().
# shellcheck disable=SC2034 # both are for scripts/lib/bench-figures.sh
VTPM_AIMS='
	["vTPM, load and hash, instructions", .vtpm.load.instructions, 20000000],
	["vTPM, entry to ready, instructions", .vtpm.ready.instructions, 45000000],
	["vTPM, the kernel in a call at most, instructions",
		([.vtpm.commands[] | .kernel / .calls] | max | ceil), 5000],
	(.vtpm.plain_linux | to_entries[] |
		["vTPM, \(.key) against Linux, % apart", .value.apart_percent, 2]),
	["vTPM, memory, bytes (8 MiB)", .vtpm.memory_bytes, 8388608]'

# For names_missing().
# shellcheck disable=SC2034
VTPM_MEMBERS='
	[["vtpm", "load", "instructions"], ["vtpm", "memory_bytes"]] +
	[("instructions", "service", "kernel") as $member | ["vtpm", "ready", $member]] +
	[($vtpm_names | split(" ")[]) as $name |
		("calls", "instructions", "service", "kernel", "exits") as $member |
		["vtpm", "commands", $name, $member]] +
	[($compared | split(" ")[]) as $name | ("instructions", "apart_percent") as $member |
		["vtpm", "plain_linux", $name, $member]]'
