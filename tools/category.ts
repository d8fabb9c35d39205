import type { JsonObject } from '@bufbuild/protobuf'
import { loadEnvFile, readConfig } from '../src/config.js'
import { argument, requiredArgument, runCommand } from './command.js'
import { issueToken } from './issue-token.js'
import { print } from './print.js'
import { callService } from './service-client.js'
import { table } from './table.js'

/** The commands about categories: `tsx tools/category.ts <command>`, with its arguments in the environment. */
const name = process.argv[2] ?? ''

const SERVICE = 'benefits.v1.CategoryService'
/** A deletion looks at every account: this is as long as the service looks. */
const DELETE_MS_MAX = 120_000

type Command = {
  readonly method: string
  readonly scope: 'categories:read' | 'categories:write'
  readonly request: () => JsonObject
  /** The answer for a terminal. */
  readonly show: (answer: JsonObject) => string
  readonly durationMsMax?: number
}

const commands: Readonly<Record<string, Command>> = {
  categories: {
    method: 'listCategories',
    scope: 'categories:read',
    request: () => ({ pageSize: 1_000 }),
    show: ({ categories }) => categoryTable(objectsIn(categories)),
  },
  category: {
    method: 'upsertCategory',
    scope: 'categories:write',
    request: () => ({
      category: {
        id: category(),
        displayName: argument('title') ?? '',
        mccs: listed('mccs'),
        order: Number(argument('order') ?? 0),
        free: argument('free') === 'yes',
        creditsClosed: argument('credits') === 'closed',
      },
    }),
    show: (answer) => categoryTable(objectsIn([answer['category']])),
  },
  'drop-category': {
    method: 'deleteCategory',
    scope: 'categories:write',
    request: () => ({ categoryId: category() }),
    show: () => `category ${category()} is gone`,
    durationMsMax: DELETE_MS_MAX,
  },
  'mcc-policy': {
    method: argument('never') === undefined ? 'getMccPolicy' : 'updateMccPolicy',
    scope: argument('never') === undefined ? 'categories:read' : 'categories:write',
    request: () => (argument('never') === undefined ? {} : { policy: { neverPermitted: listed('never') } }),
    show: ({ policy }) => {
      const [{ neverPermitted = [] } = {}] = objectsIn([policy])
      return `never permitted: ${wordsIn(neverPermitted).join(' ') || 'nothing'}`
    },
  },
}

await runCommand(name, async () => {
  const command = commands[name]
  if (!command) throw new Error(`there are the commands ${Object.keys(commands).join(', ')}`)
  const request = command.request()
  loadEnvFile()
  const config = readConfig(process.env)
  const token = await issueToken(config, {
    scope: command.scope,
    subject: `make ${name}`,
    lifetimeSeconds: 60,
  })
  const { method, durationMsMax } = command
  const answer = await callService({
    config,
    token,
    service: SERVICE,
    method,
    request,
    ...(durationMsMax !== undefined && { durationMsMax }),
  })
  print(process.stdout.isTTY ? command.show(answer) : JSON.stringify(answer, null, 2))
})

function category(): string {
  return requiredArgument('category', `make ${name} category=PETS`)
}

/** A list in one argument, with spaces or commas between its items. "none" is the empty list. */
function listed(argumentName: string): string[] {
  const items = (argument(argumentName) ?? '').split(/[\s,]+/).filter((item) => item !== '')
  return items.join() === 'none' ? [] : items
}

function categoryTable(categories: readonly JsonObject[]): string {
  const rows = categories.map(({ id, order = 0, mccs = [], displayName, free, creditsClosed }) => [
    String(id),
    String(order),
    free === true ? 'any that is permitted' : wordsIn(mccs).join(' '),
    creditsClosed === true ? 'closed' : 'open',
    String(displayName),
  ])
  return table(['category', 'order', 'MCCs', 'credits', 'name'], rows)
}

function wordsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

function objectsIn(value: unknown): readonly JsonObject[] {
  const isObject = (item: unknown): item is JsonObject => typeof item === 'object' && item !== null
  return Array.isArray(value) ? value.filter(isObject) : []
}
