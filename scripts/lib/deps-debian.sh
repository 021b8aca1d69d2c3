# SPDX-License-Identifier: MIT
# The part "debian" of scripts/deps: the packages of which scripts/debian-image
# makes a disk image of Debian trixie. They stay packed, in $DEPS/debian/base
# (the system), kernel-6.12, kernel-7 and grub. Sourced by scripts/deps.

# What the system has beside the packages that every Debian has. It names what
# those of the kernel need, as these are fetched alone, and what a TPM is used with.
DEBIAN_PACKAGES=(apt dbus initramfs-tools iproute2 kmod openssl systemd-sysv tpm2-tools udev zstd)

# Whether a part that was fetched before has all of them.
debian_is_whole() {
	local name
	for name in "${DEBIAN_PACKAGES[@]}"; do
		grep -q "^debian $name " "$DEPS/debian.manifest" || return 1
	done
}

bring_debian() {
	local part=$1 required
	start_part "$part"
	apt_world trixie
	mapfile -t required < <(apt_required)
	say "$part: fetching ${#required[@]} required packages and ${DEBIAN_PACKAGES[*]}"
	apt_fetch_closure trixie "$FETCH/base" "${required[@]}" "${DEBIAN_PACKAGES[@]}"
	fetch_debian_kernel "$part" trixie 6.12
	fetch_debian_kernel "$part" trixie-backports 7
	mkdir -p "$FETCH/grub"
	apt_fetch trixie "$FETCH/grub" grub-efi-amd64-unsigned
	keep_debian
	finish_part "$part"
}

# The packages without which there is no Debian, as debootstrap counts them.
apt_required() {
	apt-cache "${APT_OPTS[@]}" dumpavail | awk '
		/^Package: / { name = $2 }
		/^Priority: required/ { print name }' | sort -u
}

# fetch_debian_kernel PART SUITE VERSION: Debian's newest cloud kernel of that version,
# with the linux-base that goes with it.
fetch_debian_kernel() {
	local image names
	image=$(cloud_kernel "$2" "$3")
	[[ -n $image ]] || die "$1: $2 has no linux-image-$3.*-cloud-amd64"
	mapfile -t names < <(kernel_packages "$2" "$image" && echo linux-base)
	say "$1: fetching ${names[*]}"
	mkdir -p "$FETCH/kernel-$3"
	apt_fetch "$2" "$FETCH/kernel-$3" "${names[@]}"
}

# Packages in their folders for scripts/debian-image, and side by side for the manifest.
keep_debian() {
	local folder
	for folder in base kernel-6.12 kernel-7 grub; do
		mkdir -p "$OUT/$folder"
		ln "$FETCH/$folder"/*.deb "$OUT/$folder"
		mv "$FETCH/$folder"/*.deb "$FETCH"
	done
}
