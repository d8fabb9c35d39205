import { execFile } from 'node:child_process'
import { expect } from 'chai'
import { ensureSchema } from '../../src/storage/schema.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { exampleBooks } from '../support/database/example-books.js'
import { storeBooks } from '../support/database/stored-books.js'
import { WAIT_MS_MAX } from '../support/eventually.js'
import { serviceEnvironment } from '../support/processes/service-fixture.js'

type Ended = { readonly code: unknown; readonly stdout: string; readonly stderr: string }

/** Runs the command to its end, as the Job of Kubernetes does. */
function verify(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['dist/verify.js', ...args],
      { env, timeout: WAIT_MS_MAX },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
    )
  })
}

const summaryIn = ({ stdout }: Ended) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '')

describe('the verify command', () => {
  const database = useDatabase()
  let env: Record<string, string>

  before(async () => {
    await ensureSchema(database())
    await storeBooks(database(), exampleBooks('a'), exampleBooks('b'))
    env = { ...(await serviceEnvironment()), MONGODB_DATABASE: database().databaseName }
  })

  it('verifies the books, and posts unposted entries only on request', async () => {
    const runs = [await verify(env), await verify(env, 'repair'), await verify(env)]
    expect(runs.map(({ code, stderr }) => ({ code, stderr }))).to.deep.equal(
      runs.map(() => ({ code: 0, stderr: '' })),
    )
    const [first, repaired, last] = runs.map(summaryIn)
    expect(first).to.include({ accounts: 2, discrepancies: 0 })
    expect(first.unposted).to.be.above(0)
    expect(repaired).to.include({ accounts: 2, discrepancies: 0 })
    expect(last).to.include({ discrepancies: 0, unposted: 0 })
  })

  it('names each discrepancy, and exits with 1', async () => {
    const accounts = database().collection<{ _id: string }>('accounts')
    await accounts.updateOne({ _id: 'b' }, { $inc: { 'wallets.FOOD': 1n } })
    const ended = await verify(env)
    expect(ended).to.include({ code: 1, stderr: '' })
    expect(summaryIn(ended)).to.include({ accounts: 2, discrepancies: 1 })
    const lines = ended.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.find(({ level }) => level === 'error')).to.include({
      event: 'discrepancy',
      accountId: 'b',
      kind: 'BALANCE_DIFFERS',
    })
  })

  it('rejects unknown arguments, and starts no database', async () => {
    expect([await verify(env, 'repiar'), await verify({})]).to.deep.equal([
      { code: 1, stdout: '', stderr: 'verify: the only argument is repair\n' },
      {
        code: 1,
        stdout: '',
        stderr:
          'verify: configuration: MONGODB_URI is required (for development, make run starts a database)\n',
      },
    ])
  })
})
