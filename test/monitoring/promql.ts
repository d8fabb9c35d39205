/** One selector of a query: `name{label="value"}`. */
export type Selector = { readonly name: string; readonly matchers: readonly Matcher[] }
export type Matcher = {
  readonly label: string
  readonly operator: '=' | '!=' | '=~' | '!~'
  readonly value: string
}

/** The parts of a query that read metrics. */
export type QueryParts = {
  readonly selectors: readonly Selector[]
  /** Labels that it groups or joins by. */
  readonly grouping: readonly string[]
}

const labelLists = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right'])
const words = new Set(['and', 'or', 'unless', 'bool', 'offset', 'atan2', 'inf', 'nan', 'Inf', 'NaN'])
const aggregations = new Set([
  ...['sum', 'min', 'max', 'avg', 'count', 'group', 'stddev', 'stdvar'],
  ...['topk', 'bottomk', 'quantile', 'count_values'],
])

const TOKEN = /"(?:[^"\\]|\\.)*"|[a-zA-Z_:][\w:]*|[0-9][\w.]*(?:[eE]-?\d+)?|=~|!~|!=|==|>=|<=|\S/g

/** Takes a query apart as far as needed to find what it reads. promtool checks its validity. */
export function partsOf(query: string): QueryParts {
  const tokens = query.match(TOKEN) ?? []
  const selectors: Selector[] = []
  const grouping: string[] = []
  for (let place = 0; place < tokens.length; place++) {
    const token = tokens[place] ?? ''
    const kind = kindOf(token, tokens[place + 1])
    if (kind === 'OTHER') continue
    const list = between(tokens, place + 1, kind === 'LABELS' ? '(' : '{')
    if (kind === 'LABELS') grouping.push(...list.filter((word) => word !== ','))
    else selectors.push({ name: token, matchers: matchersIn(list) })
    place += list.length === 0 ? 0 : list.length + 2
  }
  return { selectors, grouping }
}

/** LABELS: a list of labels follows. NAME: the name of a metric, which labels may follow. */
function kindOf(token: string, next: string | undefined): 'LABELS' | 'NAME' | 'OTHER' {
  if (token === '{') throw new RangeError('a selector without a name')
  if (labelLists.has(token)) return 'LABELS'
  const isName = /^[a-zA-Z_:]/.test(token) && next !== '(' && !words.has(token) && !aggregations.has(token)
  return isName ? 'NAME' : 'OTHER'
}

const closing: Readonly<Record<string, string>> = { '(': ')', '{': '}' }

/** The tokens inside brackets that open at this place; none without brackets, or with others. */
function between(tokens: readonly string[], place: number, opening: string): readonly string[] {
  if (tokens[place] !== opening) return []
  return tokens.slice(place + 1, tokens.indexOf(closing[opening] ?? '', place))
}

function matchersIn(tokens: readonly string[]): readonly Matcher[] {
  const matchers: Matcher[] = []
  for (let place = 0; place + 2 < tokens.length; place += 4) {
    const [label = '', operator = '', text = ''] = tokens.slice(place, place + 3)
    if (!isOperator(operator)) throw new RangeError(`${operator} is not an operator of a label`)
    matchers.push({ label, operator, value: JSON.parse(text) })
  }
  return matchers
}

function isOperator(text: string): text is Matcher['operator'] {
  return ['=', '!=', '=~', '!~'].includes(text)
}
