/** Folders and names of tests and documentation: what is there was made to be published, most of the time. */
export const isSamplePath = (path: string): boolean =>
  /(?:^|\/)(?:tests?|__tests__|testdata|test-data|fixtures?|examples?|samples?|docs?|documentation|spec|mocks?|demo)\//i.test(
    path,
  )
