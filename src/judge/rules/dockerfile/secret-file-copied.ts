import { flagNamed, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { secretFileFix } from '../../secret-file-fix.ts'
import { shipsFile } from '../../shipped-file.ts'

/** Files that hold credentials by their nature. `.env.example` and the like are made to be shown. */
const secretFile =
  /(?:^|\/)(?:\.env(?:\.(?:local|prod(?:uction)?|dev(?:elopment)?|staging))?|\.npmrc|\.pypirc|pip\.conf|\.m2\/settings\.xml|\.netrc|_netrc|\.git-credentials|\.dockercfg|\.docker\/config\.json|\.ssh(?:\/.*)?|id_(?:rsa|dsa|ecdsa|ed25519)|\.aws(?:\/.*)?|\.azure(?:\/.*)?|\.config\/gcloud(?:\/.*)?|\.kube(?:\/.*)?|kubeconfig|\.gnupg(?:\/.*)?|\.htpasswd|\.pgpass|\.my\.cnf|\.vault-token|terraform\.tfstate|service[-_]account(?:[-_]key)?\.json|credentials(?:\.json)?|secrets?\.(?:ya?ml|json|env|txt)|[^/]+\.(?:pfx|p12|jks|keystore)|[^/]*(?:private|server|tls|ssl)[^/]*\.key|\.git(?:\/.*)?)$/i

/** What stands beside secrets and is none: public keys, lists of them. */
const publicFile = /(?:^|\/)(?:authorized_keys|known_hosts|[^/]+\.pub)$/
/** Settings of tools that may carry a token, and often do not. */
const perhaps =
  /(?:^|\/)(?:\.npmrc|\.pypirc|pip\.conf|settings\.xml|\.my\.cnf|\.env(?:\.[a-z]+)?|\.docker\/config\.json|kubeconfig)$/
/** Most of these name a mirror only. */
const mirrors = /(?:^|\/)(?:pip\.conf|settings\.xml)$/

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'image',
  summary: 'A file that holds credentials is copied into the image',
  why: 'Everyone who can pull the image can read the file, also when a later step deletes it: the layer keeps it, and what is in it has to be revoked. `.git` brings the whole history, with every secret that was ever committed.',
  examples: [
    {
      bad: 'FROM node:22\nWORKDIR /app\nCOPY .npmrc package.json ./\nRUN npm ci && \\\n    rm .npmrc && \\\n    npm cache clean --force\nUSER node\n',
      good: 'FROM node:22\nWORKDIR /app\nCOPY package.json ./\nRUN --mount=type=secret,id=npmrc,target=/app/.npmrc,required=true npm ci && \\\n    npm cache clean --force\nUSER node\n',
    },
    {
      bad: 'FROM debian:12\nCOPY .netrc /root/.netrc\nRUN git clone https://git.example/app.git /app\nRUN rm /root/.netrc\nUSER nobody\n',
      good: 'FROM debian:12\nRUN --mount=type=secret,id=netrc,target=/root/.netrc,required=true git clone https://git.example/app.git /app\nRUN rm -f /root/.netrc\nUSER nobody\n',
      files: { '.netrc': '', '.dockerignore': 'target' },
    },
    {
      bad: 'FROM alpine:3.20\nADD .ssh/id_rsa /root/.ssh/\nUSER nobody\n',
      good: 'FROM alpine:3.20\nRUN --mount=type=ssh git clone x\nUSER nobody\n',
      byHand: true,
    },
  ],
  replaces: ['DS-0031'],
  links: ['https://docs.docker.com/build/building/secrets/'],
  fixes: 'unsafe',
  *check(dockerfile, _, { context }) {
    for (const step of stepsNamed(dockerfile, 'COPY', 'ADD')) {
      if (flagNamed(step, 'from')) continue
      // Only there it is the file in which Maven looks for passwords: https://maven.apache.org/settings.html
      const toMaven = /(?:^|\/)\.m2(?:\/|$)/.test(step.instruction.words.at(-1)?.raw ?? '')
      for (const word of step.instruction.words.slice(0, -1)) {
        const path = word.raw.replace(/^["']|["']$/g, '').replace(/\/+$/, '')
        if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path) || path.startsWith('<<')) continue
        if (!(secretFile.test(path) || (toMaven && /(?:^|\/)settings\.xml$/.test(path))) || publicFile.test(path)) continue
        const git = /(?:^|\/)\.git(?:\/|$)/.test(path)
        yield {
          at: word.span,
          ...(git ? { severity: 'medium' as const } : mirrors.test(path) ? { severity: 'low' as const } : {}),
          message: git
            ? `\`${path}\` brings the history of the repository into the image`
            : `\`${path}\` ${perhaps.test(path) ? 'may hold' : 'holds'} credentials, and everyone who has the image can read it`,
          ...(shipsFile(dockerfile, step, path) ? { weighs: 'everywhere' as const } : {}),
          fix: secretFileFix(dockerfile, step, word, path, context),
        }
      }
    }
  },
})
