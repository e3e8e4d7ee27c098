/** https://debian.pages.debian.net/distro-info-data/debian.csv */
const releases: ReadonlyMap<string, string> = new Map([
  ['woody', '3.0'],
  ['sarge', '3.1'],
  ['etch', '4.0'],
  ['lenny', '5.0'],
  ['squeeze', '6.0'],
  ['wheezy', '7'],
  ['jessie', '8'],
  ['stretch', '9'],
  ['buster', '10'],
  ['bullseye', '11'],
  ['bookworm', '12'],
  ['trixie', '13'],
  ['forky', '14'],
  ['duke', '15'],
  ['sid', 'sid'],
])

/** `bookworm` → `Debian:12`, `sid` → `Debian:sid`. Undefined: no release of ours (`experimental`). */
export const debianEcosystem = (codename: string): string | undefined => {
  const release = releases.get(codename)
  return release === undefined ? undefined : `Debian:${release}`
}
