import { loadEnvFile, readConfig } from '../src/config.js'
import { argument, runCommand } from './command.js'
import { issueToken } from './issue-token.js'

const secondsPerUnit = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3_600],
  ['d', 86_400],
])

await runCommand('token', async () => {
  loadEnvFile()
  const token = await issueToken(readConfig(process.env), {
    scope: argument('scope') ?? 'transactions:authorize',
    subject: argument('subject') ?? 'developer',
    lifetimeSeconds: parseLifetime(argument('lifetime') ?? '1h'),
  })
  console.log(token)
})

function parseLifetime(text: string): number {
  const [, count, unit = ''] = /^(\d{1,5})([smhd])$/.exec(text) ?? []
  const seconds = Number(count) * (secondsPerUnit.get(unit) ?? Number.NaN)
  if (!(seconds > 0)) throw new Error('lifetime= is a number and one of s m h d, for example lifetime=15m')
  return seconds
}
