import * as v from 'valibot'
import { advice, imageRule, inConfig } from '../../image-rule.ts'

const options = v.object({
  /** From this age on. */
  days: v.optional(v.pipe(v.number(), v.minValue(0)), 365),
})

const day = 24 * 60 * 60 * 1000

/** Builds that are the same each time give a date of long ago: 1970, or 1980, where ZIP begins. */
const firstImage = Date.parse('2013-01-01')

export default imageRule<v.InferOutput<typeof options>>({
  on: 'image',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'The image was built long ago',
  why: 'An image does not update itself: what it brought is as old as the day it was built, and every vulnerability that was found since is in it. Distributions repair dozens of packages a month, and an image that nobody builds any more has nobody who would notice.',
  examples: [
    { bad: '{ "config": { "created": "2024-01-10T08:00:00Z" } }', good: '{ "config": { "created": "2026-11-01T08:00:00Z" } }' },
    {
      bad: '{ "config": { "created": "2026-10-01T08:00:00Z" } }',
      good: '{ "config": { "created": "1970-01-01T00:00:00Z" } }',
      options: { days: 30 },
    },
  ],
  replaces: ['CIS 4.4', 'check_4_4'],
  options,
  fixes: 'manual',
  *check({ config, today }, { days }) {
    const created = Date.parse(config?.created ?? '')
    if (Number.isNaN(created) || created < firstImage) return
    const age = Math.floor((Date.parse(today) - created) / day)
    if (age <= days) return
    yield {
      at: inConfig('created'),
      message: `the image was built ${age} days ago, on ${new Date(created).toISOString().slice(0, 10)}`,
      fix: advice('Build it anew from a current base image (docker build --pull --no-cache), and do so every week'),
    }
  },
})
