#!/bin/sh
# The same story by hand, inside `unshare --net`: capture, server, client, and the capture read as text.
# Every wait is for the event itself, so that nothing here is slower than it has to be.
set -e
. "$(dirname "$0")/capture.sh"
python3 "$here/server.py" | { read -r ready; python3 "$here/client.py"; }
captured
tshark -r "$work/capture.pcap" 2>/dev/null
