/**
 * What a program needs of the packages that were installed to build it. Names of Debian’s and Ubuntu’s packages (https://packages.debian.org/trixie/), and of
 * Alpine’s (https://pkgs.alpinelinux.org/packages) where they differ.
 */

/** They build, fetch, or are for people: no program loads them at run time. One that starts them by name is found otherwise. */
const onlyBuilding = new Set([
  ...[
    'build-essential',
    'gcc',
    'g++',
    'cpp',
    'make',
    'cmake',
    'ninja-build',
    'autoconf',
    'automake',
    'autotools-dev',
    'libtool',
    'bison',
    'flex',
  ],
  ...[
    'pkg-config',
    'pkgconf',
    'patch',
    'clang',
    'llvm',
    'lld',
    'gdb',
    'strace',
    'nasm',
    'yasm',
    'gettext',
    'dpkg-dev',
    'debhelper',
    'fakeroot',
  ],
  ...[
    'apt-utils',
    'apt-transport-https',
    'software-properties-common',
    'gnupg',
    'gnupg2',
    'gnupg1',
    'dirmngr',
    'lsb-release',
    'devscripts',
  ],
  ...[
    'git',
    'git-lfs',
    'subversion',
    'mercurial',
    'curl',
    'wget',
    'aria2',
    'unzip',
    'zip',
    'xz-utils',
    'bzip2',
    'rsync',
    'openssh-client',
  ],
  ...[
    'vim',
    'vim-tiny',
    'nano',
    'emacs',
    'less',
    'man-db',
    'htop',
    'tree',
    'jq',
    'telnet',
    'netcat-openbsd',
    'netcat-traditional',
    'netcat',
    'traceroute',
    'net-tools',
    'iputils-ping',
    'dnsutils',
    'procps',
  ],
  ...[
    'lsof',
    'tmux',
    'screen',
    'bash-completion',
    'sudo',
    'file',
    'python3',
    'python3-pip',
    'python3-dev',
    'python3-setuptools',
    'python-is-python3',
  ],
  ...[
    'python',
    'python-dev',
    'python-pip',
    'python2',
    'python2-dev',
    'cargo',
    'rustc',
    'golang',
    'golang-go',
    'maven',
    'gradle',
    'ant',
    'nodejs',
    'npm',
    'yarn',
  ],
  ...[
    'build-base',
    'alpine-sdk',
    'musl-dev',
    'linux-headers',
    'libc-dev',
    'libc6-dev',
    'binutils',
    'py3-pip',
    'samurai',
    'go',
    'rust',
    'libc6-compat-dev',
  ],
  ...['protobuf-compiler', 'protoc', 'upx', 'upx-ucl', 'musl-tools', 'patchelf', 'chrpath', 'ccache', 'gfortran', 'swig'],
])

