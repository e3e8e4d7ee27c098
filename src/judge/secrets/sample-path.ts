/** Folders and names of tests and documentation: what is there was made to be published, most of the time. */
const samples =
  /(?:^|\/)(?:tests?|__tests__|testdata|test-data|fixtures?|examples?|samples?|docs?|documentation|spec|mocks?|demo)\//i

/** Tests that lie beside what they test. */
const testFile = /(?:_test\.go|[._-](?:test|spec)\.[cm]?[jt]sx?|\/test_[^/]+\.py)$/

/** In a repository, whose files everybody who works on it has. */
export const isSamplePath = (path: string): boolean => samples.test(path)

/** Where package managers put what others wrote. */
const downloaded =
  /(?:^|\/)(?:node_modules|bower_components|site-packages|dist-packages|gems|vendor|usr\/(?:local\/)?(?:share|lib|lib64|go)|go\/pkg\/mod|\.cargo\/registry|\.m2\/repository|\.gradle\/caches|\.nuget\/packages|\.pyenv\/versions|conda\/pkgs)\//
/** Somebody else’s, whole. */
const packed = /\.(?:jar|whl|egg|nupkg)$/i
const tests =
  /(?:^|\/)(?:tests?|__tests__|testdata|test-data|__?fixtures?_{0,2}|fixtures?|examples?|samples?|__mocks__|mocks?)\//i
/** `.env`, `.aws/credentials`: programs read those, wherever they are. */
const live = /(?:^|\/)\.[^/]+(?:\/[^/]+)?$/

/**
 * A file of an image that is a sample: in tests and documentation of a package. A folder of somebody’s own may be called so, and what is in it be in use;
 * but what has no mark of an issuer (`isPlain`: passwords above all) is made up in tests and examples, unless a program looks for the file. `inside`: a member of an archive.
 */
export const isSampleFile = (path: string, inside: string | undefined, isPlain: boolean): boolean => {
  const whole = inside === undefined ? path : `${path}/${inside}`
  const from = inside !== undefined && packed.test(path) ? path.length : downloaded.exec(whole)?.index
  if (from !== undefined && (samples.test(whole.slice(from)) || testFile.test(whole))) return true
  return isPlain && tests.test(whole) && !live.test(whole)
}
