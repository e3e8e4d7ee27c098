/**
 * A question whose answer is kept with what it is about: the first time it is worked out, afterwards only looked up. The answer stands on the
 * owner itself, under a symbol, which copies and JSON leave out. A WeakMap would do the same, but V8's young-generation collector keeps the
 * entries of an old map alive, so that thousands of short-lived owners pile up until the next full collection.
 */
export const remembered = <Owner extends object, Answer>(work: (owner: Owner) => Answer): ((owner: Owner) => Answer) => {
  const slot: unique symbol = Symbol(work.name)
  return owner => {
    const holder = owner as { [slot]?: Answer }
    if (!(slot in holder)) Object.defineProperty(holder, slot, { value: work(owner) })
    return holder[slot] as Answer
  }
}
