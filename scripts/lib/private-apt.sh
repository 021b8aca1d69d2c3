# SPDX-License-Identifier: MIT
# Fetches Debian packages from suites that the machine itself does not use,
# with a configuration, lists and state of its own under $DEPS/apt, so that
# nothing of the system's apt changes and no root is needed. Every suite is
# verified with Debian's archive keyring. Sourced by scripts/deps.

KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# The releases whose lists this run has read already.
declare -A WORLDS

# Prints the URI of the Debian mirror that the machine's own apt uses.
machine_mirror() {
	local codename
	codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(CREATED_BY)' |
		awk -v want="$codename" '
			$4 == "Packages" && $3 == "main" && ($2 == want || $2 ~ /^(old)*stable$/) {
				sub(/\/$/, "", $1); print $1; exit
			}'
}

# apt_world CODENAME: a private apt that knows that release and its backports,
# and no installed package, so that a package's whole closure counts as missing.
# Sets APT_OPTS for the functions below.
apt_world() {
	local world=$DEPS/apt/$1 mirror
	APT_OPTS=(-c "$world/apt.conf")
	[[ -n ${WORLDS[$1]:-} ]] && return
	mirror=$(machine_mirror)
	[[ -n $mirror ]] ||
		die "the machine's apt names no Debian mirror; add one to its sources.list and try again"
	mkdir -p "$world/lists/partial" "$world/cache/archives/partial"
	: >"$world/status"
	world_suites "$1" | while read -r kind suite; do
		printf '%s [signed-by=%s] %s %s main\n' "$kind" "$KEYRING" "$mirror" "$suite"
	done >"$world/sources.list"
	private_apt_conf "$world" >"$world/apt.conf"
	[[ $1 != forky ]] || echo 'Acquire::Check-Valid-Until "false";' >>"$world/apt.conf"
	apt_update "$1" "$world"
	WORLDS[$1]=$mirror
}

# Testing has no backports, and lists that a mirror may keep past their date: they
# are as signed as the others, only older.
world_suites() {
	printf 'deb %s\ndeb-src %s\n' "$1" "$1"
	[[ $1 == forky ]] || printf 'deb %s-backports\n' "$1"
}

private_apt_conf() {
	cat <<-END
		Dir::Etc::sourcelist "$1/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
		Dir::State "$1";
		Dir::State::lists "$1/lists";
		Dir::State::status "$1/status";
		Dir::Cache "$1/cache";
		Dir::Log "$1";
		APT::Architecture "amd64";
		APT::Architectures { "amd64"; };
		APT::Install-Recommends "false";
		APT::Sandbox::User "root";
		Acquire::Languages "none";
		Acquire::GzipIndexes "true";
		Acquire::Retries "3";
		Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		#clear DPkg::Post-Invoke;
	END
}

apt_update() {
	say "reading package lists of $1"
	apt-get "${APT_OPTS[@]}" -q --error-on=any update >"$2/update.log" 2>&1 && return
	sed 's/^/  /' "$2/update.log" >&2
	complain "cannot read the package lists of $1 (output above)"
	grep -q -e NO_PUBKEY -e EXPKEYSIG "$2/update.log" &&
		complain "the keyring is too old; run: apt-get install --only-upgrade debian-archive-keyring"
	exit 1
}

# apt_fetch_closure SUITE DIR PACKAGE...: these from SUITE with all they depend on.
apt_fetch_closure() {
	mkdir -p "$2/partial"
	fetch_into "$2" apt-get "${APT_OPTS[@]}" -o Dir::Cache::archives="$2" \
		-q -y -t "$1" --download-only install "${@:3}"
}

# apt_fetch SUITE DIR PACKAGE...: these packages alone.
apt_fetch() {
	fetch_into "$2" apt-get "${APT_OPTS[@]}" -q -t "$1" download "${@:3}"
}

# apt_fetch_source SUITE DIR PACKAGE: the files of a source package, not unpacked.
apt_fetch_source() {
	fetch_into "$2" apt-get "${APT_OPTS[@]}" -q -t "$1" --download-only source "$3"
}

# fetch_into DIR COMMAND...: runs it there; its output is shown only if it fails.
fetch_into() {
	local dir=$1
	shift
	(cd "$dir" && "$@") >"$dir/log" 2>&1 &
	show_growth "$dir" $!
	wait $! || fetch_failed "$dir" "${@: -1}"
}

fetch_failed() {
	sed 's/^/  /' "$1/log" >&2
	die "cannot fetch $2 (apt's output above)"
}

# apt_depends SUITE PACKAGE: what the package of that suite depends on, by name.
apt_depends() {
	apt-cache "${APT_OPTS[@]}" -o APT::Default-Release="$1" depends --important "$2" |
		sed -n 's/^  Depends: //p'
}

# apt_newest PATTERN: of the packages whose name matches, the one sorted last by version.
apt_newest() {
	apt-cache "${APT_OPTS[@]}" pkgnames linux-image- | grep -E "$1" | sort -V | tail -n 1
}
