/** How a page of a report looks: light and dark, on a screen of any width, and on paper. */
import type { Severity } from '../model/finding.ts'

type Palette = {
  readonly ground: string
  readonly panel: string
  readonly ink: string
  readonly soft: string
  readonly rim: string
  readonly link: string
  readonly good: string
  readonly bad: string
  /** Behind a severity's name, and the name itself. `none`: nothing was found there. */
  readonly severity: Readonly<Record<Severity | 'none', readonly [string, string]>>
}

export const palettes: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    ground: '#ffffff',
    panel: '#f6f8fa',
    ink: '#1f2328',
    soft: '#57606a',
    rim: '#d0d7de',
    link: '#0550ae',
    good: '#116329',
    bad: '#a40e26',
    severity: {
      critical: ['#ffc9c5', '#6e0011'],
      high: ['#ffd8b5', '#6b2c00'],
      medium: ['#fcebac', '#543a00'],
      low: ['#d6ecff', '#0a3069'],
      info: ['#e6e9ed', '#3b434b'],
      unknown: ['#e6e0f5', '#43336b'],
      none: ['#e3f1e5', '#14532d'],
    },
  },
  dark: {
    ground: '#0d1117',
    panel: '#161b22',
    ink: '#e6edf3',
    soft: '#9da7b1',
    rim: '#373e47',
    link: '#79b8ff',
    good: '#56d364',
    bad: '#ff9a92',
    severity: {
      critical: ['#7a1219', '#ffe1de'],
      high: ['#6e3206', '#ffe3cc'],
      medium: ['#564300', '#faecb4'],
      low: ['#123a6b', '#d8ebff'],
      info: ['#30363d', '#d5dbe1'],
      unknown: ['#3f3268', '#e7dfff'],
      none: ['#163823', '#c9f2d3'],
    },
  },
}

const variables = ({ severity, ...rest }: Palette): string =>
  [
    ...Object.entries(rest).map(([name, value]) => `--${name}:${value};`),
    ...Object.entries(severity).map(([name, [ground, ink]]) => `--${name}:${ground};--${name}-ink:${ink};`),
  ].join('')

const severityRules = Object.keys(palettes.light.severity)
  .map(
    name =>
      `.s-${name}{background:var(--${name});color:var(--${name}-ink)}.m-${name}>rect,rect.m-${name}{fill:var(--${name})}.m-${name} text{fill:var(--${name}-ink)}`,
  )
  .join('\n')

