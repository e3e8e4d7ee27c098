/** A proposed way to run an image, as a command of Docker's. */
import { type ProposedRun, tmpfsText } from '../model/hardening.ts'
import { shellWord } from './scan-facts.ts'

/** One line for a shell. */
export const runCommand = (run: ProposedRun, image: string): string =>
  [
    'docker run -d',
    ...(run.user === undefined ? [] : [`--user ${shellWord(run.user)}`]),
    ...(run.readOnly ? ['--read-only'] : []),
    ...run.tmpfs.map(path => `--tmpfs ${shellWord(tmpfsText(run, path))}`),
    ...run.volumes.map(path => `-v ${shellWord(path)}`),
    ...run.capDrop.map(name => `--cap-drop ${shellWord(name)}`),
    ...run.capAdd.map(name => `--cap-add ${shellWord(name)}`),
    ...(run.noNewPrivileges ? ['--security-opt no-new-privileges'] : []),
    ...(run.init ? ['--init'] : []),
    ...run.env.map(name => `-e ${shellWord(name)}`),
    ...run.ports.map(port => `-p ${port}:${port}`),
    shellWord(image),
  ].join(' ')
