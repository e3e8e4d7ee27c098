/** Which Python distributions bring or compile machine code, by what lock files say. */
import type { Native } from '../../model/project.ts'
import { normalName } from '../python-name.ts'
import { field, isObject, keysOf, listField, type ProjectFolder, textField } from './stack-reader.ts'

/** There is no wheel for Linux: a compiler and the library's headers are needed when it is installed, and the library when it runs. */
const compiled: Readonly<Record<string, string>> = {
  psycopg2: 'libpq',
  mysqlclient: 'libmysqlclient or libmariadb',
  'python-ldap': 'libldap and libsasl2',
  pycairo: 'libcairo',
  pygobject: 'libgirepository',
  pygraphviz: 'graphviz',
  pyodbc: 'unixodbc',
  uwsgi: 'no library of its own',
  pycurl: 'libcurl',
  pysqlcipher3: 'libsqlcipher',
  'python-snappy': 'libsnappy',
  xmlsec: 'libxmlsec1',
  pyaudio: 'portaudio',
  gdal: 'libgdal',
  dbus: 'libdbus',
  'dbus-python': 'libdbus',
  gssapi: 'libkrb5',
  kerberos: 'libkrb5',
  netifaces: 'no library of its own',
  m2crypto: 'OpenSSL',
}

/** Wheels with machine code; for musl not all versions have one. */
const wheels = new Set([
  'aiohttp',
  'argon2-cffi',
  'asyncpg',
  'bcrypt',
  'catboost',
  'cffi',
  'confluent-kafka',
  'cryptography',
  'cx-oracle',
  'duckdb',
  'faiss-cpu',
  'gevent',
  'greenlet',
  'grpcio',
  'h5py',
  'hiredis',
  'httptools',
  'jaxlib',
  'lightgbm',
  'lxml',
  'matplotlib',
  'msgpack',
  'numba',
  'numpy',
  'onnxruntime',
  'opencv-python',
  'opencv-python-headless',
  'oracledb',
  'orjson',
  'pandas',
  'pillow',
  'polars',
  'psutil',
  'psycopg-binary',
  'psycopg2-binary',
  'pyarrow',
  'pydantic-core',
  'pymssql',
  'pynacl',
  'pyyaml',
  'pyzmq',
  'ray',
  'rpds-py',
  'scikit-image',
  'scikit-learn',
  'scipy',
  'shapely',
  'spacy',
  'tensorflow',
  'tiktoken',
  'tokenizers',
  'torch',
  'torchvision',
  'ujson',
  'uvloop',
  'watchfiles',
  'xgboost',
])

export const pythonNative = (
  folder: ProjectFolder,
  lock: string | undefined,
  dependencies: ReadonlySet<string>,
  devDependencies: ReadonlySet<string>,
  askedBy: ReadonlyMap<string, string>,
): readonly Native[] => {
  const found = new Map<string, Native>()
  const add = (name: string, by: string, why: string, isDev = false, libc?: Native['libc']): void => {
    if (!found.has(name)) found.set(name, { name, by, why, ...(libc ? { libc } : {}), ...(isDev ? { isDev: true } : {}) })
  }
  const own = folder.files.find(name => /\.(?:pyx|pxd)$/.test(name))
  if (own !== undefined) add('Cython', folder.pathOf(own)!, 'the program itself has Cython code that is compiled')
  const setup = folder.text('setup.py') ?? ''
  if (/\bext_modules\s{0,8}=|\bcythonize\(/.test(setup))
    add('ext_modules', folder.pathOf('setup.py')!, 'its setup.py compiles code')
  if (
    /\b(?:maturin|setuptools[-_]rust|scikit[-_]build|meson[-_]python|cmake)\b/.test(
      textField({ a: buildRequires(folder) }, 'a') ?? '',
    )
  )
    add('build-system', folder.pathOf('pyproject.toml')!, 'its build system compiles code')
  const by = lock === undefined ? undefined : folder.pathOf(lock)
  const locked = lock === undefined ? new Map<string, readonly string[]>() : filesByPackage(folder, lock)
  if (by !== undefined)
    for (const [name, files] of locked) {
      const isDev = devDependencies.has(name)
      const linux = files.filter(file => file.endsWith('.whl') && /-(?:any|[\w.]*linux[\w.]*)\.whl$/.test(file))
      const isPure = linux.some(file => file.endsWith('-any.whl'))
      if (files.length === 0) {
        if (compiled[name] !== undefined || wheels.has(name)) add(name, by, whyKnown(name), isDev)
      } else if (linux.length === 0) {
        if (compiled[name] !== undefined) add(name, by, whyKnown(name), isDev)
      } else if (isPure) continue
      else if (linux.every(file => !file.includes('musllinux')))
        add(name, by, 'its wheels for Linux need glibc: musl has none', isDev, 'glibc')
      else add(name, by, 'its wheels hold machine code: one for glibc, one for musl', isDev)
    }
  const manifest = ['pyproject.toml', 'Pipfile', 'setup.py', 'setup.cfg'].find(name => folder.has(name))
  for (const [names, isDev] of [
    [dependencies, false],
    [devDependencies, true],
  ] as const)
    for (const name of names) {
      const at = askedBy.get(name) ?? (manifest === undefined ? undefined : folder.pathOf(manifest))
      if (at !== undefined && !locked.has(name) && (compiled[name] !== undefined || wheels.has(name)))
        add(name, at, whyKnown(name), isDev)
    }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

const whyKnown = (name: string): string =>
  compiled[name] === undefined
    ? 'its wheels hold machine code, and not every version has one for musl'
    : `it is compiled when it is installed, and needs ${compiled[name]} to run`

const buildRequires = (folder: ProjectFolder): string =>
  listField(folder.toml('pyproject.toml'), 'build-system', 'requires')
    .filter(one => typeof one === 'string')
    .join(' ')

/** Names of the files of each locked package. Poetry, uv and pdm write lists of files; Pipfile.lock has none. */
const filesByPackage = (folder: ProjectFolder, lock: string): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, readonly string[]>()
  if (lock.endsWith('Pipfile.lock')) {
    const json = folder.json(lock, 'lock')
    for (const section of ['default', 'develop']) for (const name of keysOf(field(json, section))) found.set(normalName(name), [])
    return found
  }
  const toml = folder.toml(lock, 'lock')
  const inMetadata = field(toml, 'metadata', 'files')
  for (const one of [...listField(toml, 'package'), ...listField(toml, 'packages')]) {
    const name = textField(one, 'name')
    if (name === undefined) continue
    const files = [...listField(one, 'files'), ...listField(one, 'wheels'), ...listField(inMetadata, name)].flatMap(file =>
      isObject(file) ? (textField(file, 'file') ?? textField(file, 'name') ?? lastName(textField(file, 'url')) ?? []) : [],
    )
    found.set(normalName(name), files)
  }
  return found
}

const lastName = (url: string | undefined): string | undefined => url?.split(/[?#]/, 1)[0]?.split('/').at(-1)
