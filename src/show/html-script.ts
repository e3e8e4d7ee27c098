/**
 * What a page of a report does where scripts run: search, filters, sorting, the other colours. The page is whole without it. The function goes into the page
 * as its own text: it may use nothing from outside of itself but what browsers have.
 */

type Item = {
  hidden: boolean
  value: string
  checked: boolean
  disabled: boolean
  open: boolean
  type: string
  className: string
  textContent: string
  cellIndex: number
  readonly dataset: Record<string, string | undefined>
  readonly children: ArrayLike<Item>
  readonly classList: { add(name: string): void; remove(name: string): void }
  querySelector(selector: string): Item | null
  querySelectorAll(selector: string): Iterable<Item>
  append(...items: readonly Item[]): void
  replaceChildren(...items: readonly Item[]): void
  setAttribute(name: string, value: string): void
  getAttribute(name: string): string | null
  removeAttribute(name: string): void
  addEventListener(type: string, listener: (event: { preventDefault(): void }) => void): void
  scrollIntoView(): void
  focus(): void
}

declare const document: {
  readonly documentElement: Item
  querySelector(selector: string): Item | null
  querySelectorAll(selector: string): Iterable<Item>
  createElement(name: string): Item
}
declare const window: {
  addEventListener(type: string, listener: () => void): void
  matchMedia(query: string): { readonly matches: boolean; addEventListener(type: string, listener: () => void): void }
}

export const pageScript = (): void => {
  const page = 100
  const root = document.documentElement

  const toggle = document.querySelector('#theme')
  if (toggle) {
    const system = window.matchMedia('(prefers-color-scheme: dark)')
    const isDark = (): boolean => (root.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark'
    const name = (): void => {
      toggle.textContent = isDark() ? 'Light colours' : 'Dark colours'
    }
    toggle.hidden = false
    toggle.addEventListener('click', () => {
      root.dataset.theme = isDark() ? 'light' : 'dark'
      name()
    })
    system.addEventListener('change', name)
    name()
  }

  const numbers = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
  const keyOf = (row: Item, column: number): string => {
    const cell = row.children[column]
    return cell ? (cell.dataset.v ?? cell.textContent) : ''
  }
  const makeSortable = (table: Item, changed: (rows: readonly Item[]) => void): void => {
    const body = table.querySelector('tbody')
    if (!body) return
    for (const head of table.querySelectorAll('thead th')) {
      if (head.textContent === '') continue
      const button = document.createElement('button')
      button.type = 'button'
      button.textContent = head.textContent
      head.replaceChildren(button)
      button.addEventListener('click', () => {
        const sign = head.getAttribute('aria-sort') === 'ascending' ? -1 : 1
        for (const other of table.querySelectorAll('thead th')) other.removeAttribute('aria-sort')
        head.setAttribute('aria-sort', sign === 1 ? 'ascending' : 'descending')
        const column = head.cellIndex
        const sorted = [...body.querySelectorAll('tr')]
          .map(row => ({ row, key: keyOf(row, column) }))
          // What is empty stands last, whichever way.
          .sort((a, b) =>
            a.key === '' || b.key === '' ? Number(a.key === '') - Number(b.key === '') : sign * numbers.compare(a.key, b.key),
          )
          .map(({ row }) => row)
        body.replaceChildren(...sorted)
        changed(sorted)
      })
    }
  }

  const table = document.querySelector('#all')
  for (const other of document.querySelectorAll('table[data-sort]'))
    if (other.getAttribute('id') !== 'all') makeSortable(other, () => {})
  const filters = document.querySelector('#filters')
  const status = document.querySelector('#count')
  const more = document.querySelector('#more')
  if (!table || !filters || !status || !more) return

  let rows = [...table.querySelectorAll('tbody tr')]
  let limit = page
  const words = new Map<Item, string>()
  const wordsOf = (row: Item): string => {
    let text = words.get(row)
    if (text === undefined) {
      text = row.textContent.toLowerCase()
      words.set(row, text)
    }
    return text
  }
  const field = (name: string): Item | null => filters.querySelector(`[name=${name}]`)
  const valueOf = (name: string): string => field(name)?.value ?? ''
  const isChecked = (name: string): boolean => field(name)?.checked === true
  const severities = ['critical', 'high', 'medium', 'low', 'info', 'unknown']

  const apply = (): void => {
    const wanted = valueOf('q')
      .toLowerCase()
      .split(/\s+/)
      .filter(word => word !== '')
    const has = (row: Item): boolean => wanted.every(word => wordsOf(row).includes(word))
    const severity = valueOf('severity')
    const owner = valueOf('owner')
    const layer = valueOf('layer')
    const state = valueOf('state')
    const isFixable = isChecked('fixable')
    const isExploited = isChecked('exploited')
    let matching = 0
    let elsewhere = 0
    for (const row of rows) {
      const { s = '', o, l, f, k, a } = row.dataset
      const isWanted =
        (severity === '' || severities.indexOf(s) <= severities.indexOf(severity)) &&
        (severity !== 'unknown' || s === 'unknown') &&
        (owner === '' || o === owner) &&
        (layer === '' || l === layer) &&
        (state === '' || (state === 'aside') === (a !== undefined)) &&
        !(isFixable && f === undefined) &&
        !(isExploited && k === undefined)
      const isFound = has(row)
      if (isFound && isWanted) matching++
      else if (isFound) elsewhere++
      row.hidden = !(isFound && isWanted && matching <= limit)
    }
    const suppressed = wanted.length === 0 ? 0 : [...document.querySelectorAll('#silenced tbody tr')].filter(has).length
    status.textContent = [
      `${matching} of ${rows.length} match${matching > limit ? `, the first ${limit} are shown` : ''}.`,
      wanted.length > 0 && elsewhere > 0 ? `The filters hide ${elsewhere} more with these words.` : '',
      suppressed > 0 ? `${suppressed} more among those that are suppressed.` : '',
    ]
      .filter(text => text !== '')
      .join(' ')
    more.hidden = matching <= limit
  }

  const restart = (): void => {
    limit = page
    apply()
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  filters.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(restart, 120)
  })
  filters.querySelector('#reset')?.addEventListener('click', () => {
    for (const item of filters.querySelectorAll('select,input')) {
      if (item.type === 'checkbox') item.checked = false
      else item.value = item.dataset.first ?? ''
    }
    restart()
  })
  for (const item of filters.querySelectorAll('select')) item.value = item.dataset.first ?? ''
  more.querySelector('button')?.addEventListener('click', () => {
    limit *= 4
    apply()
  })
  makeSortable(table, sorted => {
    rows = [...sorted]
    apply()
  })
  for (const box of document.querySelectorAll('.map a[data-l]'))
    box.addEventListener('click', event => {
      const layer = field('layer')
      if (!layer || ![...layer.querySelectorAll('option')].some(({ value }) => value === box.dataset.l)) return
      event.preventDefault()
      layer.value = box.dataset.l!
      restart()
      document.querySelector('#vulnerabilities')?.scrollIntoView()
      layer.focus()
    })
  // Paper has no buttons.
  let before = limit
  let closed: readonly Item[] = []
  window.addEventListener('beforeprint', () => {
    before = limit
    limit = rows.length
    closed = [...document.querySelectorAll('details:not([open])')]
    for (const one of closed) one.open = true
    apply()
  })
  window.addEventListener('afterprint', () => {
    limit = before
    for (const one of closed) one.open = false
    apply()
  })
  filters.hidden = false
  apply()
  table.classList.remove('waits')
}
