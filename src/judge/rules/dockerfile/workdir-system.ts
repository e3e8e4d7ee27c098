import { stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

const systemFolders = [
  '/proc',
  '/sys',
  '/dev',
  '/boot',
  '/bin',
  '/sbin',
  '/usr/bin',
  '/usr/sbin',
  '/lib',
  '/lib64',
  '/usr/lib',
  '/etc',
  '/run',
  '/var/run',
] as const

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  summary: 'WORKDIR is a folder of the system',
  why: 'The working folder is where COPY puts files and where the program writes. In /proc, /sys or /dev it reaches into the kernel; in /bin or /etc whoever may write files of the application can replace programs and settings of the system, and so becomes root.',
  examples: [
    { bad: 'FROM debian:12\nWORKDIR /proc/self\nUSER app\n', good: 'FROM debian:12\nWORKDIR /app\nUSER app\n', byHand: true },
    {
      bad: 'FROM debian:12\nWORKDIR "/usr/bin"\nUSER app\n',
      good: 'FROM debian:12\nWORKDIR /development\nUSER app\n',
      byHand: true,
    },
  ],
  replaces: ['DS-0030', 'DKL-DI-0002'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'WORKDIR')) {
      const { value } = step.after.workdir
      if (step.onbuild || !value?.known || step.after.workdir.at !== step.instruction) continue
      const path = normalise(value.path)
      const folder = systemFolders.find(one => path === one || (path.startsWith(`${one}/`) && isKernel(one)))
      if (folder === undefined) continue
      yield {
        at: step.instruction.argumentSpan,
        // A folder of one's own below /etc or /usr/lib is unusual but harmless; the kernel's file systems never are.
        severity: isKernel(folder) ? 'high' : 'medium',
        message: `\`${path}\` belongs to the system`,
        fix: { title: 'Use a folder of your own, such as /app', safety: 'manual', edits: [] },
      }
    }
  },
})

const isKernel = (folder: string): boolean => folder === '/proc' || folder === '/sys' || folder === '/dev' || folder === '/boot'

/** Without `.`, `..`, doubled and final slashes. */
const normalise = (path: string): string => {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}
