/** Reads a sample as what it is: a Compose file, Kubernetes objects, or a command line. What tests of rules on containers start from. */
import type { Container } from '../src/model/container.ts'
import type { Problem } from '../src/model/finding.ts'
import { readComposeProject } from '../src/read/compose/project.ts'
import { findDockerRuns } from '../src/read/docker-run/find-docker-run.ts'
import { looksLikeKubernetes } from '../src/read/kubernetes/looks-like-kubernetes.ts'
import type { Manifests } from '../src/read/kubernetes/manifests.ts'
import { readManifests } from '../src/read/kubernetes/read-manifests.ts'
import { readYaml } from '../src/read/yaml/tree.ts'

export type Sample = {
  readonly form: 'compose' | 'kubernetes' | 'docker-run'
  readonly path: string
  readonly text: string
  readonly containers: readonly Container[]
  readonly manifests: Manifests | undefined
  readonly problems: readonly Problem[]
}

export const readSample = async (text: string): Promise<Sample> => {
  if (/^(?:docker|podman) /.test(text)) {
    const { containers, problems } = findDockerRuns('run.sh', text, 'shell')
    return { form: 'docker-run', path: 'run.sh', text, containers, manifests: undefined, problems }
  }
  if (looksLikeKubernetes(text)) {
    const stream = readYaml('pods.yaml', text)
    const read = readManifests(stream)
    const problems = [...stream.problems, ...read.problems]
    return { form: 'kubernetes', path: 'pods.yaml', text, containers: read.containers, manifests: read.manifests, problems }
  }
  const project = await readComposeProject({
    main: [{ path: 'compose.yaml', text }],
    load: async () => undefined,
    env: () => undefined,
    workingFolder: '/home/ann/shop',
  })
  return {
    form: 'compose',
    path: 'compose.yaml',
    text,
    containers: project.containers,
    manifests: undefined,
    problems: project.problems,
  }
}
