#!/bin/sh
# The official one also copies files from /usr/share/maven/ref to the configuration folder.
exec "$@"
