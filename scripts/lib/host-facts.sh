# SPDX-License-Identifier: MIT
# What a real SEV-SNP host has and lacks, looked at from user space. Sourced by
# scripts/launch, whose options it reads (IGVM, QEMU, CPUS, MEM, ...). Fills
# MISSING and, beside each, REMEDIES; NOTES with what cannot be seen; and sets
# PROGRAM_FOUND, CBIT, REDUCED_BITS.

# The paravisor runs at VMPL0, plane 0; its guest at VMPL2, plane 2.
GUEST_PLANE=2

# SNP guests in mainline's KVM; the planes branches are based on 7.1 and later.
OLDEST_KERNEL=6.11
# The first QEMU with IGVM.
OLDEST_QEMU=10.1

PLANES_REMEDY="use a development branch with VM planes (docs/operators.md); no release is known to have them"

host() {
	printf '%s' "${LAUNCH_ROOT:-}$1"
}

# lacks WHAT REMEDY
lacks() {
	MISSING+=("$1")
	REMEDIES+=("$2")
}

# at_least VERSION OLDEST: both major.minor[...].
at_least() {
	local major=${1%%.*} minor=${1#*.}
	minor=${minor%%[!0-9]*}
	((major > ${2%%.*} || (major == ${2%%.*} && ${minor:-0} >= ${2#*.})))
}

look_at_host() {
	MISSING=() REMEDIES=() NOTES=()
	look_at_cpu
	look_at_cpuid
	look_at_kernel
	look_at_planes
	look_at_devices
	look_at_memory
	look_at_files
	look_at_qemu
	NOTES+=("whether KVM gives an SNP guest plane $GUEST_PLANE and switches VMPLs: seen only when it starts")
}

# cpu_flag NAME: Linux shows it only if the kernel can use it.
cpu_flag() {
	grep -qsE "^flags[[:space:]]*:.* $1( |\$)" "$(host /proc/cpuinfo)"
}

look_at_cpu() {
	if ! grep -qsE '^vendor_id[[:space:]]*: AuthenticAMD$' "$(host /proc/cpuinfo)"; then
		lacks "an AMD processor" "SEV-SNP is AMD's: EPYC of the third generation or later"
	elif ! cpu_flag sev_snp; then
		lacks "SEV-SNP of the processor (no sev_snp in /proc/cpuinfo)" \
			"EPYC of the third generation or later, with SEV, SNP and the RMP enabled in its firmware setup"
	fi
	if ((CPUS > 1)) && ! cpu_flag invlpgb; then
		lacks "INVLPGB of the processor, which the paravisor wants for more than one vCPU" \
			"use --cpus 1, or a processor and kernel with invlpgb in /proc/cpuinfo"
	fi
}

# Position of the C-bit, address bits it costs, number of VMPLs: CPUID 8000_001Fh, EBX.
# shellcheck disable=SC2034 # what it sets is for the script that sources this
look_at_cpuid() {
	local file ebx vmpls
	CBIT=51 REDUCED_BITS=1
	file=$(host /dev/cpu/0/cpuid)
	ebx=$(dd if="$file" bs=16 count=1 iflag=skip_bytes skip=$((0x8000001f)) 2>/dev/null |
		od -An -tu4 -j 4 -N 4 2>/dev/null | tr -d ' \n' || true)
	if ((!${ebx:-0})); then
		NOTES+=("C-bit and number of VMPLs: $file shows none (modprobe cpuid, be root); the command says C-bit 51, 1 address bit")
		return
	fi
	CBIT=$((ebx & 0x3f)) REDUCED_BITS=$((ebx >> 6 & 0x3f)) vmpls=$((ebx >> 12 & 0xf))
	((vmpls > GUEST_PLANE)) ||
		lacks "VMPL$GUEST_PLANE of the processor, which has $vmpls VMPLs" "use a processor with four VMPLs"
}

look_at_kernel() {
	local release parameter
	release=$(cat "$(host /proc/sys/kernel/osrelease)" 2>/dev/null || true)
	if [[ $release != +([0-9]).+([0-9])* ]] || ! at_least "$release" $OLDEST_KERNEL; then
		lacks "a kernel with SNP guests: this is ${release:-unknown}, $OLDEST_KERNEL is the first" "$PLANES_REMEDY"
	fi
	parameter=$(cat "$(host /sys/module/kvm_amd/parameters/sev_snp)" 2>/dev/null || true)
	case $parameter in
	Y | 1) ;;
	'') lacks "kvm_amd with SNP (no /sys/module/kvm_amd/parameters/sev_snp)" \
		"modprobe kvm_amd; the kernel wants CONFIG_KVM_AMD_SEV" ;;
	*) lacks "SNP in kvm_amd (/sys/module/kvm_amd/parameters/sev_snp is $parameter)" \
		"dmesg | grep -i -e sev -e rmp says why; often SNP is off in the firmware setup, or iommu=pt is set" ;;
	esac
}

# KVM tells the number of planes of a VM by ioctl, and one that is no SNP guest may
# have a single one. From outside only the names of KVM's functions show.
look_at_planes() {
	local names
	names=$(grep -soE ' kvm_(vm_ioctl|plane_[a-z_]+)([[:space:]]|$)' "$(host /proc/kallsyms)" || true)
	if [[ -z $names ]]; then
		NOTES+=("whether this kernel's KVM has planes: /proc/kallsyms shows no KVM")
	elif [[ $names != *kvm_plane_* ]]; then
		lacks "VM planes in this kernel's KVM (no kvm_plane_ function in /proc/kallsyms)" "$PLANES_REMEDY"
	fi
}

look_at_devices() {
	local name
	for name in kvm sev; do
		if [[ ! -e $(host "/dev/$name") ]]; then
			lacks "/dev/$name" "modprobe $([[ $name == kvm ]] && echo kvm_amd || echo ccp)"
		elif [[ ! -r $(host "/dev/$name") || ! -w $(host "/dev/$name") ]]; then
			lacks "access to /dev/$name" "run as root, or give this user read and write access"
		fi
	done
}

# All of an SNP guest's private memory is held in RAM, and never swapped.
look_at_memory() {
	local free
	free=$(awk '$1 == "MemAvailable:" { print int($2 / 1024) }' "$(host /proc/meminfo)" 2>/dev/null || true)
	if [[ -z $free ]]; then
		NOTES+=("whether $MEM MiB of memory are available: no MemAvailable in /proc/meminfo")
	elif ((free < MEM)); then
		lacks "memory: $free MiB available of $MEM MiB" "stop other guests, or use a smaller --mem"
	fi
}

look_at_files() {
	local file
	for file in "$IGVM" "$KERNEL" "$INITRD" "$DISK" "${SERVICES[@]#*=}"; do
		[[ -z $file || -r $file ]] || lacks "a readable file $file" "check its name and rights"
	done
	[[ -z $DISK || ! -r $DISK || -w $DISK ]] || lacks "write access to $DISK" "check its rights"
	[[ ! -r $IGVM || $(head -c 4 "$IGVM" | tr -d '\0') == IGVM ]] ||
		lacks "an IGVM file: $IGVM is none" "make one: nacre-igvm build"
}

look_at_qemu() {
	local version
	PROGRAM_FOUND=$(type -P "$QEMU" || true)
	if [[ -z $PROGRAM_FOUND ]]; then
		lacks "QEMU: no program $QEMU" "$PLANES_REMEDY, and name the program: --qemu PROGRAM"
		return
	fi
	version=$("$PROGRAM_FOUND" --version 2>/dev/null | sed -n 's/^QEMU emulator version \([0-9.]*\).*/\1/p' || true)
	if [[ $version != +([0-9]).+([0-9])* ]]; then
		lacks "QEMU: $PROGRAM_FOUND does not run, or is no QEMU" "name another: --qemu PROGRAM"
		return
	fi
	at_least "$version" $OLDEST_QEMU ||
		lacks "a QEMU with IGVM: this is $version, $OLDEST_QEMU is the first" "$PLANES_REMEDY"
	look_at_qemu_objects
	look_at_qemu_machine
	look_at_qemu_cpu
}

# qemu_has_object NAME PROPERTY
qemu_has_object() {
	local help
	help=$("$PROGRAM_FOUND" -object "$1,help" 2>/dev/null || true)
	grep -qE "^ *$2=" <<<"$help"
}

look_at_qemu_objects() {
	qemu_has_object igvm-cfg file ||
		lacks "IGVM in $PROGRAM_FOUND (no object igvm-cfg)" \
			"build QEMU with --enable-igvm, which wants the igvm library; distributions rarely do"
	qemu_has_object sev-snp-guest policy ||
		lacks "SEV-SNP in $PROGRAM_FOUND (no object sev-snp-guest)" "build QEMU with KVM and SEV, for x86_64"
}

# Names of all properties of the newest q35. "-M q35,help" lists those of the
# class alone; device-plane belongs to the instance, which QMP lists too.
qemu_machine_properties() {
	local type
	type=$("$PROGRAM_FOUND" -M help 2>/dev/null | sed -n 's/^q35 .*(alias of \([^)]*\)).*/\1/p' || true)
	timeout 30 "$PROGRAM_FOUND" -machine none -nodefaults -display none -qmp stdio 2>/dev/null <<-END |
		{"execute": "qmp_capabilities"}
		{"execute": "qom-list-properties", "arguments": {"typename": "$type-machine"}}
		{"execute": "quit"}
	END
		grep -oE '"name": *"[^"]*"' | sed 's/.*"\([^"]*\)"$/\1/' || true
}

look_at_qemu_machine() {
	local properties
	properties=$(qemu_machine_properties)
	grep -qx igvm-cfg <<<"$properties" ||
		lacks "IGVM on machine q35 of $PROGRAM_FOUND (no property igvm-cfg)" "build QEMU with --enable-igvm"
	grep -qx device-plane <<<"$properties" ||
		lacks "VM planes in $PROGRAM_FOUND (machine q35 has no property device-plane)" "$PLANES_REMEDY"
}

look_at_qemu_cpu() {
	local help
	help=$("$PROGRAM_FOUND" -cpu help 2>/dev/null || true)
	grep -qE "^ *(x86 )?$MODEL( |\$)" <<<"$help" ||
		lacks "CPU model $MODEL in $PROGRAM_FOUND" "choose one of $QEMU -cpu help: --cpu MODEL"
	((CPUS == 1)) || grep -qE '(^| )invlpgb( |$)' <<<"$help" ||
		lacks "the CPU feature invlpgb in $PROGRAM_FOUND, which the paravisor wants for more than one vCPU" \
			"use --cpus 1, or a QEMU that can name the bit (CPUID 8000_0008h, EBX bit 3)"
}
