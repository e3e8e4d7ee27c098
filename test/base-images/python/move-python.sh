#!/bin/sh
# Moves Debian's Python 3.11 below /usr/local, in /new.
set -eu
to=/new/usr/local
mkdir -p "$to/bin" "$to/lib/python3.11/site-packages" "$to/include/x86_64-linux-gnu" /new/usr/share
cp -a /usr/lib/python3.11/. "$to/lib/python3.11/"
rm -f "$to/lib/python3.11/EXTERNALLY-MANAGED" "$to/lib/python3.11/sitecustomize.py"
cp -a /usr/include/python3.11 "$to/include/"
cp -a /usr/include/x86_64-linux-gnu/python3.11 "$to/include/x86_64-linux-gnu/"
cp -a /usr/bin/python3.11 "$to/bin/"
cp -a /usr/share/python-wheels /new/usr/share/
cd "$to/lib/python3.11"
# Debian's scheme of folders for what the administrator installs is not wanted where nothing is Debian's.
sed -i -e "s/'DEB_PYTHON_INSTALL_LAYOUT', 'posix_local'/'DEB_PYTHON_INSTALL_LAYOUT', 'posix_prefix'/" -e "s/prefix_scheme = 'posix_local'/prefix_scheme = 'posix_prefix'/" sysconfig.py
cp /sitecustomize.py .
find . -name '__pycache__' -prune -exec rm -rf {} +
cd "$to/bin"
ln -s python3.11 python3
ln -s python3.11 python
"$to/bin/python3" -c 'import site, sysconfig; print(site.getsitepackages(), sysconfig.get_paths())'
pip=$(echo /usr/share/python-wheels/pip-*.whl)
PYTHONPATH="$pip" "$to/bin/python3" -m pip install --no-index --no-cache-dir --find-links /usr/share/python-wheels pip setuptools
# The scripts name the program by the path at which they were made.
sed -i '1s#/new/usr/local#/usr/local#' "$to"/bin/pip*
find /new -name '__pycache__' -prune -exec rm -rf {} +
