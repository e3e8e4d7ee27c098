"""Debian's `site`, which is frozen into its interpreter, looks for dist-packages; the official image has site-packages."""
import site
import sys

if sys.prefix == sys.base_prefix:
    sys.path[:] = [path for path in sys.path if not path.endswith('dist-packages')]
    site.addsitedir(f'{sys.prefix}/lib/python3.11/site-packages')
