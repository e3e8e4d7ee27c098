#!/bin/sh
set -e

# Options, and words that are no program, are for node: `docker run IMAGE script.js` runs the script.
if [ "${1#-}" != "$1" ] || ! command -v "$1" >/dev/null 2>&1; then
  set -- node "$@"
fi

exec "$@"
