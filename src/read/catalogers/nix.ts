/**
 * What Nix and NixOS put into an image: `/nix/store/HASH-NAME-VERSION[-OUTPUT]` (https://nix.dev/manual/nix/latest/store/store-path). Images that
 * nixpkgs' dockerTools build have no database of it, so that the folders themselves are the proof.
 */
import { purl } from '../../model/purl.ts'
import type { Cataloger } from '../cataloger.ts'

type Data = { readonly hash: string; readonly name: string; readonly version: string; readonly output: string }

const cataloger: Cataloger<Data> = {
  revision: 1,
  // Only so much of a folder as proves that it is there.
  files: ['nix/store/*/{bin,sbin,lib,libexec,etc}/*', 'nix/store/*/etc/ssl/certs/*', 'nix/store/*/share/zoneinfo/UTC'],
  collect: file => parseStorePath(file.path.split('/')[2]!),
  *assemble(found) {
    const seen = new Set<string>()
    for (const { at, data } of found) {
      const { hash, name, version, output } = data
      if (seen.has(`${hash} ${name}`)) continue
      seen.add(`${hash} ${name}`)
      yield {
        purl: purl({ type: 'nix', name, version, qualifiers: { outputhash: hash, output } }),
        name,
        version,
        ecosystem: 'nix',
        at: [at],
        dependsOn: [],
        licences: [],
      }
    }
  },
}

export default cataloger

/**
 * The version begins at the first dash that no letter follows (https://nix.dev/manual/nix/latest/language/builtins#builtins-parseDrvName); nixpkgs writes
 * the output behind it. Scripts and configuration have no version, and are no packages.
 */
const parseStorePath = (folder: string): Data | undefined => {
  const [, hash = '', whole = ''] = /^([0-9a-z]{32})-(.{1,211})$/.exec(folder) ?? []
  const dash = whole.search(/-\d/)
  if (hash === '' || dash <= 0) return undefined
  const [, version = '', output = ''] =
    /^(.+?)(?:-(bin|debug|dev|devdoc|doc|dist|env|info|lib|libgcc|man|out|static|terminfo))?$/.exec(whole.slice(dash + 1)) ?? []
  return { hash, name: whole.slice(0, dash), version, output }
}
