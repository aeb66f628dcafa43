#!/bin/sh
# Makes the captures of docs/from-a-capture.md anew, in a network namespace of its own, with trace and counters.
# Needs root, nginx, python3, curl, tcpdump. Run as: unshare --net --mount sh make.sh FOLDER
set -eu
here=$(dirname "$(realpath "$0")")
mkdir -p "$1"
cd "$1"
ip link set lo up
mount -t sysfs none /sys
mount -t tracefs none /sys/kernel/tracing
trace=/sys/kernel/tracing/instances/from-a-capture
mkdir "$trace"
echo 1 > "$trace/events/tcp/tcp_send_reset/enable"

begin() {
    name=$1
    cat /proc/net/snmp /proc/net/netstat > "$name.counters"
    echo > "$trace/trace"
    # 100 bytes of each frame hold every header and little of what was said.
    tcpdump --immediate-mode -U -Z root -i lo -s 100 -w "$name.pcap" 2> "$name.log" &
    capturing=$!
    until grep -qs listening "$name.log"; do sleep 0.1; done
}

end() {
    sleep 1
    kill -INT "$capturing"
    wait "$capturing" || true
    cat /proc/net/snmp /proc/net/netstat >> "$name.counters"
    cat "$trace/trace" > "$name.trace"
}

nginx -p "$PWD" -c "$here/nginx.conf" &
servers=$!
for program in closes-idle answers-late; do
    python3 "$here/$program.py" 2> "$program.log" &
    servers="$servers $!"
done
sleep 1.5
head -c 300000 /dev/zero > upload

begin nginx-444
curl -sS -H 'Expect:' --data-binary @upload http://127.0.0.1:8080/upload || true
end
begin keep-alive
python3 "$here/keeps-alive.py" || true
end
begin curl-gives-up
curl -sS --max-time 1 http://127.0.0.1:8082/ || true
sleep 1.5
end

# shellcheck disable=SC2086
kill $servers
echo 0 > "$trace/events/tcp/tcp_send_reset/enable"
rmdir "$trace"
