#!/bin/sh
# prerm: the service goes with the package. An upgrade leaves it running until the new files are there.
set -e

[ "$1" = remove ] || exit 0
command -v systemctl >/dev/null || exit 0

if [ -d /run/systemd/system ]; then
	systemctl stop vetting.service
fi
systemctl --quiet disable vetting.service
