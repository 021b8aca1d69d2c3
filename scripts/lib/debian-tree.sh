# SPDX-License-Identifier: MIT
# What scripts/debian-base and scripts/debian-image share: a folder to work in,
# and a Debian system in it, packed, unpacked and entered. Sourced by them.

# Files have no later date than this, so that equal input gives equal output
# where a tool lets it: 2026-01-01.
export SOURCE_DATE_EPOCH=1767225600

# start_tree OUTPUT: WORK, an empty folder beside OUTPUT that goes when the
# script ends.
start_tree() {
	((EUID == 0)) || die "not root; a Debian system is made with chroot and device files," \
		"so run this as root"
	mkdir -p "$(dirname "$1")"
	WORK=$(mktemp -d -p "$(realpath "$(dirname "$1")")" debian.XXXXXX)
	trap 'rm -rf "$WORK"' EXIT
	chmod 755 "$WORK"
	umask 022
}

# settle_dates DIR: none later than SOURCE_DATE_EPOCH.
settle_dates() {
	find "$1" -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
}

# pack_tree DIR FILE
pack_tree() {
	settle_dates "$1"
	tar -C "$1" --numeric-owner --xattrs --sort=name -cf "$2.new" .
	mv "$2.new" "$2"
}

# unpack_tree FILE DIR
unpack_tree() {
	mkdir -p "$2"
	tar -C "$2" --numeric-owner --xattrs -xpf "$1"
}

# in_tree DIR COMMAND...: runs it there; its output is shown only if it fails.
in_tree() {
	local root=$1
	shift
	env -i PATH=/usr/sbin:/usr/bin HOME=/root LC_ALL=C DEBIAN_FRONTEND=noninteractive \
		SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" chroot "$root" "$@" >"$WORK/log" 2>&1 </dev/null || {
		tail -n 20 "$WORK/log" | sed 's/^/  /' >&2
		die "in the Debian system, this failed (its output above): $*"
	}
}
