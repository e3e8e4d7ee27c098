#!/bin/sh
# users.sh FOLDER: the users, folders and certificates of a distroless image.
set -eu
to=$1
mkdir -p "$to/home/nonroot" "$to/root" "$to/tmp" "$to/etc/ssl/certs"
printf '%s\n' 'root:x:0:0:root:/root:/sbin/nologin' 'nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin' \
  'nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin' >"$to/etc/passwd"
printf '%s\n' 'root:x:0:' 'nobody:x:65534:' 'tty:x:5:' 'staff:x:50:' 'nonroot:x:65532:' >"$to/etc/group"
echo 'hosts: files dns' >"$to/etc/nsswitch.conf"
cp "$to/usr/lib/os-release" "$to/etc/os-release" 2>/dev/null || cp /etc/os-release "$to/etc/os-release"
cp /etc/ssl/certs/ca-certificates.crt "$to/etc/ssl/certs/"
chmod 700 "$to/home/nonroot" "$to/root"
chown 65532:65532 "$to/home/nonroot"
chmod 1777 "$to/tmp"
for folder in bin sbin lib lib64; do
  mkdir -p "$to/usr/$folder"
  ln -sfn "usr/$folder" "$to/$folder"
done
