# SPDX-License-Identifier: MIT
# The figures of scripts/bench: from the machine's log to lines of numbers, to
# JSON, to tables. Sourced by scripts/bench, which sets BUILD, OUT, TOOL, NAMES,
# VCPUS, PHASES, LAST_PHASE, and by scripts/lib/bench-vtpm.sh.

# calls_of LOG NAME...: a line "name calls instructions exits flushes clearing" per mark.
# Calls of vCPU 0 between a mark and the next are one measurement, repetitions summed;
# of several measurements it is the median.
calls_of() {
	awk -v names="${*:2}" '
		BEGIN { split(names, name, " ") }
		/^bench: mark/ { mark = $3; k = mark SUBSEP (++seen[mark]); next }
		/^svsm: vcpu 0 / && mark in name {
			n[k]++; i[k] += $9; e[k] += $11; f[k] += $13; b[k] += $15
		}
		END {
			for (m = 1; m in name; m++)
				for (s = 1; (k = m SUBSEP s) in n; s++)
					print name[m], n[k], i[k], e[k], f[k], b[k]
		}' "$1" | medians 3
}

# medians COLUMN: of lines with the same first word, the one in the middle by that column.
medians() {
	awk -v column="$1" '
		{
			if (!n[$1]++)
				order[++names] = $1
			line[$1, n[$1]] = $0; value[$1, n[$1]] = $column
		}
		function rank(name, j, k, below) {
			for (k = 1; k <= n[name]; k++)
				below += value[name, k] < value[name, j] || (value[name, k] == value[name, j] && k < j)
			return below + 1
		}
		END {
			for (m = 1; m <= names; m++)
				for (j = 1; j <= n[order[m]]; j++)
					if (rank(order[m], j) == int((n[order[m]] + 1) / 2))
						print line[order[m], j]
		}'
}

# require_figures RUN NAME...
require_figures() {
	local name
	for name in "${@:2}"; do
		grep -q "^$name " "$OUT/$1" || die "run $1 has no figure for $name"
	done
}

# require_calls RUN CPUS: every call has its figure; without a second vCPU none is made.
require_calls() {
	local name
	for name in "${NAMES[@]}"; do
		(($2 > 1)) || [[ $name != *_vcpu ]] || continue
		require_figures "$1" "$name"
	done
}

# phases_of LOG LOG: a line "instructions less exits" per phase, the last one up
# to the guest. Both logs have the same sums, and another part to take off each.
phases_of() {
	awk '
		/^bench: (phase|boot)/ {
			for (k = 1; k < NF; k++)
				if ($k == "instructions") i = $(k + 1)
				else if ($k == "exits") e = $(k + 1)
				else if ($k == "bulk") b = $(k + 1)
			n = ++seen[FILENAME]
			if (n in total && total[n] != i) { print "the two runs differ" >"/dev/stderr"; exit 1 }
			total[n] = i; exits[n] = e; bulk[n] += b
		}
		END {
			for (n = 1; n in total; n++)
				print total[n] - total[n - 1], total[n] - bulk[n] - total[n - 1] + bulk[n - 1], \
					exits[n] - exits[n - 1]
		}' "$1" "$2"
}

# peak_bytes RUN: what the paravisor keeps from the guest: region and carve-out.
peak_bytes() {
	local a b c d
	read -r a b c d < <(sed -n 's/^.*own memory *\(0x[0-9a-f]*\)-\(0x[0-9a-f]*\), \(0x[0-9a-f]*\)-\(0x[0-9a-f]*\).*/\1 \2 \3 \4/p' \
		"$OUT/$1.console")
	echo $((b - a + 1 + d - c + 1))
}

json_calls() {
	awk '{ printf "%s\"%s\":{\"calls\":%d,\"instructions\":%d,\"instructions_less_clearing\":%d,\"exits\":%d,\"tlb_flushes\":%d}",
		(NR > 1 ? "," : ""), $1, $2, $3, $3 - $6, $4, $5 }' "$@"
}

# main_calls: with one vCPU, or two where it takes a second.
main_calls() {
	cat "$OUT/calls-1"
	grep -E '^(create|delete)_vcpu ' "$OUT/calls-2"
}

# A line "name instructions report cryptography" for each call that makes a report: all of
# it, what of that is getting the report, and what of both is cryptography.
attest_calls() {
	join <(grep ^attest "$OUT/report" | sort) <(grep ^attest "$OUT/cryptography" | sort) |
		awk '{ print $1, $3, $6, $11 }'
}

json_attestation() {
	attest_calls | awk '{ printf "%s\"%s\":{\"instructions\":%d,\"report\":%d,\"cryptography\":%d}",
		(NR > 1 ? "," : ""), $1, $2, $3, $4 }'
}

phase_names() {
	printf '%s\n' "${PHASES[@]%=*}" "$LAST_PHASE"
}

