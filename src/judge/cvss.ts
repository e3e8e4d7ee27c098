/**
 * Scores of CVSS vectors. 2.0: https://www.first.org/cvss/v2/guide; 3.0: https://www.first.org/cvss/v3.0/specification-document;
 * 3.1: https://www.first.org/cvss/v3.1/specification-document; 4.0: https://www.first.org/cvss/v4.0/specification-document
 */
import type { Severity } from '../model/finding.ts'

export type CvssScore = {
  /** 0 to 10, one decimal. */
  readonly score: number
  readonly severity: Severity
  readonly version: '2.0' | '3.0' | '3.1' | '4.0'
}

/**
 * Of 2.0, 3.0 and 3.1 the base score, whatever else the vector has; of 4.0 the score of the vector as it stands, threat and
 * environment included. The order of the metrics is free. Undefined: not a vector, or one that lacks a base metric, has one twice
 * or one that there is not.
 */
export const cvssScore = (vector: string): CvssScore | undefined => {
  if (vector.length > 400) return undefined
  const trimmed = vector.trim()
  const prefix = /^CVSS:(\d\.\d)\//.exec(trimmed)
  const body = prefix ? trimmed.slice(prefix[0].length) : trimmed
  switch (prefix?.[1]) {
    case '4.0': {
      const metrics = read(body, base4, other4)
      return metrics && banded('4.0', score4(metrics))
    }
    case '3.1':
    case '3.0': {
      const metrics = read(body, base3, other3)
      return metrics && banded(prefix[1], score3(metrics, prefix[1]))
    }
    case '2.0':
    case undefined: {
      // NVD wrote them in brackets for years.
      const metrics = read(body.replace(/^\((.*)\)$/, '$1'), base2, other2)
      return metrics && banded('2.0', score2(metrics))
    }
    default:
      return undefined
  }
}

/** 2.0 knows no bands; NVD gives it three: https://nvd.nist.gov/vuln-metrics/cvss */
const banded = (version: CvssScore['version'], score: number): CvssScore => ({ score, severity: bandOf(version, score), version })

const bandOf = (version: CvssScore['version'], score: number): Severity => {
  if (version === '2.0') return score < 4 ? 'low' : score < 7 ? 'medium' : 'high'
  return score === 0 ? 'info' : score < 4 ? 'low' : score < 7 ? 'medium' : score < 9 ? 'high' : 'critical'
}

type Values = Readonly<Record<string, readonly string[]>>
type Metrics = ReadonlyMap<string, string>

/** `AV:NALP` of a specification's table: single letters, or words between commas. */
const values = (table: string): Values =>
  Object.fromEntries(
    table.split(' ').map(entry => {
      const [name = '', list = ''] = entry.split(':')
      return [name, list.includes(',') ? list.split(',') : [...list]]
    }),
  )

const base2 = values('AV:LAN AC:HML Au:MSN C:NPC I:NPC A:NPC')
const other2 = values(
  'E:U,POC,F,H,ND RL:OF,TF,W,U,ND RC:UC,UR,C,ND CDP:N,L,LM,MH,H,ND TD:N,L,M,H,ND CR:L,M,H,ND IR:L,M,H,ND AR:L,M,H,ND',
)
const base3 = values('AV:NALP AC:LH PR:NLH UI:NR S:UC C:HLN I:HLN A:HLN')
const other3 = values(
  'E:XHFPU RL:XUWTO RC:XCRU CR:XHML IR:XHML AR:XHML MAV:XNALP MAC:XLH MPR:XNLH MUI:XNR MS:XUC MC:XNLH MI:XNLH MA:XNLH',
)
const base4 = values('AV:NALP AC:LH AT:NP PR:NLH UI:NPA VC:HLN VI:HLN VA:HLN SC:HLN SI:HLN SA:HLN')
const other4 = values(
  'E:XAPU CR:XHML IR:XHML AR:XHML MAV:XNALP MAC:XLH MAT:XNP MPR:XNLH MUI:XNPA MVC:XHLN MVI:XHLN MVA:XHLN ' +
    'MSC:XHLN MSI:XSHLN MSA:XSHLN S:XNP AU:XNY R:XAUI V:XDC RE:XLMH U:X,Clear,Green,Amber,Red',
)

const read = (body: string, base: Values, other: Values): Metrics | undefined => {
  const metrics = new Map<string, string>()
  for (const part of body.split('/')) {
    const [name = '', value = '', more] = part.split(':')
    const allowed = Object.hasOwn(base, name) ? base[name] : Object.hasOwn(other, name) ? other[name] : undefined
    if (more !== undefined || !allowed?.includes(value) || metrics.has(name)) return undefined
    metrics.set(name, value)
  }
  return Object.keys(base).every(name => metrics.has(name)) ? metrics : undefined
}

type Weights = Readonly<Record<string, Readonly<Record<string, number>>>>

