import { type Detector, entropy, sampleText } from '../detector.ts'

export default {
  name: 'Password in a connection string',
  why: 'Whoever reads it logs in to the database that the string names.',
  revoke: 'Change the password of that user, and pass the string from outside.',
  link: 'https://learn.microsoft.com/dotnet/framework/data/adonet/connection-string-syntax',
  keywords: ['password=', 'pwd=', 'password =', 'pwd ='],
  pattern:
    /\b(?:server|data source|host|addr|address|network address)[ ]?=[^"'\r\n<>]{1,300}?;[ ]?(?:password|pwd)[ ]?=[ ]?(?<secret>[^;"'\s<>{}$%\\]{6,128})(?=[;"'\s]|$)/gi,
  prefix: /^$/,
  reach: { before: 400, after: 256 },
  isReal: secret =>
    entropy(secret) > 2.5 && /[^A-Za-z_]/.test(secret) && !/pass|pwd|secret|^(?:\*|\.\.\.|your|my)|^x+$/i.test(secret),
  samples: {
    real: () => [
      `{"ConnectionStrings":{"D":"Server=db;Database=a;User Id=sa;Password=${sampleText(12)};"}}`,
      `Data Source=db.corp,1433;Initial Catalog=a;User ID=ann;Pwd=${sampleText(14, undefined, 2)}`,
    ],
    not: () => ['Server=db;Database=a;User Id=sa;Password={password};', 'Server=db;User Id=sa;Password=your_password1;'],
  },
} satisfies Detector