json_phases() {
	paste -d ' ' "$OUT/boot" <(phase_names) | awk '{
		printf "%s{\"instructions\":%d,\"instructions_less_clearing_copying_and_hashing\":%d,\"exits\":%d,",
			(NR > 1 ? "," : ""), $1, $2, $3
		sub(/^[0-9]+ [0-9]+ [0-9]+ /, "")
		printf "\"name\":\"%s\"}", $0
	}'
}

json_boot() {
	awk '{ i += $1; l += $2; e += $3 } END {
		printf "\"instructions\":%d,\"instructions_less_clearing_copying_and_hashing\":%d,\"exits\":%d", i, l, e
	}' "$OUT/boot"
}

# json_by_phase NAME: what the paravisor and the guest do in each phase of that boot, and
# the seconds of the run that was timed, if there was one.
json_by_phase() {
	local wall=$OUT/$1-wall.timeline
	[[ -e $wall ]] || wall=/dev/null
	jq -c --slurpfile wall "$wall" '
		def exits: .vmgexit + .hlt;
		($wall[0] // {phases: []}) as $timed |
		[.phases[] | select(.name != "launch") | .name as $name | {name} + (.counters | {
			instructions: .vmpl[0].instructions, exits: (.vmpl[0] | exits),
			guest_exits: ([.vmpl[1:][] | exits] | add), svsm_calls, pages_changed: .psc_pages}) +
			([$timed.phases[] | select(.name == $name) |
				{wall_seconds: ((.end - .start) / $timed.ticks_per_second * 100 | round / 100)}] |
				add // {})]' "$OUT/$1.timeline"
}

write_json() {
	local cpus
	{
		printf '{"calls":{%s},' "$(main_calls | json_calls)"
		printf '"calls_by_vcpus":{'
		for cpus in "${VCPUS[@]}"; do
			printf '"%s":{%s}%s' "$cpus" "$(json_calls "$OUT/calls-$cpus")" \
				"$([[ $cpus == "${VCPUS[-1]}" ]] || echo ,)"
		done
		printf '},"contended":{%s},' "$(json_calls "$OUT/contended")"
		printf '"attestation":{%s},' "$(json_attestation)"
		printf '"boot":{%s,"phases":[%s]},' "$(json_boot)" "$(json_phases)"
		printf '"boot_by_phase":{"linux":%s,"ovmf":%s},' "$(json_by_phase linux)" \
			"$(json_by_phase ovmf)"
		"$TOOL" inspect --json "$OUT/boot.igvm" |
			jq -c -j '{image: {bytes: .bytes, launch_updates: .launch.launch_updates,
				measured_pages: .launch.measured_pages}}' | sed 's/^{//; s/}$//'
		printf ',"memory":{"peak_bytes":%d},"vtpm":%s}\n' "$(peak_bytes boot-clearing)" "$(json_vtpm)"
	} | jq . >"$BUILD/bench.json"
}

# ---- Tables ----

row() {
	printf '  %-22s %12s %12s %7s %7s %6s\n' "$@"
}

table_calls() {
	local name calls instructions exits flushes clearing
	row '' instructions 'less clear.' exits flushes calls
	while read -r name calls instructions exits flushes clearing; do
		row "$name" "$instructions" "$((instructions - clearing))" "$exits" "$flushes" "$calls"
	done
}

# Instructions less clearing and exits of each call, side by side.
table_vcpus() {
	local name run
	printf '  %-22s' vCPUs && printf ' %12s' "${VCPUS[@]}" contended && echo
	for name in "${NAMES[@]}"; do
		printf '  %-22s' "$name"
		for run in "${VCPUS[@]/#/calls-}" contended; do
			printf ' %12s' "$(awk -v n="$name" '$1 == n { print $3 - $6 "/" $4 }' "$OUT/$run")"
		done
		echo
	done
}

table_attestation() {
	printf '  %-22s %12s %12s %12s\n' '' instructions report cryptography
	attest_calls | while read -r name all report cryptography; do
		printf '  %-22s %12s %12s %12s\n' "$name" "$all" "$report" "$cryptography"
	done
}

table_boot() {
	local name
	printf '  %-18s %12s %12s %7s\n' '' instructions 'less bulk' exits
	paste -d '|' <(phase_names) "$OUT/boot" | tr ' ' '~' | awk -F'[|]' '{
		split($2, f, "~"); gsub("~", " ", $1)
		printf "  %-18s %12d %12d %7d\n", $1, f[1], f[2], f[3]
		i += f[1]; l += f[2]; e += f[3]
	} END { printf "  %-18s %12d %12d %7d\n", "all", i, l, e }'
}

# table_by_phase NAME
table_by_phase() {
	local form='  %-18s %12s %7s %12s %7s %14s %8s\n'
	# shellcheck disable=SC2059 # the same form for head and rows
	printf "$form" '' instructions exits 'guest exits' calls 'pages changed' 'wall s'
	jq -r --arg boot "$1" '.boot_by_phase[$boot][] | [.name, .instructions, .exits, .guest_exits,
		.svsm_calls, .pages_changed, .wall_seconds] | @tsv' "$BUILD/bench.json" |
		awk -F'\t' -v form="$form" '{
			printf form, $1, $2, $3, $4, $5, $6, sprintf("%.1f", $7)
			for (k = 2; k <= 7; k++) all[k] += $k
		} END { printf form, "all", all[2], all[3], all[4], all[5], all[6], sprintf("%.1f", all[7]) }'
}

