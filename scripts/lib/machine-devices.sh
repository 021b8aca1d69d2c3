# SPDX-License-Identifier: MIT
# The guest's virtio devices, in words of QEMU's. Sourced by scripts/machine.
#
# They are modern ones behind an IOMMU, as a confidential guest wants them: it tells
# them the addresses of shared pages, which it had converted for that.

# shellcheck disable=SC2034 # used by what sources this

VIRTIO=disable-legacy=on,iommu_platform=on

# disk_arguments ID FILE[,KEY=VALUE]...: sets DEVICE_ARGUMENTS. What QEMU calls the
# drive's goes there, any other key to the device.
disk_arguments() {
	local id=$1 file=${2%%,*} rest=${2#"${2%%,*}"} option
	local drive=if=none,id=$id,format=raw,file=$file device=virtio-blk-pci,drive=$id,$VIRTIO
	for option in ${rest//,/ }; do
		case $option in
		readonly=* | snapshot=* | cache=*) drive+=,$option ;;
		*) device+=,$option ;;
		esac
	done
	DEVICE_ARGUMENTS=(-drive "$drive" -device "$device")
}

# network_arguments user|echo|PROGRAM: sets DEVICE_ARGUMENTS. A card on QEMU's user
# network; all but "user" leads nowhere but to a program at 10.0.2.100 port 7: "echo" to
# one that sends back all that it gets.
network_arguments() {
	local network=user,id=network program=${1/#echo/cat}
	[[ $1 == user ]] || network+=,restrict=on,guestfwd=tcp:10.0.2.100:7-cmd:$program
	# shellcheck disable=SC2054 # the commas are QEMU's
	DEVICE_ARGUMENTS=(-netdev "$network"
		-device "virtio-net-pci,netdev=network,romfile=,$VIRTIO")
}