/** What a package of headers leaves behind in a program that was built with it, on Debian 13 and 12. */
const librariesOf: Readonly<Record<string, string>> = {
  'libpq-dev': 'libpq5',
  'libsqlite3-dev': 'libsqlite3-0',
  'libmariadb-dev': 'libmariadb3',
  'libmariadb-dev-compat': 'libmariadb3',
  'default-libmysqlclient-dev': 'libmariadb3',
  'libxml2-dev': 'libxml2',
  'libxslt1-dev': 'libxslt1.1',
  'libxslt-dev': 'libxslt1.1',
  'libyaml-dev': 'libyaml-0-2',
  'libffi-dev': 'libffi8',
  'zlib1g-dev': 'zlib1g',
  'libjpeg62-turbo-dev': 'libjpeg62-turbo',
  'libjpeg-dev': 'libjpeg62-turbo',
  'libpng-dev': 'libpng16-16',
  'libwebp-dev': 'libwebp7',
  'libfreetype6-dev': 'libfreetype6',
  'libfreetype-dev': 'libfreetype6',
  'libldap2-dev': 'libldap-2.5-0',
  'libsasl2-dev': 'libsasl2-2',
  'libcairo2-dev': 'libcairo2',
  'libpango1.0-dev': 'libpango-1.0-0',
  'libgif-dev': 'libgif7',
  'librsvg2-dev': 'librsvg2-2',
  'libzmq3-dev': 'libzmq5',
  'libvips-dev': 'libvips42',
  'libmagickwand-dev': 'libmagickwand-6.q16-6',
  'libgmp-dev': 'libgmp10',
  'libgdbm-dev': 'libgdbm6',
  'libbz2-dev': 'libbz2-1.0',
  'liblzma-dev': 'liblzma5',
  'libcurl4-openssl-dev': 'libcurl4',
  'libcurl4-gnutls-dev': 'libcurl3-gnutls',
  'libonig-dev': 'libonig5',
  'libmemcached-dev': 'libmemcached11',
  'librdkafka-dev': 'librdkafka1',
  'libudev-dev': 'libudev1',
  'libusb-1.0-0-dev': 'libusb-1.0-0',
  'libpcap-dev': 'libpcap0.8',
  'unixodbc-dev': 'unixodbc',
  'libopus-dev': 'libopus0',
  'libsodium-dev': 'libsodium23',
  'libuv1-dev': 'libuv1',
  'libsnappy-dev': 'libsnappy1v5',
  'libkrb5-dev': 'libgssapi-krb5-2',
}
/** Their library’s name has the suite in it (64-bit time in Debian 13): https://wiki.debian.org/ReleaseGoals/64bit-time */
const bySuite: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'libssl-dev': { bullseye: 'libssl1.1', bookworm: 'libssl3', trixie: 'libssl3t64' },
  'libcurl4-openssl-dev': { bullseye: 'libcurl4', bookworm: 'libcurl4', trixie: 'libcurl4t64' },
  'libcurl4-gnutls-dev': { bullseye: 'libcurl3-gnutls', bookworm: 'libcurl3-gnutls', trixie: 'libcurl3t64-gnutls' },
  'libffi-dev': { bullseye: 'libffi7', bookworm: 'libffi8', trixie: 'libffi8' },
  'libldap2-dev': { bullseye: 'libldap-2.4-2', bookworm: 'libldap-2.5-0', trixie: 'libldap2' },
  'libwebp-dev': { bullseye: 'libwebp6', bookworm: 'libwebp7', trixie: 'libwebp7' },
  'libpng-dev': { bullseye: 'libpng16-16', bookworm: 'libpng16-16', trixie: 'libpng16-16t64' },
  'libvips-dev': { bullseye: 'libvips42', bookworm: 'libvips42', trixie: 'libvips42t64' },
  'libpcap-dev': { bullseye: 'libpcap0.8', bookworm: 'libpcap0.8', trixie: 'libpcap0.8t64' },
  'libgdbm-dev': { bullseye: 'libgdbm6', bookworm: 'libgdbm6', trixie: 'libgdbm6t64' },
  'libmagickwand-dev': { bullseye: 'libmagickwand-6.q16-6', bookworm: 'libmagickwand-6.q16-6', trixie: 'libmagickwand-7.q16-10' },
  'libmemcached-dev': { bullseye: 'libmemcached11', bookworm: 'libmemcached11', trixie: 'libmemcached11t64' },
  'libmagic-dev': { bullseye: 'libmagic1', bookworm: 'libmagic1', trixie: 'libmagic1t64' },
  'libxmlsec1-dev': { bullseye: 'libxmlsec1-openssl', bookworm: 'libxmlsec1-openssl' },
  'libzip-dev': { bullseye: 'libzip4', bookworm: 'libzip4', trixie: 'libzip5' },
  'libicu-dev': { bullseye: 'libicu67', bookworm: 'libicu72', trixie: 'libicu76' },
  'libuv1-dev': { bullseye: 'libuv1', bookworm: 'libuv1', trixie: 'libuv1t64' },
}

/** On Alpine the headers’ package mostly has the name of the library’s, and `-dev`. Only those that do not. */
const alpineLibraries: Readonly<Record<string, string>> = {
  'postgresql-dev': 'libpq',
  'libpq-dev': 'libpq',
  'mariadb-dev': 'mariadb-connector-c',
  'mariadb-connector-c-dev': 'mariadb-connector-c',
  'openssl-dev': 'libssl3 libcrypto3',
  'sqlite-dev': 'sqlite-libs',
  'zlib-dev': 'zlib',
  'jpeg-dev': 'libjpeg-turbo',
  'libjpeg-turbo-dev': 'libjpeg-turbo',
  'python3-dev': '',
  'curl-dev': 'libcurl',
  'pcre-dev': 'pcre',
  'cairo-dev': 'cairo',
  'pango-dev': 'pango',
  'giflib-dev': 'giflib',
  'libffi-dev': 'libffi',
  'libxml2-dev': 'libxml2',
  'libxslt-dev': 'libxslt',
  'yaml-dev': 'yaml',
  'freetype-dev': 'freetype',
  'libpng-dev': 'libpng',
  'libwebp-dev': 'libwebp',
  'vips-dev': 'vips',
  'icu-dev': 'icu-libs',
  'oniguruma-dev': 'oniguruma',
  'libzip-dev': 'libzip',
  'gmp-dev': 'gmp',
  'bzip2-dev': 'libbz2',
  'ncurses-dev': 'ncurses-libs',
}