# What issue and README.md aim at: a name, the figure, the most it may be.
aims() {
	jq -r '[
		["query_protocol, instructions", .calls.query_protocol.instructions, 250],
		["query_protocol, TLB flushes", .calls.query_protocol.tlb_flushes, 0],
		["pvalidate_4k_510, instructions a page less clearing",
			(.calls.pvalidate_4k_510.instructions_less_clearing / 510 * 10 | ceil / 10), 80],
		["boot, instructions less clearing, copying, hashing",
			.boot.instructions_less_clearing_copying_and_hashing, 1500000],
		["boot, exits", .boot.exits, 200],
		["image, launch updates", .image.launch_updates, 128],
		["memory at most, bytes (4 MiB + 2 GiB / 4096)", .memory.peak_bytes, 4718592],
		'"$VTPM_AIMS"'
	][] | @tsv' "$BUILD/bench.json"
}

# What others read from bench.json, whatever else is in it.
names_missing() {
	jq -r --arg names "${NAMES[*]}" --arg vtpm_names "${VTPM_NAMES[*]}" \
		--arg compared "${VTPM_COMPARED[*]}" '
		. as $figures |
		[($names | split(" ")[]) as $name |
			("instructions", "instructions_less_clearing", "exits", "tlb_flushes") as $member |
			["calls", $name, $member]] +
		[("instructions", "instructions_less_clearing_copying_and_hashing", "exits") as $member |
			["boot", $member]] +
		[("attest_services", "attest_single_service") as $name |
			("instructions", "report", "cryptography") as $member |
			["attestation", $name, $member]] +
		[("bytes", "launch_updates", "measured_pages") as $member | ["image", $member]] +
		[["memory", "peak_bytes"]] + '"$VTPM_MEMBERS"' +
		[("instructions", "exits", "guest_exits", "svsm_calls", "pages_changed") as $member |
			("linux", "ovmf") as $boot | range(if $boot == "linux" then 3 else 4 end) as $phase |
			["boot_by_phase", $boot, $phase, $member]] | .[] as $path |
		select($figures | getpath($path) | type != "number") | $path | map(tostring) | join(".")' "$BUILD/bench.json"
	jq -r '{linux: ["paravisor", "kernel", "user"], ovmf: ["paravisor", "firmware", "kernel", "user"]} as
		$wanted | .boot_by_phase as $found | $wanted | keys[] |
		select(($found[.] | map(.name)) != $wanted[.]) | "phases of boot_by_phase.\(.)"' "$BUILD/bench.json"
}

check_figures() {
	local missing
	missing=$(names_missing)
	[[ -z $missing ]] || printf '%s\nnot ' "bench.json lacks: ${missing//$'\n'/ }"
	echo "ok names in bench.json"
	aims | awk -F'\t' '{ print ($2 != "" && $2 + 0 <= $3 + 0 ? "" : "not ") "ok " $1 ": " $2 " of at most " $3 }'
}

show() {
	printf 'calls, 1 vCPU (create and delete: 2 vCPUs)\n'
	main_calls | table_calls
	printf '\ninstructions less clearing/exits, by number of vCPUs; contended: 4 call at once\n'
	table_vcpus
	printf '\ncalls for a report, 1 vCPU: of them getting the report, of both cryptography\n'
	table_attestation
	printf '\nboot, 1 vCPU, 2 GiB, Debian cloud kernel (bulk: clearing, copying, hashing)\n'
	table_boot
	printf '\nthe same kernel by phase, to the end of an idle user space, 1 vCPU, 512 MiB\n'
	table_by_phase linux
	printf '\nOVMF and that kernel\n'
	table_by_phase ovmf
	printf '\nvTPM, 1 vCPU: commands in the service and in the kernel; median of several keys\n'
	table_vtpm
	jq -r '"\nimage   \(.image.bytes) bytes, \(.image.launch_updates) launch updates, \(.image.measured_pages) measured pages",
		"memory  \(.memory.peak_bytes) bytes at most\n"' "$BUILD/bench.json"
	aims | awk -F'\t' 'BEGIN { printf "  %-52s %10s %10s\n", "aims", "figure", "at most" }
		{ printf "  %-52s %10s %10s  %s\n", $1, $2, $3, $2 + 0 <= $3 + 0 ? "met" : "NOT MET" }'
}
