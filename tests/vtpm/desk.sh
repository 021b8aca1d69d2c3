# SPDX-License-Identifier: MIT
# What the tests of the vTPM share: a service on this Linux, tpm2-tools that talk to it,
# and cases. Sourced by them, with DESK set.

# shellcheck source=cases.sh
. "$(dirname "${BASH_SOURCE[0]}")/cases.sh"

DESK_PID=
export TPM2TOOLS_TCTI="cmd:$DESK tpm $WORK"

# start_service FILE: waits until it serves; what it says goes to $WORK/said.
start_service() {
	local i
	rm -f "$WORK/clients"
	"$DESK" serve "$WORK" "$1" >"$WORK/said" 2>&1 &
	DESK_PID=$!
	for ((i = 0; i < 200; i++)); do
		[[ -S $WORK/clients ]] && return
		kill -0 "$DESK_PID" 2>/dev/null || break
		sleep 0.05
	done
	echo "  the service does not serve:"
	sed 's/^/  /' "$WORK/said"
	return 1
}

# stop_service: ends it by the end of its socket.
stop_service() {
	[[ -z $DESK_PID ]] || kill "$DESK_PID" 2>/dev/null
	wait 2>/dev/null
	DESK_PID=
}
trap 'stop_service; rm -rf "$WORK"' EXIT

# raw HEX: the answer to a command, in hexadecimal.
raw() {
	xxd -r -p <<<"$1" | "$DESK" tpm "$WORK" | xxd -p | tr -d '\n'
}
