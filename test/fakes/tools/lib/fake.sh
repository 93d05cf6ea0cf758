# Sourced by every fake. The host that it speaks for lies in FAKE_HOST_DIR (made by test/demo/host/):
#   out/       what the tools of this host print
#   activity/  one file for each program that works the host now; the simulator warms it up accordingly
#   state/     what a fake remembers between two calls
#   root/      the host's /sys, /proc and /dev
# FAKE_SCENARIO: healthy, hot-cpu, bad-disk, tool-lies (stress-ng reports bit errors and exits 0),
# verify-failure (fio reports a verify failure and exits 0).

PATH=/usr/bin:/bin
export PATH LC_ALL=C
tool=${0##*/}
scenario=${FAKE_SCENARIO:-healthy}

if [ ! -d "${FAKE_HOST_DIR:-}" ]; then
	echo "$tool (fake): FAKE_HOST_DIR names no simulated host" >&2
	exit 70
fi
out=$FAKE_HOST_DIR/out

# Prints a file of this host; 1 when the host has none.
show() {
	[ -f "$out/$1" ] && cat "$out/$1"
}

# A call that the agent does not make: better loud than a wrong answer.
unknown() {
	echo "$tool (fake): does not know: $*" >&2
	exit 64
}

# Tells the simulator what this process does to the host, until it ends.
begin_work() {
	mkdir -p "$FAKE_HOST_DIR/activity"
	echo "$*" >"$FAKE_HOST_DIR/activity/$$"
	trap 'rm -f "$FAKE_HOST_DIR/activity/$$"' EXIT
}
