#!/bin/sh
# Looks into the network of the host.
docker run -d --name sniffer \
  --net=host --privileged \
  acme/sniffer:1.0
