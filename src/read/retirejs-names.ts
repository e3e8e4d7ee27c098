/**
 * CVEs of entries of Retire.js that have no identifiers, by the reports that they point at. Made from the list of the Node.js Security Working Group, which has
 * the same reports with their CVEs (https://github.com/nodejs/security-wg/tree/main/vuln/npm), where it says one CVE for the same package.
 */

/** By the number of the advisory: nodesecurity.io/advisories/NUMBER */
const advisories: Readonly<Record<string, string>> = {
  4: 'CVE-2014-7193',
  5: 'CVE-2015-6584',
  8: 'CVE-2014-6393',
  10: 'CVE-2015-5688',
  13: 'CVE-2013-7378',
  15: 'CVE-2015-1840',
  18: 'CVE-2015-7294',
  19: 'CVE-2015-7294',
  20: 'CVE-2013-7381',
  23: 'CVE-2015-8854',
  29: 'CVE-2014-7191',
  31: 'CVE-2015-8855',
  37: 'CVE-2014-7192',
  38: 'CVE-2013-7379',
  39: 'CVE-2015-8857',
  40: 'CVE-2015-4130',
  43: 'CVE-2014-9772',
  46: 'CVE-2015-8315',
  48: 'CVE-2015-8858',
  54: 'CVE-2015-7982',
  56: 'CVE-2015-8859',
  57: 'CVE-2015-8860',
  59: 'CVE-2015-8315',
  61: 'CVE-2015-8861',
  62: 'CVE-2015-8862',
  76: 'CVE-2016-2537',
  77: 'CVE-2016-2515',
  88: 'CVE-2016-1000223',
  93: 'CVE-2015-8851',
  97: 'CVE-2016-3942',
  98: 'CVE-2016-3956',
  107: 'CVE-2008-6681',
  114: 'CVE-2016-1000224',
  122: 'CVE-2016-1000225',
  123: 'CVE-2016-1000226',
  124: 'CVE-2016-1000227',
  125: 'CVE-2016-1000228',
  126: 'CVE-2016-1000229',
  127: 'CVE-2016-7103',
  128: 'CVE-2016-1000230',
  129: 'CVE-2016-1000231',
  130: 'CVE-2016-1000232',
  131: 'CVE-2016-1000233',
  132: 'CVE-2016-1000234',
  133: 'CVE-2016-1000235',
  134: 'CVE-2016-1000236',
  135: 'CVE-2016-1000237',
  136: 'CVE-2016-1000238',
  137: 'CVE-2016-1000239',
  138: 'CVE-2016-1000240',
  139: 'CVE-2016-1000241',
  140: 'CVE-2016-1000242',
  151: 'CVE-2016-7191',
  152: 'CVE-2013-4116',
  153: 'CVE-2014-9682',
  305: 'CVE-2016-1000249',
  313: 'CVE-2017-5954',
}

/** By the number of the report: hackerone.com/reports/NUMBER */
const reports: Readonly<Record<string, string>> = {
  308155: 'CVE-2017-0931',
  308158: 'CVE-2017-0928',
  309367: 'CVE-2018-3773',
  309394: 'CVE-2018-3717',
  309648: 'CVE-2018-3716',
  310439: 'CVE-2018-3728',
  310443: 'CVE-2018-3721',
  310707: 'CVE-2018-3720',
  310708: 'CVE-2018-3722',
  311216: 'CVE-2018-3727',
  311218: 'CVE-2018-3725',
  311236: 'CVE-2018-3719',
  312889: 'CVE-2018-3729',
  312918: 'CVE-2018-3731',
  315760: 'CVE-2018-3732',
  319476: 'CVE-2018-3772',
  319576: 'CVE-2018-3738',
  350418: 'CVE-2018-3784',
  356809: 'CVE-2018-16459',
  362118: 'CVE-2018-1002204',
  380873: 'CVE-2018-16487',
  388936: 'CVE-2018-3786',
  390848: 'CVE-2018-16460',
  390860: 'CVE-2018-16490',
  430291: 'CVE-2018-16489',
  430831: 'CVE-2018-16491',
  473811: 'CVE-2019-5484',
}

/** What Retire.js itself says in its list of scripts in browsers, of the same package in the same words. */
const pages: Readonly<Record<string, string>> = {
  'https://blog.jquery.com/2020/04/10/jquery-3-5-0-released/': 'CVE-2020-11022',
}

/** Undefined: none of the links is known, or they are about several. */
export const cveOfLinks = (links: readonly string[]): string | undefined => {
  const found = new Set(
    links.flatMap(link => {
      const [, site, number] =
        /^https?:\/\/(?:www\.)?(nodesecurity\.io\/advisories|hackerone\.com\/reports)\/(\d{1,9})$/.exec(link) ?? []
      const cve = number === undefined ? pages[link] : (site!.startsWith('node') ? advisories : reports)[number]
      return cve ?? []
    }),
  )
  return found.size === 1 ? [...found][0] : undefined
}