const weigher =
  (weights: Weights) =>
  (metrics: Metrics, name: string, of: string = name): number =>
    weights[of]![metrics.get(name)!]!

const impact2 = { N: 0, P: 0.275, C: 0.66 }
const weigh2 = weigher({
  AV: { L: 0.395, A: 0.646, N: 1 },
  AC: { H: 0.35, M: 0.61, L: 0.71 },
  Au: { M: 0.45, S: 0.56, N: 0.704 },
  C: impact2,
  I: impact2,
  A: impact2,
})

/** Halves go up; what floating point puts just below a half is one. */
const rounded = (score: number): number => Math.max(0, Math.round(score * 10 + 1e-6)) / 10

const score2 = (metrics: Metrics): number => {
  const weight = (name: string): number => weigh2(metrics, name)
  const impact = 10.41 * (1 - (1 - weight('C')) * (1 - weight('I')) * (1 - weight('A')))
  const exploitability = 20 * weight('AV') * weight('AC') * weight('Au')
  return rounded((0.6 * impact + 0.4 * exploitability - 1.5) * (impact === 0 ? 0 : 1.176))
}

const impact3 = { H: 0.56, L: 0.22, N: 0 }
const weigh3 = weigher({
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  PR: { N: 0.85, L: 0.62, H: 0.27 },
  /** Privileges weigh more where the scope changes. */
  PRC: { N: 0.85, L: 0.68, H: 0.5 },
  UI: { N: 0.85, R: 0.62 },
  C: impact3,
  I: impact3,
  A: impact3,
})

const score3 = (metrics: Metrics, version: '3.0' | '3.1'): number => {
  const isChanged = metrics.get('S') === 'C'
  const weight = (name: string): number => weigh3(metrics, name)
  const sub = 1 - (1 - weight('C')) * (1 - weight('I')) * (1 - weight('A'))
  const impact = isChanged ? 7.52 * (sub - 0.029) - 3.25 * (sub - 0.02) ** 15 : 6.42 * sub
  if (impact <= 0) return 0
  const exploitability = 8.22 * weight('AV') * weight('AC') * weigh3(metrics, 'PR', isChanged ? 'PRC' : 'PR') * weight('UI')
  const sum = (isChanged ? 1.08 : 1) * (impact + exploitability)
  return roundUp[version](Math.min(sum, 10))
}

/** 3.1 defined rounding up anew (appendix A), so that floating point cannot turn 4.0 into 4.1. */
const roundUp = {
  '3.0': (score: number): number => Math.ceil(score * 10) / 10,
  '3.1': (score: number): number => {
    const whole = Math.round(score * 100_000)
    return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10
  },
}

/**
 * Scores of the MacroVectors of 4.0 in tenths (https://github.com/FIRSTdotorg/cvss-v4-calculator). A row for
 * each EQ1, EQ2 and joint level of EQ3 with EQ6; in it EQ4 and EQ5: 0-0, 0-1, 0-2, 1-0, …
 */
const macroScores = `
100 98 95 100 93 91 93 89 81  99 95 92 96 87 81 90 80 68  98 95 90 93 89 81 88 78 69
95 92 84 92 81 65 80 70 48  92 82 72 79 69 50 69 55 27
99 95 92 95 90 84 92 82 72  97 92 85 91 83 71 81 71 53  95 92 85 92 80 70 84 71 50
93 85 73 82 72 59 70 52 30  86 75 52 71 52 29 63 29 17
98 94 91 94 86 77 87 74 63  95 87 81 89 74 64 75 63 49  94 88 76 86 74 59 72 57 52
89 77 67 76 58 50 57 52 25  83 70 54 65 58 26 53 21 13
95 88 76 90 75 61 77 68 52  90 76 70 77 62 53 66 59 30  89 76 62 74 57 47 61 57 24
78 67 58 59 57 23 52 29 16  71 59 30 58 26 15 23 13 6
93 86 75 86 74 56 70 52 40  87 72 58 74 61 34 54 40 22  85 74 62 72 55 46 53 34 19
75 55 51 57 41 19 36 19 8  64 51 20 47 21 11 24 9 4
88 73 60 73 59 41 54 45 20  75 53 50 55 40 20 43 22 11  75 58 40 61 48 20 46 17 8
55 45 21 51 18 9 18 7 2  53 24 14 24 12 5 10 3 1`
  .trim()
  .split(/\s+/)
  .map(Number)

/** EQ1, EQ2, EQ3 with EQ6 (0: 00, 1: 01, 2: 10, 3: 11, 4: 21), EQ4, EQ5. */
type Macro = readonly [number, number, number, number, number]

const macroScore = ([eq1, eq2, eq36, eq4, eq5]: Macro): number => macroScores[(((eq1 * 2 + eq2) * 5 + eq36) * 3 + eq4) * 3 + eq5]!

