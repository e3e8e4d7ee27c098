#!/bin/sh
# unpack.sh FOLDER PACKAGE…: unpacks packages below FOLDER, each with its control file in status.d.
set -eu
to=$1
shift
mkdir -p "$to/var/lib/dpkg/status.d" /debs
cd /debs
for name in "$@"; do
  apt-get download -qq "$name"
  deb=$(ls -- "$name"_*.deb)
  dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$to" --exclude=./usr/share/man --exclude=./usr/share/info --exclude=./usr/share/locale
  { dpkg-deb -f "$deb"; } >"$to/var/lib/dpkg/status.d/$name"
done
# Debian 12 still ships some files below /lib and /bin, which are links in images with a merged /usr.
for folder in bin sbin lib lib64; do
  if [ ! -d "$to/$folder" ] || [ -L "$to/$folder" ]; then continue; fi
  mkdir -p "$to/usr/$folder"
  cp -a "$to/$folder/." "$to/usr/$folder/"
  rm -rf "${to:?}/$folder"
done
