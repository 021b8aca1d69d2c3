# SPDX-License-Identifier: MIT
# The part "tpm-svsm" of scripts/deps: what scripts/tpm-svsm-module builds the
# driver of the SVSM's TPM from, for the kernel of the part linux-7. In
# $DEPS/tpm-svsm lie
#
#   source/   the driver's two files, of Debian's linux-source
#   root/     the kernel's headers with their build tools, and the libraries of
#             trixie that two of these tools want
#
# Debian builds its kernels without this driver, and no smaller package has its
# source. Sourced by scripts/deps.

bring_tpm_svsm() {
	local part=$1 release version
	[[ -e $DEPS/linux-7.manifest ]] || die "$part: the part linux-7 has to be there first"
	release=$(<"$DEPS/linux-7/release")
	version=$(awk '$2 ~ /^linux-image-/ { print $3 }' "$DEPS/linux-7.manifest")
	start_part "$part"
	apt_world trixie
	fetch_driver_source "$part" "$release" "$version"
	fetch_headers "$part" "$release" "$version"
	finish_part "$part"
}

# is_offered PART PACKAGE VERSION: ends where the mirror has gone on to another kernel.
is_offered() {
	apt-cache "${APT_OPTS[@]}" show "$2=$3" >/dev/null 2>&1 ||
		die "$1: there is no $2 of version $3 any more; the mirror has a newer kernel." \
			"Remove linux-7.manifest and debian.manifest in $DEPS, and try again"
}

# fetch_driver_source PART RELEASE VERSION: of the whole archive only these two files
# are unpacked; tar stops once it has them.
fetch_driver_source() {
	local name archive folder
	name=linux-source-$(grep -oE '^[0-9]+\.[0-9]+' <<<"$2")
	archive=./usr/src/$name.tar.xz folder=$name/drivers/char/tpm
	is_offered "$1" "$name" "$3"
	say "$1: fetching $name, for one driver of it"
	apt_fetch trixie-backports "$FETCH" "$name=$3"
	mkdir -p "$OUT/source"
	dpkg-deb --fsys-tarfile "$FETCH/$name"_*.deb 2>/dev/null | tar -xO "$archive" 2>/dev/null |
		xz -dc 2>/dev/null | tar -x -C "$FETCH" --occurrence "$folder"/tpm{.h,_svsm.c} 2>/dev/null || true
	take "$OUT/source/tpm_svsm.c" "$FETCH/$folder/tpm_svsm.c"
	take "$OUT/source/tpm.h" "$FETCH/$folder/tpm.h"
}

# fetch_headers PART RELEASE VERSION
fetch_headers() {
	local deb root=$OUT/root/usr headers=linux-headers-$2 base=${2%-cloud-amd64}
	is_offered "$1" "$headers" "$3"
	say "$1: fetching the kernel's headers and build tools"
	apt_fetch trixie-backports "$FETCH" {"$headers","linux-headers-$base-common","linux-kbuild-$base"}="$3"
	apt_fetch trixie "$FETCH" libc6 libelf1t64 libzstd1 zlib1g
	for deb in "$FETCH"/*.deb; do
		[[ $deb == */linux-source-* ]] || dpkg-deb -x "$deb" "$OUT/root"
	done
	rm -rf "$root"/{share,src/*/arch/!(x86)}
	run_with_libraries "$root/lib/linux-kbuild-$base/scripts/mod" modpost modpost.real-lsb-64
	run_with_libraries "$root/lib/linux-kbuild-$base/tools/objtool" objtool objtool.real-x86
}

# run_with_libraries FOLDER NAME PROGRAM: FOLDER/NAME, Debian's choice among such
# programs by the kernel's architecture, becomes a script that runs PROGRAM.
run_with_libraries() {
	[[ -x $1/$3 ]] || die "the kernel's build tools have no $3"
	rm -f "$1/$2"
	cat >"$1/$2" <<-END
		#!/bin/bash
		# Runs the program beside this file with the libraries unpacked with it.
		here=\$(dirname "\$(realpath "\$0")")
		lib=\$here/../../../x86_64-linux-gnu
		exec "\$lib/ld-linux-x86-64.so.2" --library-path "\$lib" "\$here/$3" "\$@"
	END
	chmod +x "$1/$2"
}
