const shebang = /^#![^\n]*\b(?:sh|bash|dash|ash|ksh|mksh|zsh)\b/

/** By its first line: that of a shell which has the grammar of POSIX. */
export const isShellScript = (text: string): boolean => text.startsWith('#!') && shebang.test(text.slice(0, 200))
