# SPDX-License-Identifier: MIT
# The time limit of a run of the emulated machine, and what is known of one that came
# to no end. Sourced by scripts/lib/machine-run.sh.
#
# What QEMU waits for a processor of this host does not count: on a busy one a run takes
# longer, and is none the worse. Since a guest that hangs may wait as well as any other,
# there is an end to that.

LIMIT_MOST=4

# add_monitor FOLDER: to QEMU_COMMAND, QEMU's monitor on two pipes there.
add_monitor() {
	[[ -p $1/monitor.in ]] || mkfifo "$1/monitor.in" "$1/monitor.out"
	QEMU_COMMAND+=(-chardev "pipe,id=monitor,path=$1/monitor"
		-mon "chardev=monitor,mode=readline")
}

# look_how_long_it_waited PID: of its threads the one that did so longest; sets WAITED.
look_how_long_it_waited() {
	local file delay longest=0
	for file in "/proc/$1/task/"*/schedstat; do
		{ read -r _ delay _ <"$file"; } 2>/dev/null || continue
		((delay <= longest)) || longest=$delay
	done
	WAITED=$((longest / 1000000000))
}

# processors FOLDER: where each is, at three moments; nothing if QEMU does not answer.
processors() {
	local in out
	exec {in}<>"$1/monitor.in" {out}<>"$1/monitor.out"
	for _ in 1 2 3; do
		echo 'info registers -a' >&"$in"
		sleep 0.3
	done
	{ timeout 2 cat <&"$out" || true; } | tr -d '\r' | awk '/^CPU#/ { cpu = $1 }
		/^[RE]IP=/ { where = $0 }
		/^CR0=/ { print cpu, where, $3 }'
}

# limit_run PID SECONDS FOLDER: waits until QEMU has ended or its time is over. Then it is
# ended, and FOLDER/late says what was known of it.
limit_run() {
	local start=$SECONDS passed=0
	while kill -0 "$1"; do
		passed=$((SECONDS - start))
		look_how_long_it_waited "$1"
		((passed - WAITED < $2 && passed < LIMIT_MOST * $2)) || break
		sleep 1
	done
	kill -0 "$1" || return 0
	{
		echo "ended after $passed s, $WAITED s of which it waited for a processor"
		processors "$3"
	} >"$3/late"
	kill "$1"
	for _ in 1 2 3 4 5; do
		sleep 1
		kill -0 "$1" || return 0
	done
	kill -KILL "$1"
}
