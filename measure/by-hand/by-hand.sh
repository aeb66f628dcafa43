#!/bin/sh
# The same story by hand, inside `unshare --net`: capture, server, client, and the capture read as text.
# Every wait is for the event itself, so that nothing here is slower than it has to be.
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
python3 "$here/server.py" | { read -r ready; python3 "$here/client.py"; }
kill -INT $capture
cat <&3 >/dev/null
wait $capture || true
tshark -r "$work/capture.pcap" 2>/dev/null
