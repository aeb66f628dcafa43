#!/bin/sh
# The race by hand, many times, inside `unshare --net`: one capture, one namespace, a loop of socket calls.
# Nothing is diagnosed and no counters are read: this is the least that one would do.
set -e
. "$(dirname "$0")/capture.sh"
python3 "$here/repeat.py" "$1"
captured
