#!/usr/bin/env sh
# The official one also takes in certificates from /certificates when USE_SYSTEM_CA_CERTS is set.
exec "$@"
