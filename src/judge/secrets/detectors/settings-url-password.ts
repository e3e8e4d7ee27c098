import { type Detector, sampleText } from '../detector.ts'
import { isVariableSecret } from '../given-value.ts'

export default {
  name: 'Password in the address of a repository',
  why: 'pip, git, conda and others log in with it, and so does whoever reads the file.',
  revoke:
    'Change the password or revoke the token at that repository, and pass the new one by a secret mount while the image is built.',
  link: 'https://pip.pypa.io/en/stable/topics/authentication/',
  keywords: ['://'],
  pattern:
    /\bhttps?:\/\/[^\s:@/?#'"`$<>{}()[\]\\|*]{1,64}:(?<secret>[^\s:@/?#'"`<>{}[\]\\|]{3,256})@(?!(?:[\w-]{1,40}\.){0,3}(?:example|invalid)\b)[A-Za-z0-9[]/dg,
  prefix: /^$/,
  onlyIn:
    /^(?!.*(?:^|\/)(?:node_modules|site-packages|dist-packages|vendor|gems|usr\/share)\/)(?:.*\/)?(?:pip\.(?:conf|ini)|\.?condarc|\.git-credentials|\.gitconfig|\.git\/config|git\/credentials|\.npmrc|\.yarnrc(?:\.yml)?|\.curlrc|\.wgetrc|Pipfile|requirements[\w.-]{0,40}\.txt|uv\.toml|poetry\.toml|pyproject\.toml|sources\.list|[^/]{1,80}\.(?:repo|sources)|sources\.list\.d\/[^/]{1,80})$/,
  filesOnly: 'etc/pip.conf',
  isReal: secret => isVariableSecret('password', secret),
  samples: {
    real: () => [
      '[global]\nindex-url = https://ann:hunter2@pypi.acme.org/simple\n',
      `https://ann:${sampleText(7)}@git.acme.org\n`,
    ],
    not: () => [
      'index-url = https://ann:${PIP_PASSWORD}@pypi.acme.org/simple\n',
      'https://user:password@pypi.acme.org/simple\n',
      'https://ann:hunter2@pypi.example.com/simple\n',
    ],
  },
} satisfies Detector
