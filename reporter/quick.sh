#!/bin/sh
# Installs vetting-reporter on this host. As root:
#   curl -fsS @VETTING_CONSOLE@/register/quick.sh | sh
#   wget -qO- @VETTING_CONSOLE@/register/quick.sh | sh
# and, to remove it again:  … | sh -s -- --uninstall
# Environment: VETTING_ENROL_TOKEN when the console asks for one; VETTING_DIRECT=1 starts the daemon without
# a service manager; VETTING_PREFIX installs below another root. See docs/reporter.md.
#
# Nothing runs before the last line was read: half a download does nothing.
set -eu

say() { printf '%s\n' "quick.sh: $*"; }
fail() {
  printf '%s\n' "quick.sh: $*" >&2
  exit 1
}

reporter_script() {
  cat <<'VETTING_REPORTER_SCRIPT_END'
@VETTING_REPORTER_SCRIPT@
VETTING_REPORTER_SCRIPT_END
}

reporter_service() {
  cat <<'VETTING_REPORTER_SERVICE_END'
@VETTING_REPORTER_SERVICE@
VETTING_REPORTER_SERVICE_END
}

# place FILE MODE < text: complete under its name or not at all.
place() {
  mkdir -p "${1%/*}"
  cat >"$1.new"
  chmod "$2" "$1.new"
  mv "$1.new" "$1"
  say "wrote $1"
}

# from_copy ARGUMENT: runs the reporter that this file carries, before or without installing it.
from_copy() {
  copy=$(mktemp)
  reporter_script >"$copy"
  result=0
  VETTING_PREFIX=$prefix VETTING_CONSOLE=$console sh "$copy" "$1" || result=$?
  rm -f "$copy"
  return "$result"
}

# Waits a little for the token that a registration brings, so that the technician sees how it went.
tell_registration() {
  waited=0
  while [ "$waited" -lt 50 ] && [ ! -s "$state_dir/token" ]; do
    sleep 0.2
    waited=$((waited + 1))
  done
  if [ -s "$state_dir/token" ]; then
    say "registered at $console"
  else
    say "not registered at $console yet; it keeps trying. $1 says why"
  fi
}

start_direct() {
  log_file=$prefix/var/log/vetting-reporter.log
  mkdir -p "${log_file%/*}"
  "$reporter" stop
  rm -f "$state_dir/token"
  detach=
  ! command -v setsid >/dev/null 2>&1 || detach=setsid
  (
    cd /
    trap '' HUP
    # shellcheck disable=SC2086 # an empty word must vanish
    exec $detach "$reporter" run </dev/null >>"$log_file" 2>&1
  ) &
  say "started vetting-reporter, pid $!; its log is $log_file"
  tell_registration "$log_file"
}

start_service() {
  rm -f "$state_dir/token"
  systemctl daemon-reload
  systemctl enable vetting-reporter.service
  systemctl restart vetting-reporter.service
  say "started the service vetting-reporter"
  tell_registration "journalctl -u vetting-reporter"
}

main() {
  umask 022
  prefix=${VETTING_PREFIX:-}
  reporter=$prefix/usr/local/sbin/vetting-reporter
  state_dir=${VETTING_STATE_DIR:-$prefix/var/lib/vetting-reporter}
  console=${VETTING_CONSOLE:-@VETTING_CONSOLE@}

  [ "$(id -u)" = 0 ] || fail "run this as root, for example: curl -fsS $console/register/quick.sh | sudo sh (the reporter sets the next boot and reboots the host)"
  case ${1:-} in
    --uninstall)
      from_copy uninstall || exit 1
      return
      ;;
    '') ;;
    *) fail "unknown option $1; the only one is --uninstall" ;;
  esac
  case $console in
    http://* | https://*) ;;
    *) fail "this copy does not know its console: fetch it from the console's /register/quick.sh, or set VETTING_CONSOLE=http://ADDRESS:PORT" ;;
  esac

  from_copy check || fail "the reporter cannot work here; the lines above say why. Nothing was installed: mend it and run this again"
  reporter_script | place "$reporter" 0755
  echo "VETTING_CONSOLE=$console" | place "$prefix/etc/vetting-reporter.conf" 0644
  (umask 077 && mkdir -p "$state_dir" && chmod 700 "$state_dir")
  if [ -n "${VETTING_ENROL_TOKEN:-}" ]; then
    (umask 077 && printf '%s' "$VETTING_ENROL_TOKEN" >"$state_dir/enrol-token")
    say "stored the enrol token in $state_dir/enrol-token, readable by root only"
    unset VETTING_ENROL_TOKEN
  fi
  if [ "${VETTING_DIRECT:-}" = 1 ]; then
    start_direct
  elif [ -n "$prefix" ]; then
    reporter_service | place "$prefix/etc/systemd/system/vetting-reporter.service" 0644
    say "installed below $prefix; nothing was started there"
  elif [ -d /run/systemd/system ]; then
    reporter_service | place /etc/systemd/system/vetting-reporter.service 0644
    start_service
  else
    say "there is no systemd here, so nothing will start the reporter again after a reboot: add \"$reporter run\" to this system's own start-up"
    start_direct
  fi
  say "to remove it: $reporter uninstall"
}

main "$@"
