# SPDX-License-Identifier: MIT
# The parts of scripts/deps, one function each: fetch into $DEPS/fetch/PART,
# unpack into $DEPS/PART, and last of all write $DEPS/PART.manifest, which says
# that the part is complete. Sourced by scripts/deps, which sets DEPS and HERE.

bring_part() {
	case $1 in
	packages) install_packages ;;
	qemu-10.0) bring_qemu "$1" bookworm 10.0 ;;
	qemu-11) bring_qemu "$1" trixie 11 ;;
	linux-6.12) bring_linux "$1" bookworm 6.12 ;;
	linux-7) bring_linux "$1" trixie 7 ;;
	mbedtls) bring_mbedtls "$1" ;;
	ovmf) bring_ovmf "$1" trixie ovmf ;;
	ovmf-newest) bring_ovmf "$1" forky ovmf-generic ;;
	sev-guest) bring_sev_guest "$1" ;;
	libtpms) bring_libtpms "$1" ;;
	event-logs) bring_event_logs "$1" ;;
	debian) bring_debian "$1" ;;
	tpm-svsm) bring_tpm_svsm "$1" ;;
	esac
}

wanted_packages() {
	sed 's/[[:space:]].*//; /^#/d; /^$/d' "$HERE/packages.txt"
}

missing_packages() {
	comm -23 <(wanted_packages | sort) \
		<(dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | sort)
}

install_packages() {
	local missing command
	mapfile -t missing < <(missing_packages)
	command="apt-get install --no-install-recommends ${missing[*]}"
	say "installing on the system: ${missing[*]}"
	((EUID == 0)) || die "not root; run this as root, then try again: $command"
	mkdir -p "$DEPS"
	{
		apt-get -q update &&
			DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "${missing[@]}"
	} >"$DEPS/packages.log" 2>&1 && return
	tail -n 20 "$DEPS/packages.log" | sed 's/^/  /' >&2
	die "apt failed (the end of its output is above); after mending that, run: $command"
}

# start_part PART: empty folders for a part that is fetched; sets FETCH and OUT.
start_part() {
	[[ -r $KEYRING ]] || die "no $KEYRING; run: apt-get install debian-archive-keyring"
	FETCH=$DEPS/fetch/$1
	OUT=$DEPS/$1
	rm -rf "$FETCH" "$OUT"
	mkdir -p "$FETCH" "$OUT"
}

# finish_part PART: records what was fetched and drops the packed files.
finish_part() {
	local part=$1 file
	for file in "$FETCH"/*.{deb,dsc,tar.*}; do
		printf '%s %s %s\n' "$part" "$(describe_file "$file")" \
			"$(sha256sum <"$file" | cut -d ' ' -f 1)"
	done | sort >"$DEPS/$part.new"
	rm -rf "$FETCH"
	mv "$DEPS/$part.new" "$DEPS/$part.manifest"
}

# describe_file FILE: its package's name, or its own, and its version.
describe_file() {
	local name=${1##*/} version
	if [[ $name == *.deb ]]; then
		dpkg-deb --show --showformat '${Package} ${Version}' "$1"
	else
		version=${name#*_}
		printf '%s %s' "$name" "${version%%@(.dsc|.orig|.debian)*}"
	fi
}

