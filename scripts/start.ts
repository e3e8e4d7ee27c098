/** npm start -- ARGUMENTS: the program from its sources. What comes with the package is made first where it is needed. */
const [command] = process.argv.slice(2).filter(argument => !argument.startsWith('-'))
if (command === 'scan' || command === 'quick' || command === 'compare' || command === 'db') {
  const { shippedDatabase } = await import('./database.ts')
  await shippedDatabase()
}
await import('../src/cli/run.ts')
