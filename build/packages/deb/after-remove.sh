#!/bin/sh
# postrm: closes the low ports again. Runs and reports go only when the package is purged, and never a user's own.
set -e

case "$1" in
remove)
	[ -d /run/systemd/system ] || exit 0
	systemctl daemon-reload
	start=/proc/sys/net/ipv4/ip_unprivileged_port_start
	# Ours is 67; anything else was set by somebody else. The kernel's own is 1024, and other files may say more.
	if [ "$(cat "$start")" = 67 ]; then
		echo 1024 >"$start"
		/usr/lib/systemd/systemd-sysctl --prefix=/net/ipv4/ip_unprivileged_port_start || true
	fi
	;;
purge)
	# With DynamicUser the first is a link to the second.
	rm -rf /var/lib/vetting /var/lib/private/vetting
	;;
esac
