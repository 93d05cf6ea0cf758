#!/bin/sh
# postinst: sets up what files alone cannot, and starts nothing that was not running.
set -e

[ "$1" = configure ] || exit 0

# What Chromium's sandbox falls back on where users may make no namespaces. An administrator's own mode stands.
sandbox=/opt/Vetting/chrome-sandbox
dpkg-statoverride --list "$sandbox" >/dev/null || chmod 4755 "$sandbox"

# In a chroot or an image that is being built, kernel and services are another system's.
[ -d /run/systemd/system ] || exit 0

systemctl daemon-reload
# All files that name this key in the system's own order, so that an administrator's word counts above ours.
/usr/lib/systemd/systemd-sysctl --prefix=/net/ipv4/ip_unprivileged_port_start ||
	echo "Ports 67 and 69 could not be opened to this machine's users; Vetting's doctor says what to do." >&2
# After an upgrade; it leaves alone what does not run.
systemctl try-restart vetting.service
