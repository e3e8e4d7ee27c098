/** https://doc.rust-lang.org/cargo/commands/cargo-update.html */
import { commandsFor, goals, plainVersion, type RemedyUnit } from '../remedy-unit.ts'

/** Up to which part versions are compatible: https://doc.rust-lang.org/cargo/reference/resolver.html#semver-compatibility */
const lineOf = (version: string): string => {
  const [major = '', minor = '', patch = ''] = version.split(/[.+-]/)
  return major !== '0' ? major : minor !== '0' ? `0.${minor}` : `0.0.${patch}`
}

const unit: RemedyUnit = {
  title: 'Rust',
  name: /^[A-Za-z0-9_][\w-]{0,63}$/,
  advise(upgrades, { owner }) {
    const near = upgrades.filter(({ from, to }) => lineOf(from) === lineOf(to) && plainVersion.test(from))
    const far = upgrades.filter(one => !near.includes(one))
    return {
      text: [
        near.length > 0 ? `Upgrade ${goals(near)}.` : '',
        far.length > 0
          ? `${goals(far)}: versions with another interface, which Cargo.toml has to ask for, or newer versions of the crates that need them.`
          : '',
        owner === 'stray' ? 'What others build is theirs to mend: take their newest release.' : '',
      ]
        .filter(text => text !== '')
        .join(' '),
      commands: near.flatMap(({ name, from, to }) => commandsFor('cargo update -p', [`${name}@${from}`], `--precise ${to}`)),
      ...(far.length > 0
        ? {
            snippets: [
              {
                file: 'Cargo.toml',
                text: `[dependencies]\n${[...new Map(far.map(({ name, to }) => [name, `${name} = "${to}"`])).values()].join('\n')}\n`,
              },
            ],
          }
        : {}),
    }
  },
}

export default unit