export const pageStyle = `
:root{color-scheme:light;${variables(palettes.light)}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${variables(palettes.dark)}}}
:root[data-theme=dark]{color-scheme:dark;${variables(palettes.dark)}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem;scroll-behavior:smooth}
body{margin:0 auto;max-width:90rem;padding:0 1.25rem 3rem;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif}
[hidden]{display:none!important}
a{color:var(--link);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.88em}
td,th,code,h1,h3,p,li,caption{unicode-bidi:isolate;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.25;margin:1rem 0 .25rem}
h2{font-size:1.2rem;margin:2.25rem 0 .6rem}
h3{font-size:1rem;margin:0 0 .35rem}
p{margin:.35rem 0 .6rem}
.lead{max-width:60rem}
.soft,caption,footer{color:var(--soft)}
.good{color:var(--good)}.bad{color:var(--bad)}
.skip{position:absolute;left:-100rem}
.skip:focus{left:1rem;top:.5rem;background:var(--ground);padding:.3rem .6rem;z-index:1}
header{display:flex;gap:1rem;align-items:center;justify-content:space-between;padding:.7rem 0;border-bottom:1px solid var(--rim)}
nav{display:flex;flex-wrap:wrap;gap:.25rem 1.1rem}
button,select,input[type=search]{font:inherit;color:inherit;background:var(--panel);border:1px solid var(--soft);border-radius:6px;padding:.3rem .65rem;max-width:100%}
button{cursor:pointer}
.panel{background:var(--panel);border:1px solid var(--rim);border-radius:8px;padding:.8rem 1rem;margin:.7rem 0}
.panel.failed{border-left:6px solid var(--bad)}
.panel.uncovered{border-left:6px solid var(--soft)}
.panel ul{margin:.3rem 0;padding-left:1.2rem}
.cards{display:grid;gap:.8rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,30rem),1fr));align-items:start}
.cards .panel{margin:0}
pre{background:var(--ground);border:1px solid var(--rim);border-radius:6px;padding:.55rem .7rem;margin:.5rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
.tag{display:inline-block;border-radius:4px;padding:0 .45em;font-size:.86em;font-weight:600;white-space:nowrap}
.tags{display:flex;flex-wrap:wrap;gap:.3rem;margin:.4rem 0}
.kev{border:1px solid currentColor;color:var(--bad)}
table{border-collapse:collapse;width:100%;margin:.5rem 0}
caption{text-align:left;padding-bottom:.4rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid var(--rim)}
thead th{white-space:nowrap;border-bottom:2px solid var(--rim)}
th button{font-weight:inherit;border:0;background:none;padding:0;white-space:nowrap}
th button::after{content:" ↕";color:var(--soft)}
th[aria-sort=ascending] button::after{content:" ↑";color:inherit}
th[aria-sort=descending] button::after{content:" ↓";color:inherit}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.counts{width:auto}
.fixed td,.fixed th{white-space:normal}
.vulns{table-layout:fixed}
.vulns th:nth-child(1){width:6.2rem}
.vulns th:nth-child(2){width:auto}
.vulns th:nth-child(3){width:5rem}
.vulns th:nth-child(4){width:15%}
.vulns th:nth-child(5){width:10%}
.vulns th:nth-child(6){width:11%}
.vulns th:nth-child(7){width:17%}
.vulns th:nth-child(8){width:7.2rem}
.vulns small,.layers small,.bases small{display:block;color:var(--soft);font-size:.88em}
.bases small.good,.bases small .good{color:var(--good)}.bases small.bad,.bases small .bad{color:var(--bad)}
.vulns tr.aside td{color:var(--soft)}
.filters{display:flex;flex-wrap:wrap;gap:.6rem 1rem;align-items:end;margin:.6rem 0}
.filters label{display:block}
.filters .check{display:flex;gap:.35rem;align-items:center;padding:.3rem 0}
.filters label>span{display:block;font-size:.86em;color:var(--soft)}
.filters input[type=search]{width:19rem}
summary{cursor:pointer;padding:.25rem 0}
summary h2{display:inline;font-size:1.2rem}
details.section{margin-top:1.6rem}
figure{margin:0}
.scroll{overflow-x:auto}
.map{display:block;width:100%;min-width:46rem;height:auto;max-height:32rem}
.map text{font:600 13px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif;pointer-events:none}
.map .in text{font-weight:400;font-size:11px}
.map rect{stroke:var(--ground);stroke-width:2}
.map .in rect{stroke-width:1}
.map a:focus{outline:none}
.map a:focus-visible>rect:first-child,.map a:hover>rect:first-child{stroke:var(--ink);stroke-width:6}
.map a>rect:first-child{stroke:var(--rim)}
.legend{display:flex;flex-wrap:wrap;gap:.4rem;margin:.5rem 0}
tr:target,tr.hit{outline:2px solid var(--link);outline-offset:-2px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:.5rem 0}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
footer{margin-top:2.5rem;border-top:1px solid var(--rim);padding-top:.7rem}
${severityRules}
@media (scripting:enabled){.waits tbody tr:nth-child(n+101){display:none}}
@media screen and (max-width:60rem){
.vulns,.vulns tbody,.layers,.layers tbody,.bases,.bases tbody{display:block}
.bases{position:relative;overflow:hidden}
.bases thead{display:block;position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.vulns thead,.layers thead{display:block}
.vulns thead tr,.layers thead tr{display:flex;flex-wrap:wrap;gap:.1rem 1rem;border:0;padding:0;margin:0}
.vulns thead th,.layers thead th{width:auto!important;border:0;padding:.1rem 0;font-weight:400}
.vulns caption,.layers caption,.bases caption{display:block}
.vulns tr,.layers tr,.bases tr{display:block;border:1px solid var(--rim);border-radius:8px;padding:.5rem .7rem;margin:.6rem 0}
.vulns td,.layers td,.bases td,.bases tbody th{display:block;border:0;padding:.1rem 0;text-align:left;white-space:normal}
.vulns td:empty,.bases td:empty{display:none}
tbody td.n[data-h]{display:inline-block;margin-right:1rem;text-align:left}
td[data-h]::before{content:attr(data-h) ": ";color:var(--soft)}
.vulns td:nth-child(3)::before{content:"EPSS: ";color:var(--soft)}
.vulns td:nth-child(5)::before{content:"Installed: ";color:var(--soft)}
.vulns td:nth-child(6)::before{content:"Fixed: ";color:var(--soft)}
.vulns td:nth-child(7)::before{content:"From: ";color:var(--soft)}
.vulns td:nth-child(8)::before{content:"Owner: ";color:var(--soft)}
.filters input[type=search]{width:100%}
.filters .wide{width:100%}
}
@media screen and (max-width:30rem){body{padding:0 .8rem 2rem}header{align-items:start}dl{grid-template-columns:1fr}dt{margin-top:.3rem}.counts td,.counts th{padding:.3rem .35rem;font-size:.9em}}
@media screen and (max-width:40rem){.counts,.counts caption,.counts thead,.counts tbody{display:block}.counts tr{display:flex;flex-wrap:wrap}.counts thead td{display:none}.counts tbody th{flex:0 0 100%;border:0;padding-bottom:0}.counts td,.counts thead th{flex:1 1 0}}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}*{transition:none!important;animation:none!important}}
@media print{
:root,:root:not([data-theme=light]),:root[data-theme=dark]{color-scheme:light;${variables(palettes.light)}}
@page{size:A4 landscape;margin:12mm}
body{max-width:none;padding:0;font-size:10pt}
header,.filters,.more,.skip{display:none!important}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
thead{display:table-header-group}
tr,figure{break-inside:avoid}
.cards{display:block}
.cards .panel{margin:.7rem 0}
th button::after{content:none!important}
.map{min-width:0}
h2,h3,caption{break-after:avoid}
a{color:inherit}
}
`
