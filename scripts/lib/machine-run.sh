# SPDX-License-Identifier: MIT
# One run of the emulated machine: builds QEMU's command, starts it with a
# limit, shows what the machine says meanwhile, and tells how it ended. Sourced
# by scripts/machine, whose options are its input.

# not_started TEXT...: ends the script before any run, with that outcome.
not_started() {
	finish "not-started $*"
}

# finish OUTCOME: the last step of every run.
finish() {
	local text
	[[ -z $RESULT ]] || printf '%s\n' "$1" >"$RESULT"
	text=$(outcome_text "$1")
	[[ -z $text ]] || complain "$text"
	exit "$(outcome_status "$1")"
}

# fw_cfg NAME FILE: hands a file to the machine, if there is one.
fw_cfg() {
	[[ -z $2 ]] || QEMU_COMMAND+=(-fw_cfg "name=opt/org.nacre/$1,file=${2//,/,,}")
}

# Whether QEMU's first processor is to be one more than the vCPUs, and run no guest: with
# several threads QEMU would now and then lose its state (docs/caveats.md). Real APIC ids
# are the machine's to choose only while nobody else reaches the APICs.
wants_spare() {
	((CPUS > 1 && !ICOUNT)) && [[ " ${MACHINE_OPTIONS[*]} " != *" mmio=direct "* ]]
}

# Sets QEMU_COMMAND. Files of the run itself lie in the folder $1.
build_command() {
	local tcg=thread=multi mux='' memory=$((MEM + OVERHEAD_MIB + MEM / OVERHEAD_SHARE))
	local spare=0 options=("mem=$MEM" iommu=on "${MACHINE_OPTIONS[@]}")
	((!ICOUNT)) || tcg=thread=single
	! wants_spare || { spare=1 && options+=(spare=on); }
	((!ON_TERMINAL)) || mux=,mux=on
	# shellcheck disable=SC2054 # the commas are QEMU's
	QEMU_COMMAND=("$QEMU" -accel "tcg,$tcg" -cpu max,phys-bits=52,-mpx,-pku -M q35,smm=off
		-smp $((CPUS + spare)) -m "${memory}M" -nodefaults -display none -no-reboot
		-chardev "stdio,id=console,signal=off$mux,logfile=$1/console" -serial chardev:console
		-chardev "file,id=log,path=$1/log.pipe" "${MACHINE_DEVICES[@]}"
		-kernel "$MACHINE" -append "${options[*]}")
	# shellcheck disable=SC2054
	((!ICOUNT)) || QEMU_COMMAND+=(-icount shift=0,sleep=off
		-rtc base=2026-01-01,clock=vm -seed 42)
	fw_cfg igvm "$IGVM"
	fw_cfg kernel "${KERNEL:-$LINUX}"
	fw_cfg initrd "$INITRD"
	fw_cfg identity "$IDENTITY"
	fw_cfg certificates "$CERTIFICATES"
	local service
	for service in "${SERVICES[@]}"; do
		fw_cfg "service/${service%%=*}" "${service#*=}"
	done
	if [[ -n $APPEND ]]; then
		printf '%s\0' "$APPEND" >"$1/cmdline"
		fw_cfg cmdline "$1/cmdline"
	fi
	add_devices
	[[ -z $TIMEOUT ]] || add_monitor "$1"
	QEMU_COMMAND+=("${QEMU_ARGS[@]}")
}

add_devices() {
	local i
	for i in "${!DISKS[@]}"; do
		disk_arguments "disk$i" "${DISKS[i]}"
		QEMU_COMMAND+=("${DEVICE_ARGUMENTS[@]}")
	done
	if [[ -n $NETWORK ]]; then
		network_arguments "$NETWORK"
		QEMU_COMMAND+=("${DEVICE_ARGUMENTS[@]}")
	fi
}

run_machine() {
	ON_TERMINAL=0
	[[ ! -t 0 || ! -t 1 ]] || ON_TERMINAL=1
	((ON_TERMINAL)) || TIMEOUT=${TIMEOUT:-300}
	RUN=$(mktemp -d)
	trap clean_up EXIT
	trap 'exit 130' INT TERM HUP
	build_command "$RUN"
	if ((DRY_RUN)); then
		printf '%q ' "${QEMU_COMMAND[@]}"
		echo
		exit
	fi
	launch
	while [[ $OUTCOME == reboot ]] && ((--LAUNCHES != 0)); do
		say "the guest rebooted: a new launch"
		launch
	done
	report
}

# One launch, in a QEMU of its own: nothing of the last one is left but the disks. Sets
# OUTCOME.
launch() {
	if ((ONCE_MORE && !ON_TERMINAL)); then
		run_again_if_broken
	else
		start_and_wait
	fi
	[[ -z $LOG ]] || cat "$RUN/log" >>"$LOG"
	case $OUTCOME in
	exit* | poweroff | booted | reboot) digest_as_predicted || OUTCOME="digest-mismatch" ;;
	esac
}

