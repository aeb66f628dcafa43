#!/bin/sh
# The race by hand, many times, inside `unshare --net`: one capture, one namespace, a loop of socket calls.
# Nothing is diagnosed and no counters are read: this is the least that one would do.
set -e
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Debian's tcpdump gives up root, which a private namespace does not allow.
[ "$(id -u)" = 0 ] && stay="-Z root"
ip link set lo up
mkfifo "$work/says"
tcpdump --immediate-mode -U $stay -i lo -w "$work/capture.pcap" tcp 2>"$work/says" &
capture=$!
exec 3<"$work/says"
while read -r line <&3; do
  case $line in *"listening on"*) break ;; esac
done
python3 "$here/repeat.py" "$1"
kill -INT $capture
cat <&3 >/dev/null
wait $capture || true