/** Steps of a metric from its worst value downwards. */
const steps4: Readonly<Record<string, string>> = {
  ...{ AV: 'NALP', PR: 'NLH', UI: 'NPA', AC: 'LH', AT: 'NP', VC: 'HLN', VI: 'HLN', VA: 'HLN' },
  ...{ SC: 'SHLN', SI: 'SHLN', SA: 'SHLN', CR: 'HML', IR: 'HML', AR: 'HML' },
}

type Group = {
  readonly metrics: readonly string[]
  /** For every level: its worst vectors, in the order of `metrics`. */
  readonly worst: readonly (readonly string[])[]
  /** For every level: how many steps it is deep. */
  readonly depth: readonly number[]
}

/** What the specification calls highest severity vectors. EQ5 has one metric, whose distance is none. */
const groups: readonly Group[] = [
  { metrics: ['AV', 'PR', 'UI'], worst: [['NNN'], ['ANN', 'NLN', 'NNP'], ['PNN', 'ALP']], depth: [1, 4, 5] },
  { metrics: ['AC', 'AT'], worst: [['LN'], ['HN', 'LP']], depth: [1, 2] },
  {
    metrics: ['VC', 'VI', 'VA', 'CR', 'IR', 'AR'],
    worst: [
      ['HHHHHH'],
      ['HHLMMH', 'HHHMMM'],
      ['LHHHHH', 'HLHHHH'],
      ['LHLHMH', 'LHHHMM', 'HLHMHM', 'HLLMHH', 'LLHHHM'],
      ['LLLHHH'],
    ],
    depth: [7, 6, 8, 8, 10],
  },
  { metrics: ['SC', 'SI', 'SA'], worst: [['HSS'], ['HHH'], ['LLL']], depth: [6, 5, 4] },
]

/** What one step down in one equivalence class leads to; where two ways lead down from EQ3 with EQ6, both. */
const below: readonly ((level: number) => readonly number[])[] = [
  level => (level < 2 ? [level + 1] : []),
  level => (level < 1 ? [1] : []),
  level => [[1, 2], [3], [3], [4], []][level]!,
  level => (level < 2 ? [level + 1] : []),
  level => (level < 2 ? [level + 1] : []),
]

/** The score of the MacroVector less the mean of how far the vector is on the way to each of the next lower ones. */
const score4 = (metrics: Metrics): number => {
  // An environmental value stands in for the base metric's; what is not defined is the worst case.
  const value = (name: string): string => {
    const modified = metrics.get(`M${name}`)
    if (modified !== undefined && modified !== 'X') return modified
    const own = metrics.get(name)
    return own !== undefined && own !== 'X' ? own : name === 'E' ? 'A' : 'H'
  }
  if (['VC', 'VI', 'VA', 'SC', 'SI', 'SA'].every(name => value(name) === 'N')) return 0
  const macro = macroVector(value)
  const own = macroScore(macro)
  let sum = 0
  let count = 0
  for (const [i, lower] of below.entries()) {
    const next = lower(macro[i]!).map(level => macroScore(macro.with(i, level) as unknown as Macro))
    if (next.length === 0) continue
    count++
    const group = groups[i]
    if (group) sum += ((own - Math.max(...next)) * distance(group, macro[i]!, value)) / group.depth[macro[i]!]!
  }
  return rounded(Math.min(100, own - (count === 0 ? 0 : sum / count)) / 10)
}

/** Steps from the first worst vector of the level that is nowhere better than this one. */
const distance = ({ metrics, worst }: Group, level: number, value: (name: string) => string): number => {
  for (const vector of worst[level]!) {
    const gaps = metrics.map((name, i) => steps4[name]!.indexOf(value(name)) - steps4[name]!.indexOf(vector[i]!))
    if (gaps.every(gap => gap >= 0)) return gaps.reduce((sum, gap) => sum + gap, 0)
  }
  return 0
}

/** The equivalence classes that the specification defines. */
const macroVector = (value: (name: string) => string): Macro => {
  const is = (name: string, wanted: string): boolean => value(name) === wanted
  const free = [is('AV', 'N'), is('PR', 'N'), is('UI', 'N')].filter(Boolean).length
  const eq1 = free === 3 ? 0 : free === 0 || is('AV', 'P') ? 2 : 1
  const eq2 = is('AC', 'L') && is('AT', 'N') ? 0 : 1
  const eq3 = is('VC', 'H') && is('VI', 'H') ? 0 : is('VC', 'H') || is('VI', 'H') || is('VA', 'H') ? 1 : 2
  const eq6 = (['C', 'I', 'A'] as const).some(letter => is(`V${letter}`, 'H') && is(`${letter}R`, 'H')) ? 0 : 1
  const eq4 = is('SI', 'S') || is('SA', 'S') ? 0 : is('SC', 'H') || is('SI', 'H') || is('SA', 'H') ? 1 : 2
  const eq5 = is('E', 'A') ? 0 : is('E', 'P') ? 1 : 2
  return [eq1, eq2, eq3 === 2 ? 4 : eq3 * 2 + eq6, eq4, eq5]
}
