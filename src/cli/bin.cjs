#!/usr/bin/env node
/* Written for every Node version: says what is missing instead of failing on syntax. */
'use strict'
var major = parseInt(process.versions.node, 10)
if (major < 24) {
  console.error(
    'Bulkhead needs Node.js 24 or newer, and this is ' +
      process.version +
      '. Get it from https://nodejs.org/, or run: npx -p node@24 -p bulkhead bulkhead',
  )
  process.exit(2)
}
require('node:module').enableCompileCache()
require('./main.cjs')
