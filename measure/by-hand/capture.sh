# Sourced by the scripts beside it: a capture of lo from here on, into $work/capture.pcap; `captured` ends it.
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
captured() {
  kill -INT $capture
  cat <&3 >/dev/null
  wait $capture || true
}