/** The package that brings a program, where it has another name. */
const packagesOfPrograms: Readonly<Record<string, string>> = {
  ps: 'procps',
  top: 'procps',
  free: 'procps',
  convert: 'imagemagick',
  identify: 'imagemagick',
  mogrify: 'imagemagick',
  ssh: 'openssh-client',
  scp: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  nc: 'netcat-openbsd',
  psql: 'postgresql-client',
  pg_dump: 'postgresql-client',
  pg_isready: 'postgresql-client',
  mysql: 'default-mysql-client',
  mysqladmin: 'default-mysql-client',
  mysqldump: 'default-mysql-client',
  'redis-cli': 'redis-tools',
  ping: 'iputils-ping',
  dig: 'dnsutils',
  nslookup: 'dnsutils',
  netstat: 'net-tools',
  ifconfig: 'net-tools',
  ip: 'iproute2',
  gs: 'ghostscript',
  pdftotext: 'poppler-utils',
  pdftoppm: 'poppler-utils',
  soffice: 'libreoffice',
  xz: 'xz-utils',
  envsubst: 'gettext-base',
  pip: 'python3-pip',
  svn: 'subversion',
  hg: 'mercurial',
  gpg: 'gnupg',
  dot: 'graphviz',
}
const sameName = new Set(
  'curl wget git python3 unzip zip ffmpeg openssl jq rsync gosu tini dumb-init supervisord nginx cron make gcc imagemagick file bash lsof socat sqlite3 tesseract-ocr graphviz wkhtmltopdf exiftool'.split(
    ' ',
  ),
)

/** The Debian package that brings a program; undefined where it is not known. */
export const packageOfProgram = (program: string): string | undefined =>
  Object.hasOwn(packagesOfPrograms, program) ? packagesOfPrograms[program] : sameName.has(program) ? program : undefined

/** Programs of a package of another name. */
export const programsOfPackage = (name: string): readonly string[] => [
  name,
  ...Object.entries(packagesOfPrograms).flatMap(([program, of]) => (of === name ? [program] : [])),
]

/** On 64 bits the packages with `t64` provide the name without it, too. */
const anySuite = (named: Readonly<Record<string, string>>): string | undefined => {
  const names = new Set(Object.values(named).map(name => name.replace(/t64(?=$|-)/, '')))
  return names.size === 1 && Object.keys(named).length === 3 ? [...names][0] : undefined
}

export type Distribution = 'debian' | 'alpine'

/**
 * What of an installed package the program needs where it runs: `[]` nothing, names of other packages, or its own name, which is also the answer for those that are
 * not known here. Undefined: headers of a library whose own package is not known.
 */
export const atRunTime = (name: string, on: Distribution, suite: string | undefined): readonly string[] | undefined => {
  if (on === 'alpine') {
    if (Object.hasOwn(alpineLibraries, name)) return alpineLibraries[name]!.split(' ').filter(one => one !== '')
    if (onlyBuilding.has(name)) return []
    return name.endsWith('-dev') || name.endsWith('-headers') ? undefined : [name]
  }
  const named = Object.hasOwn(bySuite, name) ? bySuite[name]! : undefined
  if (named) {
    const library = suite === undefined ? anySuite(named) : Object.hasOwn(named, suite) ? named[suite] : undefined
    return library === undefined ? undefined : [library]
  }
  if (Object.hasOwn(librariesOf, name)) return [librariesOf[name]!]
  if (onlyBuilding.has(name)) return []
  if (/^(?:gcc|g\+\+|clang|llvm|python3\.\d+)-(?:\d[\d.]*|dev)$/.test(name)) return []
  return name.endsWith('-dev') ? undefined : [name]
}
