/** What Python's packages load of the distribution when they run, and what installs them. Names as PyPI normalises them. */
import { packageRequest } from '../../read/shell/packages.ts'
import { hasOption } from '../../read/shell/queries.ts'
import type { Command } from '../../read/shell/script.ts'
import { atRunTime } from './runtime-packages.ts'

/**
 * The package of the distribution's headers against which each is built, or of the library that it opens by name. The full-size image has all of these; a slim one
 * has none. Their pages on https://pypi.org say so.
 */
const libraries: Readonly<Record<string, readonly string[]>> = {
  psycopg2: ['libpq-dev'],
  psycopg: ['libpq-dev'],
  'psycopg-c': ['libpq-dev'],
  mysqlclient: ['libmariadb-dev'],
  'python-ldap': ['libldap2-dev', 'libsasl2-dev'],
  pycairo: ['libcairo2-dev'],
  cairosvg: ['libcairo2-dev'],
  cairocffi: ['libcairo2-dev'],
  weasyprint: ['libpango1.0-dev', 'libpangoft2-1.0-0'],
  pyodbc: ['unixodbc-dev'],
  pycurl: ['libcurl4-openssl-dev'],
  xmlsec: ['libxmlsec1-dev'],
  gssapi: ['libkrb5-dev'],
  kerberos: ['libkrb5-dev'],
  'python-magic': ['libmagic-dev'],
  wand: ['libmagickwand-dev'],
  lightgbm: ['libgomp1'],
  uwsgi: ['libxml2-dev'],
  'python-snappy': ['libsnappy-dev'],
  netifaces: [],
  m2crypto: ['libssl-dev'],
  dlib: [],
}

/** Which library they load is not known here, or it depends on more than a name. */
const others =
  /^(?:gdal|pygobject|pygraphviz|pysqlcipher3|pyaudio|dbus(?:-python)?|opencv-(?:contrib-)?python|python-vlc|pyqt\d|pyside\d|pyzbar)$/

/** Bring what the other one loads with them. */
const bundled: Readonly<Record<string, readonly string[]>> = { psycopg: ['psycopg-binary'] }

/** https://packaging.python.org/en/latest/specifications/name-normalization/, extras taken off. */
export const normalName = (name: string): string =>
  name
    .replace(/\[.*/, '')
    .toLowerCase()
    .replace(/[-_.]+/g, '-')

/** Packages of Debian or Ubuntu that hold what Python's packages load; `unknown` is one for which that is not known. */
export const librariesOf = (
  names: Iterable<string>,
  suite: string | undefined,
): { readonly packages: readonly string[]; readonly unknown: string | undefined } => {
  const all = new Set([...names].map(normalName))
  const packages = new Set<string>()
  for (const name of all) {
    if (others.test(name)) return { packages: [], unknown: name }
    if (!Object.hasOwn(libraries, name)) continue
    if (Object.hasOwn(bundled, name) && bundled[name]!.some(one => all.has(one))) continue
    for (const one of libraries[name]!) {
      const needed = atRunTime(one, 'debian', suite)
      if (needed === undefined) return { packages: [], unknown: name }
      for (const library of needed) packages.add(library)
    }
  }
  return { packages: [...packages], unknown: undefined }
}

export type PythonInstall = {
  /** What it installs by name; undefined where files say that. */
  readonly names: readonly string[]
  /** Files and folders too, or all that a manifest names. */
  readonly isOfFiles: boolean
}

/** Tools that install or build, and are not loaded by a program. */
const tools = new Set(
  'pip setuptools wheel poetry poetry-core poetry-plugin-export pipenv uv pip-tools build virtualenv hatch hatchling pdm flit cython setuptools-scm maturin'.split(
    ' ',
  ),
)
/** Of them, what a virtual environment has a copy of. */
const inEnvironment = new Set(['pip', 'setuptools', 'wheel', 'cython'])

/** A command that puts Python packages into the interpreter's own folder, or into the environment in force. */
export const pythonInstall = (command: Command): PythonInstall | undefined => {
  const { name, operands } = command
  const verb = operands[0]?.text
  if (name === 'poetry' || name === 'pipenv' || name === 'pdm')
    return verb === 'install' || verb === 'sync' ? { names: [], isOfFiles: true } : undefined
  if (name === 'uv' && verb === 'sync') return { names: [], isOfFiles: true }
  if (
    /^python[\d.]*$/.test(name) &&
    /(?:^|\/)setup\.py$/.test(verb ?? '') &&
    /^(?:install|develop)$/.test(operands[1]?.text ?? '')
  )
    return { names: [], isOfFiles: true }
  const request = packageRequest(command)
  if (!request || (request.manager !== 'pip' && request.manager !== 'uv') || request.action !== 'install') return undefined
  const names = request.packages.flatMap(one => (one.kind === 'name' ? [normalName(one.name)] : []))
  return {
    names,
    isOfFiles:
      request.packages.some(({ kind }) => kind !== 'name') || hasOption(command, '-r', '--requirement', '-e', '--editable'),
  }
}

export const isOnlyTools = ({ names, isOfFiles }: PythonInstall): boolean => !isOfFiles && names.every(name => tools.has(name))

export const isOnlyUpgrade = ({ names, isOfFiles }: PythonInstall): boolean =>
  !isOfFiles && names.every(name => inEnvironment.has(name))
