/** Packages of the operating system: building again installs the newest ones that the release has; lines that upgrade them where nothing installs them anew. */
import type { Snippet } from '../model/remedy.ts'
import { type Advised, type Project, some, type Wanted } from './remedy-unit.ts'

/** Whichever is in the image; micro images have none: https://docs.redhat.com/en/documentation/red_hat_enterprise_linux/9/html/building_running_and_managing_containers/assembly_types-of-container-images_building-running-and-managing-containers */
export const rpmTool = (tools: ReadonlySet<string>): string =>
  ['dnf', 'microdnf', 'dnf5', 'tdnf', 'zypper', 'yum'].find(name => tools.has(name)) ?? 'dnf'

/** Upgrades these packages and nothing else. Undefined: of its package manager nothing is known. */
const upgradeCommand = (ecosystem: string, names: readonly string[], tools: ReadonlySet<string>): string | undefined => {
  const list = [...new Set(names)].join(' ')
  switch (ecosystem) {
    case 'deb':
      return `apt-get update && apt-get install -y --only-upgrade ${list} && rm -rf /var/lib/apt/lists/*`
    case 'apk':
      return `apk upgrade --no-cache ${list}`
    case 'rpm': {
      const tool = rpmTool(tools)
      if (tool === 'zypper') return `zypper --non-interactive update ${list} && zypper clean --all`
      return `${tool} ${tool === 'microdnf' ? 'update' : 'upgrade'} -y ${list} && ${tool} clean all`
    }
    // Arch Linux does not support upgrading some packages only: https://wiki.archlinux.org/title/System_maintenance#Partial_upgrades_are_unsupported
    case 'alpm':
      return 'pacman -Syu --noconfirm'
    default:
      return undefined
  }
}

/** The same as a line of a Dockerfile. */
export const upgradeLine = (...packages: Parameters<typeof upgradeCommand>): Snippet | undefined => {
  const command = upgradeCommand(...packages)
  return command === undefined ? undefined : { file: 'Dockerfile', text: `RUN ${command}\n` }
}

/** Of packages that the image's own steps installed. */
export const rebuild = (
  upgrades: readonly [Wanted, ...Wanted[]],
  { distro, hasBase, isFolder, tools }: Project,
  install: string,
): Advised => {
  const [{ type: ecosystem }] = upgrades
  const names = upgrades.map(({ name }) => name)
  const who = distro === '' ? 'The distribution' : distro
  if (isFolder) {
    const command = upgradeCommand(ecosystem, names, tools)
    return { text: `${who} has newer ${some(names, 8)}.`, commands: command === undefined ? [] : [command] }
  }
  // Of Debian packages, installing again is the way: the steps name them, and a base's own are the base's.
  const line = ecosystem === 'deb' ? undefined : upgradeLine(ecosystem, names, tools)
  return {
    text: `${who} has newer ${some(names, 8)}: building again without the cache lets the ${install} of the Dockerfile take ${names.length === 1 ? 'it' : 'them'}, unless it asks for an old version.${
      line ? ' Where a package is only there since another one needs it, the line upgrades it.' : ''
    }`,
    commands: [hasBase ? 'docker build --no-cache .' : 'docker build --pull --no-cache .'],
    ...(line ? { snippets: [line] } : {}),
  }
}
