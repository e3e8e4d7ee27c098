import { flagNamed, runCommands, stepsNamed } from '../../../judge/dockerfile-queries.ts'
import { expandWord } from '../../../read/dockerfile/read-dockerfile.ts'
import { nameOf } from '../../../read/image/paths.ts'
import { pipelineOf } from '../../../read/shell/queries.ts'
import { transformation } from '../transformation.ts'

/** A checksum that nobody measured would be a lie: what it takes is said, and nothing is changed. */
export default transformation({
  title: 'Verify what is downloaded',
  why: 'A script that is piped into a shell, or a file that ADD takes from an address, is whatever the server sends on that day. Whoever owns the server, its domain or the way to it runs code as root in your build. With a checksum the build takes what you tested, and stops at anything else.',
  level: 'safe',
  safety: 'safe',
  order: 400,
  apply({ dockerfile }) {
    const reasons: string[] = []
    const check: string[] = []
    for (const { command, script, step } of runCommands(dockerfile)) {
      if (!/^(?:curl|wget)$/.test(command.name) || step.stage?.role === 'unused') continue
      const parts = pipelineOf(script, command)
      const after = parts.slice(parts.indexOf(command) + 1)
      const runner = after.find(({ name }) => /^(?:sh|bash|dash|ash|python3?|perl|node|php)$/.test(name))
      if (!runner || after.some(({ name }) => /^(?:gpgv?|sha\d+sum|shasum)$/.test(name))) continue
      const address =
        command.operands.find(({ text }) => /^(?:https?|ftp):\/\/|^[\w.-]+\.\w+\//.test(text))?.text ?? 'the address'
      const file = `/tmp/${fileName(address)}`
      const words = runner.args
        .map(({ raw }) => raw)
        .filter(raw => raw !== '-' && raw !== '-s' && raw !== '-s --' && raw !== '--')
      reasons.push(`\`${command.name} ${address} | ${runner.name}\` runs what nobody checked`)
      check.push(
        `Read ${address} once, and put in place of the pipe: \`${command.name === 'wget' ? `wget -qO ${file} ${address}` : `curl -fsSLo ${file} ${address}`} && echo "SHA256  ${file}" | sha256sum -c - && ${[runner.name, file, ...words].join(' ')} && rm ${file}\`. SHA256 is what \`sha256sum\` gives for the file that you read; better still, install a package`,
      )
    }
    for (const step of stepsNamed(dockerfile, 'ADD')) {
      if (flagNamed(step, 'checksum') || step.stage?.role === 'unused') continue
      for (const word of step.instruction.words.slice(0, -1)) {
        const { value } = expandWord(word, step.before.variables, dockerfile.tree.escape)
        if (!/^(?:https?|ftp):\/\//i.test(value) || /\.git(?:[#?]|$)/i.test(value)) continue
        reasons.push(`ADD takes ${value.slice(0, 120)} as it comes`)
        check.push(
          `\`curl -fsSL ${value.slice(0, 200)} | sha256sum\` gives the checksum of what you tested: \`ADD --checksum=sha256:SHA256 ${value.slice(0, 200)} …\` (BuildKit)`,
        )
      }
    }
    return reasons.length === 0
      ? undefined
      : {
          leftOut: `the checksum of what is downloaded is not known here: ${reasons.slice(0, 5).join('; ')}`,
          check: check.slice(0, 5),
        }
  },
})

const fileName = (address: string): string =>
  nameOf(address.replace(/[?#].*$/, '').replace(/\/+$/, '')).replace(/[^\w.-]/g, '') || 'install.sh'
