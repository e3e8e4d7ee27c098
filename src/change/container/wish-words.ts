/** What to write where, for wishes that no exact edit fulfils. */
import type { Container, Wish } from '../../model/container.ts'

export const wishWords = (wish: Wish, container: Container): string => {
  const where =
    container.form === 'compose'
      ? `the service \`${container.name}\``
      : container.form === 'kubernetes'
        ? `the container \`${container.name}\``
        : 'the command'
  if (wish.do === 'remove') return `take it out of ${where} by hand`
  if (wish.do === 'change')
    return wish.what === 'readOnly'
      ? `make the mount of ${where} read-only by hand`
      : wish.what === 'tmpfs'
        ? `take the options out of ${where} by hand`
        : wish.what === 'propagation' && wish.value === 'rprivate'
          ? `take the propagation out of ${where} by hand`
          : `write \`${wish.value}\` there by hand, in ${where}`
  return `write ${written(wish, container)} by hand, for ${where}`
}

const written = (wish: Extract<Wish, { do: 'set' | 'add' }>, { form }: Container): string => {
  const { field, value } = wish
  const list = Array.isArray(value) ? value.join(', ') : String(value)
  const names: Readonly<Record<typeof field, readonly [compose: string, kubernetes: string, run: string]>> = {
    noNewPrivileges: [
      'security_opt: [no-new-privileges:true]',
      'allowPrivilegeEscalation: false',
      '--security-opt no-new-privileges',
    ],
    readOnlyRoot: ['read_only: true', 'readOnlyRootFilesystem: true', '--read-only'],
    runAsNonRoot: ['user', 'runAsNonRoot: true', '--user'],
    automountToken: ['', 'automountServiceAccountToken: false', ''],
    privileged: ['privileged: false', 'privileged: false', '--privileged=false'],
    seccomp: ['no seccomp option', 'seccompProfile: {type: RuntimeDefault}', 'no --security-opt seccomp'],
    user: [`user: "${list}"`, `runAsUser: ${list}`, `--user ${list}`],
    restart: [`restart: ${list}`, `restartPolicy: ${list}`, `--restart ${list}`],
    pullPolicy: [`pull_policy: ${list}`, `imagePullPolicy: ${list}`, `--pull ${list}`],
    memory: [`mem_limit: ${list}`, `resources: {limits: {memory: ${list}}}`, `--memory ${list}`],
    cpus: [`cpus: ${list}`, `resources: {limits: {cpu: ${list}}}`, `--cpus ${list}`],
    pids: [`pids_limit: ${list}`, 'a limit of processes for its node', `--pids-limit ${list}`],
    capDrop: [`cap_drop: [${list}]`, `capabilities: {drop: [${list}]}`, `--cap-drop ${list}`],
    capAdd: [`cap_add: [${list}]`, `capabilities: {add: [${list}]}`, `--cap-add ${list}`],
    tmpfs: [`tmpfs: [${list}]`, `an emptyDir at ${list}`, `--tmpfs ${list}`],
  }
  const [compose, kubernetes, run] = names[field]
  return `\`${form === 'compose' ? compose : form === 'kubernetes' ? kubernetes : run}\``
}
