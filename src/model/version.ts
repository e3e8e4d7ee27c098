/** The version of Bulkhead; the packaging script puts it into the published package.json too. */
export const version = '0.1.0'