write_manifest() {
	local fragments=("$DEPS"/*.manifest)
	((${#fragments[@]})) || return 0
	{
		echo '# part package version sha256'
		sort "${fragments[@]}"
	} >"$DEPS/manifest.new"
	mv "$DEPS/manifest.new" "$DEPS/manifest.txt"
	awk '$2 ~ /^(linux-image-.*|qemu-system-x86|mbedtls_.*[.]dsc|libtpms-dev|ovmf|ovmf-generic)$/ {
		printf "DEPS_VERSION_%s := %s\n", $1, $3
	}' "$DEPS/manifest.txt" >"$DEPS/versions.mk"
}

# bring_qemu PART CODENAME VERSION: QEMU of CODENAME's backports with every
# library down to libc, run by its own ld.so, so that it depends on nothing of
# the system it runs on.
bring_qemu() {
	local part=$1 suite=$2-backports deb
	start_part "$part"
	apt_world "$2"
	say "$part: fetching QEMU and its libraries"
	apt_fetch_closure "$suite" "$FETCH" qemu-system-x86
	say "$part: unpacking"
	for deb in "$FETCH"/*.deb; do
		dpkg-deb -x "$deb" "$OUT/root"
	done
	rm -rf "$OUT/root/usr/share/"{doc,man,locale,info,bug,lintian}
	write_qemu_wrapper >"$OUT/qemu-system-x86_64"
	chmod +x "$OUT/qemu-system-x86_64"
	"$OUT/qemu-system-x86_64" --version >"$OUT/version" || die "$part: the unpacked QEMU does not run"
	grep -q "version $3\." "$OUT/version" ||
		die "$part: $suite has $(head -n 1 "$OUT/version"), wanted $3"
	finish_part "$part"
}

write_qemu_wrapper() {
	cat <<-'END'
		#!/bin/bash
		# Runs the QEMU unpacked beside this file with its own libraries and data.
		root=$(dirname "$(realpath "$0")")/root
		lib=$root/usr/lib/x86_64-linux-gnu
		share=$root/usr/share
		loader=$root/lib64/ld-linux-x86-64.so.2
		[[ -e $loader ]] || loader=$root/usr/lib64/ld-linux-x86-64.so.2
		export QEMU_MODULE_DIR=$lib/qemu
		exec "$loader" --library-path "$lib:$root/lib/x86_64-linux-gnu:$lib/pulseaudio" \
			--argv0 "$0" "$root/usr/bin/qemu-system-x86_64" \
			-L "$share/qemu" -L "$share/seabios" -L "$root/usr/lib/ipxe/qemu" "$@"
	END
}

# bring_linux PART CODENAME VERSION: Debian's newest cloud kernel of that version.
bring_linux() {
	local part=$1 suite=$2-backports image names
	start_part "$part"
	apt_world "$2"
	image=$(cloud_kernel "$suite" "$3")
	[[ -n $image ]] || die "$part: $suite has no linux-image-$3.*-cloud-amd64"
	mapfile -t names < <(kernel_packages "$suite" "$image")
	say "$part: fetching ${names[*]}"
	apt_fetch "$suite" "$FETCH" "${names[@]}"
	unpack_linux "$part" "${image#linux-image-}"
	finish_part "$part"
}

# The metapackage's kernel if it is of the wanted version, else the newest that is.
cloud_kernel() {
	local pattern="^linux-image-${2//./\\.}\.[0-9.]+\+deb[0-9.]+-cloud-amd64$"
	apt_depends "$1" linux-image-cloud-amd64 | grep -E "$pattern" || apt_newest "$pattern"
}

# Newer kernels come in several packages; the image package names the others.
kernel_packages() {
	local release=${2#linux-image-}
	printf '%s\n' "$2"
	apt_depends "$1" "$2" |
		grep -xF -e "linux-base-$release" -e "linux-binary-$release" -e "linux-modules-$release" || true
}

unpack_linux() {
	local root=$FETCH/root release=$2 deb
	for deb in "$FETCH"/*.deb; do
		dpkg-deb -x "$deb" "$root"
	done
	printf '%s\n' "$release" >"$OUT/release"
	take "$OUT/vmlinuz" "$root/boot/vmlinuz-$release" "$root"{,/usr}"/lib/modules/$release/vmlinuz"
	take "$OUT/config" "$root/boot/config-$release" "$root"{,/usr}"/lib/modules/$release/config"
	take "$OUT/modules" "$root"{,/usr}"/lib/modules/$release"
}

# take DEST CANDIDATE...: moves the first candidate that exists.
take() {
	local dest=$1 candidate
	shift
	for candidate; do
		[[ -e $candidate ]] && mv "$candidate" "$dest" && return
	done
	die "none of these is in the package: $*"
}

bring_mbedtls() {
	local part=$1 dsc
	start_part "$part"
	apt_world trixie
	say "$part: fetching the source package"
	apt_fetch_source trixie "$FETCH" mbedtls
	dsc=$(echo "$FETCH"/mbedtls_3.6.*.dsc)
	[[ -e $dsc ]] || die "$part: trixie has no mbedtls 3.6"
	# apt has checked the files against Debian's signed lists; the uploader's
	# own signature on the .dsc would need another keyring.
	rmdir "$OUT"
	dpkg-source --no-check --no-copy -x "$dsc" "$OUT" >"$DEPS/$part.log" 2>&1 ||
		die "$part: dpkg-source failed, see $DEPS/$part.log"
	finish_part "$part"
}

# bring_ovmf PART CODENAME PACKAGE: the firmware image with its variables, 4 MiB.
bring_ovmf() {
	local part=$1 deb
	start_part "$part"
	apt_world "$2"
	say "$part: fetching the firmware"
	apt_fetch "$2" "$FETCH" "$3"
	for deb in "$FETCH"/*.deb; do
		dpkg-deb -x "$deb" "$FETCH/root"
	done
	take "$OUT/OVMF.fd" "$FETCH/root/usr/share/ovmf/OVMF.fd"
	finish_part "$part"
}

# bring_sev_guest PART: a report of a Milan, the certificates of its key, and
# AMD's chains, which the package of a Go library carries for its own tests.
bring_sev_guest() {
	local part=$1 deb data
	start_part "$part"
	apt_world trixie
	say "$part: fetching a real report and its certificates"
	apt_fetch trixie "$FETCH" golang-github-google-go-sev-guest-dev
	for deb in "$FETCH"/*.deb; do
		dpkg-deb -x "$deb" "$FETCH/root"
	done
	data=$FETCH/root/usr/share/gocode/src/github.com/google/go-sev-guest/verify/testdata
	take "$OUT/report.bin" "$data/attestation.bin"
	take "$OUT/vcek.der" "$data/vcek.testcer"
	take "$OUT/milan.pem" "$data/milan.testcer"
	take "$OUT/milan-vlek.pem" "$data/milanvlek.testcer"
	finish_part "$part"
}

# bring_libtpms PART: the static library of the vTPM with its headers.
bring_libtpms() {
	local part=$1 deb
	start_part "$part"
	apt_world forky
	say "$part: fetching the static library"
	apt_fetch forky "$FETCH" libtpms-dev
	for deb in "$FETCH"/*.deb; do
		dpkg-deb -x "$deb" "$FETCH/root"
	done
	take "$OUT/libtpms.a" "$FETCH/root/usr/lib/x86_64-linux-gnu/libtpms.a"
	take "$OUT/include" "$FETCH/root/usr/include"
	finish_part "$part"
}

# bring_event_logs PART: logs of measured boots, which the package of a Go library
# carries for its own tests.
bring_event_logs() {
	local part=$1 deb data name
	start_part "$part"
	apt_world trixie
	say "$part: fetching real event logs"
	apt_fetch trixie-backports "$FETCH" golang-github-google-go-attestation-dev
	for deb in "$FETCH"/*.deb; do
		dpkg-deb -x "$deb" "$FETCH/root"
	done
	data=$FETCH/root/usr/share/gocode/src/github.com/google/go-attestation/attest/testdata
	for name in coreos_36_shielded_vm_no_secure_boot ubuntu_2104_shielded_vm_no_secure_boot \
		crypto_agile sb_cert; do
		take "$OUT/${name%%_*}" "$data/${name}_eventlog"
	done
	finish_part "$part"
}
