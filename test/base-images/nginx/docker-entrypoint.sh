#!/bin/sh
# Runs what is in /docker-entrypoint.d before nginx, as the official one.
set -e

if [ "$1" = nginx ] || [ "$1" = nginx-debug ]; then
  for file in /docker-entrypoint.d/*; do
    case "$file" in
      *.envsh)
        # shellcheck disable=SC1090
        [ ! -x "$file" ] || . "$file"
        ;;
      *.sh) [ ! -x "$file" ] || "$file" ;;
    esac
  done
fi

exec "$@"
