import { hasOption, optionValue } from '../../../read/shell/queries.ts'
import type { Command } from '../../../read/shell/script.ts'
import { mountsOf, runCommands } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'image',
  summary: 'A RUN logs in, and leaves the credentials in its layer',
  why: 'Tools for clouds and registries write what they logged in with to a file in the home folder. It stays in the layer for everyone who has the image, and the command line with its password stays in the history.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nRUN aws configure set aws_secret_access_key $KEY\nUSER nobody\n',
      good: 'FROM alpine:3.20\nRUN --mount=type=secret,id=aws,target=/root/.aws/credentials aws s3 cp s3://b/x /x\nUSER nobody\n',
      byHand: true,
    },
    {
      bad: 'FROM alpine:3.20\nRUN docker login -u ann -p $PASS registry.example.org\n',
      good: 'FROM alpine:3.20\nRUN gcloud config set project x\n',
      byHand: true,
    },
  ],
  replaces: ['DS-0031'],
  links: ['https://docs.docker.com/build/building/secrets/'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const { command, step } of runCommands(
      dockerfile,
      'aws',
      'az',
      'gcloud',
      'doctl',
      'docker',
      'podman',
      'buildah',
      'skopeo',
      'crane',
      'oras',
      'helm',
      'npm',
      'yarn',
      'pnpm',
      'gh',
      'glab',
      'heroku',
      'htpasswd',
      'git',
      'composer',
      'bundle',
      'oc',
      'vault',
      'pip',
      'nuget',
      'dotnet',
    )) {
      const what = logsIn(command)
      // With a secret mount the credential comes from there, and its author knows about the matter.
      if (what === undefined || mountsOf(step).some(({ type }) => type === 'secret')) continue
      yield {
        at: command.span,
        message: `\`${what}\` leaves credentials in this layer`,
        fix: { title: 'Mount the credentials for this one RUN: --mount=type=secret,id=…,target=…', safety: 'manual', edits: [] },
      }
    }
  },
})

/** The words that log in, for the message; undefined for everything else. */
const logsIn = (command: Command): string | undefined => {
  const [first = '', second = '', third = ''] = command.operands.map(({ text }) => text)
  const { name } = command
  switch (name) {
    case 'aws':
      return first === 'configure' &&
        second === 'set' &&
        /^(?:.*\.)?aws_(?:access_key_id|secret_access_key|session_token)$/i.test(third)
        ? `aws configure set ${third}`
        : undefined
    case 'az':
      return (first === 'login' || (first === 'acr' && second === 'login')) &&
        (hasOption(command, '-p', '--password', '--federated-token') || hasOption(command, '--service-principal'))
        ? `az ${first}`
        : undefined
    case 'gcloud':
      return first === 'auth' &&
        /^(?:activate-service-account|login|print-access-token|configure-docker)$/.test(second) &&
        second !== 'configure-docker' &&
        second !== 'print-access-token'
        ? `gcloud auth ${second}`
        : undefined
    case 'doctl':
      return first === 'auth' && second === 'init' ? 'doctl auth init' : undefined
    case 'docker':
    case 'podman':
    case 'buildah':
    case 'skopeo':
    case 'oras':
    case 'oc':
      return first === 'login' ? `${name} login` : undefined
    case 'crane':
      return first === 'auth' && second === 'login' ? 'crane auth login' : undefined
    case 'helm':
      return (first === 'registry' && second === 'login') ||
        (first === 'repo' && second === 'add' && hasOption(command, '--password'))
        ? `helm ${first} ${second}`
        : undefined
    case 'gh':
    case 'glab':
      return first === 'auth' && second === 'login' ? `${name} auth login` : undefined
    case 'heroku':
      return first === 'login' || first === 'auth:login' ? `heroku ${first}` : undefined
    case 'vault':
      return first === 'login' ? 'vault login' : undefined
    case 'npm':
    case 'yarn':
    case 'pnpm':
      return (first === 'config' && second === 'set' && /_authToken|:_password|_auth\b/i.test(third)) ||
        first === 'login' ||
        first === 'adduser'
        ? `${name} ${first}`
        : undefined
    case 'git':
      return first === 'config' &&
        command.operands.some(
          ({ text }) =>
            /:\/\/[^/\s]*[:$][^/\s]*@|^(?:http\..*extraheader|credential\.helper)$/i.test(text) &&
            !/^credential\.helper$/i.test(text),
        )
        ? 'git config'
        : undefined
    case 'composer':
      return first === 'config' && /(?:github-oauth|gitlab-token|http-basic|bearer)\./.test([second, third].join(' '))
        ? 'composer config'
        : undefined
    case 'bundle':
      return first === 'config' &&
        /:[^/\s]+$/.test(command.operands.at(-1)?.text ?? '') &&
        /^(?:set|--global|https?:)/.test(second) &&
        /\.(?:com|org|io|net)/.test(command.operands.map(({ text }) => text).join(' '))
        ? 'bundle config'
        : undefined
    case 'dotnet':
    case 'nuget':
      return optionValue(command, '-p', '--password', '-Password') !== undefined &&
        command.operands.some(({ text }) => text === 'source' || text === 'sources')
        ? `${name} ${first} ${second}`
        : undefined
    default:
      return undefined
  }
}
