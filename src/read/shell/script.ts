/**
 * Shell commands as rules ask for them: "the apt-get install of this RUN and its flags". Every span is in offsets of the Dockerfile.
 */
import type { Span } from '../../model/text.ts'

/** The shell that will read a script. `posix` covers sh, dash and ash; `other` is not a POSIX shell (PowerShell, cmd, python…). */
export type Dialect = 'posix' | 'bash' | 'other'

/** What stands between a command and the one before it in the same list. */
export type Operator = 'first' | '&&' | '||' | ';' | '&' | '|' | '|&' | '\n'

/**
 * A shell word. `text` has quotes and escapes removed; variable references stay as they were written (`$X`, `${X}`).
 * `literal` is false when it holds an expansion, a command substitution or an unquoted glob.
 */
export type ShellWord = {
  readonly span: Span
  readonly raw: string
  readonly text: string
  readonly literal: boolean
  readonly quoted: boolean
}

export type ShellAssignment = { readonly span: Span; readonly name: string; readonly value: ShellWord | undefined }

/** `operator` is `>`, `>>`, `<`, `<<`, `2>`…; `target` is the file word (absent for a heredoc's own marker). */
export type ShellRedirect = {
  readonly span: Span
  readonly operator: string
  readonly fd: number | undefined
  readonly target: ShellWord | undefined
}

/**
 * One option as written: clustered short options are split (`-fmy` → `-f`, `-m`, `-y`), `--opt=value`, `--opt value`, `-ovalue`, `-o value`
 * are one. `name` has its dashes. `span` covers the word that holds it (and the value's word).
 */
export type ShellOption = {
  readonly name: string
  readonly value: string | undefined
  readonly span: Span
  readonly word: ShellWord
}

export type Command = {
  /** Base name of the program after wrappers (sudo, env, exec, time, command, nice, nohup…) were taken off: `apt-get`. Empty when it is not literal. */
  readonly name: string
  readonly nameWord: ShellWord | undefined
  /** From the first word (wrappers and assignments included) to the last, redirections included. */
  readonly span: Span
  /** Wrappers, outermost first: `sudo`, `env`. Their options are not among the command's. */
  readonly wrappers: readonly { readonly name: string; readonly span: Span }[]
  /** `A=1 cmd`, and those given to `env`. A line of assignments only is a command with an empty name. */
  readonly assignments: readonly ShellAssignment[]
  /** Every word after the name. */
  readonly args: readonly ShellWord[]
  readonly options: readonly ShellOption[]
  /** Words that are neither options nor their values. For `apt-get -y install curl`: `install`, `curl`. */
  readonly operands: readonly ShellWord[]
  readonly redirects: readonly ShellRedirect[]
  /** The first command inside a group, subshell, `if`, `while` or `for` has the operator that stands before that compound: `a | while read x`. */
  readonly operator: Operator
  /** Of the operator before this command; undefined for the first of a list. */
  readonly operatorSpan: Span | undefined
  /** After `!`: its failure is the success of the pipeline. */
  readonly negated: boolean
  /** Commands with the same number are parts of one pipeline, in order; in `a | while b; do c; done` all three are. */
  readonly pipeline: number
  /** Empty: in the script's own list. Others run only sometimes, or elsewhere. */
  readonly context: readonly (
    | 'subshell'
    | 'group'
    | 'substitution'
    | 'condition'
    | 'branch'
    | 'loop'
    | 'function'
    | 'heredoc'
    | 'nested-shell'
  )[]
  /** One number for each entry of `context`: equal numbers at the same place mean the same subshell, branch, substitution… */
  readonly scope: readonly number[]
  /** The index of the top-level statement of the script that holds it. */
  readonly statement: number
}

export type Script = {
  readonly dialect: Dialect
  /** The script text as the shell gets it. */
  readonly text: string
  /** Of the whole script in the Dockerfile. */
  readonly span: Span
  /** In the order in which they are written, those in substitutions, functions and `sh -c '…'` included. */
  readonly commands: readonly Command[]
  /** The program named by a `#!` line of a heredoc: `python3`. */
  readonly interpreter: string | undefined
  /** `set -e`, `set -o pipefail`, or the shell's own flags (SHELL ["bash", "-eo", "pipefail", "-c"]) hold from the start. */
  readonly errexit: boolean
  readonly pipefail: boolean
  readonly errors: readonly { readonly message: string; readonly span: Span }[]
  /** Back from an offset range of `text` to the Dockerfile. */
  spanOf(start: number, end: number): Span
}

/** What `readScript` is given: the text, how its offsets lead to the Dockerfile, and the shell that will run it. */
export type ScriptSource = {
  readonly text: string
  spanOf(start: number, end: number): Span
  readonly span: Span
  /** The SHELL in force, such as `['/bin/sh', '-c']`; for the JSON form of RUN or CMD use `readArgv`. */
  readonly shell: readonly string[]
}