# The console of a broken run must not stand before that of the next one, so it is
# held back until the run has ended.
run_again_if_broken() {
	start_and_wait >"$RUN/held"
	if broken_by_qemu "$OUTCOME"; then
		complain "QEMU broke this run: $(outcome_text "$OUTCOME"); a second and last attempt"
		start_and_wait >"$RUN/held"
	fi
	show_held
}

show_held() {
	[[ ! -e $RUN/held ]] || cat "$RUN/held"
	rm -f "$RUN/held"
}

clean_up() {
	show_held
	[[ -z ${QEMU_PID:-} ]] || kill "$QEMU_PID" 2>/dev/null || true
	[[ -z ${TERMINAL_STATE:-} ]] || stty "$TERMINAL_STATE"
	rm -rf "$RUN"
}

# Runs QEMU; sets OUTCOME. It is waited for in the background, so that a
# signal to this script ends it too. The script holds both ends of the machine's
# pipe open from the start, so that neither side waits for the other to open it,
# however short the run is.
start_and_wait() {
	local pipe log reader status=0
	((!ON_TERMINAL)) || TERMINAL_STATE=$(stty -g)
	: >"$RUN/console"
	rm -f "$RUN/late"
	[[ -p $RUN/log.pipe ]] || mkfifo "$RUN/log.pipe"
	exec {pipe}<>"$RUN/log.pipe"
	exec {log}<"$RUN/log.pipe"
	(exec {pipe}>&- && tee "$RUN/log" <&"$log" | show_machine_lines) &
	reader=$!
	exec {log}<&-
	"${QEMU_COMMAND[@]}" <&0 2>"$RUN/stderr" &
	QEMU_PID=$!
	[[ -z $TIMEOUT ]] ||
		(exec {pipe}>&- && limit_run "$QEMU_PID" "$TIMEOUT" "$RUN") >/dev/null 2>&1 </dev/null &
	wait "$QEMU_PID" || status=$?
	QEMU_PID=''
	[[ ! -e $RUN/late ]] || status=124
	exec {pipe}>&-
	wait "$reader" || true
	[[ -z ${TERMINAL_STATE:-} ]] || stty "$TERMINAL_STATE"
	OUTCOME=$(read_outcome "$RUN/log" "$RUN/console" "$status" "$TIMEOUT")
}

# What the machine says that a person wants to see at once, beside the guest's
# console. A trace is shown, without what is told in other ways, unless it goes to
# a file.
show_machine_lines() {
	if [[ -n $TRACE && -z $LOG ]]; then
		tee >(sed -u '/^json: /d; /^timeline: /d; /^result: /d; /^launch digest: /d' >&2)
	else
		cat
	fi | sed -un 's/^launch digest: //p' | while read -r digest; do
		show_digest "$digest" >&2
	done
}

show_digest() {
	say "launch digest, by the secure processor  $1"
	[[ -n $PREDICTED ]] || return 0
	if [[ ${PREDICTED,,} == "${1,,}" ]]; then
		say "launch digest, as predicted             $PREDICTED ${GREEN}equal${PLAIN}"
	else
		say "launch digest, as predicted             $PREDICTED ${RED}DIFFERENT${PLAIN}"
	fi
}

# After the last launch: keeps what was asked for, and ends with the outcome.
report() {
	[[ -z $JSON ]] || sed -n 's/^json: //p' "$RUN/log" | tail -n 1 >"$JSON"
	[[ -z $TIMELINE ]] || keep_timeline "$OUTCOME"
	[[ -z $ELF ]] || show_backtrace
	case $OUTCOME in
	no-result*) sed 's/^/  qemu: /' "$RUN/stderr" >&2 ;;
	timeout*) sed 's/^/  qemu: /' "$RUN/late" >&2 ;;
	guest-fault* | machine-fault*) [[ -n $TRACE ]] || show_log_end ;;
	esac
	finish "$OUTCOME"
}

# With the facts of the run that a picture's reader wants to know.
keep_timeline() {
	sed -n 's/^timeline: //p' "$RUN/log" | tail -n 1 | jq -c --argjson vcpus "$CPUS" \
		--argjson mib "$MEM" --argjson icount "$ICOUNT" --arg outcome "$1" \
		--arg qemu "$("$QEMU" --version | sed -n 's/^QEMU emulator version \([0-9.]*\).*/\1/p')" \
		'{run: {vcpus: $vcpus, memory_mib: $mib, qemu: $qemu, icount: ($icount == 1),
			outcome: $outcome}} + .' >"$TIMELINE"
}

show_log_end() {
	sed '/^json: /d; /^timeline: /d; /^result: /d' "$RUN/log" | tail -n 30 | sed 's/^/  machine: /' >&2
}

digest_as_predicted() {
	[[ -z $PREDICTED ]] || grep -qix "launch digest: $PREDICTED" "$RUN/log"
}

# Lines like "  at 0x..." of a paravisor's panic, with function, file and line.
show_backtrace() {
	local address
	tr -d '\r' <"$RUN/console" | sed -n 's/^ *at \(0x[0-9a-f]\{4,\}\).*/\1/p' |
		while read -r address; do
			printf '  %s %s\n' "$address" "$(addr2line -fpie "$ELF" "$address")"
		done >&2
}
