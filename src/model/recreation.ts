/** How a container that is there gets other settings: no engine edits one, so it is made again. Plain data. */
export type Recreation = {
  readonly container: string
  /** What is different in it, in words. */
  readonly changes: readonly string[]
  /** For a POSIX shell. */
  readonly command: string
  /** What the command cannot say by itself. */
  readonly notes: readonly string[]
}
