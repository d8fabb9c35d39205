import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { cleanBooks } from '../../support/database/verified.js'
import { eventually } from '../../support/eventually.js'
import { databaseOf, useService } from '../../support/processes/service-fixture.js'
import { useTempFolder } from '../../support/temp-folder.js'
import type { Finished } from '../commands/make.js'
import { accountIn, against, atTerminal, benefits, envOf } from './benefits.js'

describe('./benefits and the card rail', () => {
  const fixture = useService()
  const folder = useTempFolder()
  const run = against(fixture)
  const restaurant = ['--account', 'ana', '--mcc', '5812', '--merchant', 'BISTRO']

  before(async () => {
    await run('account', 'open', 'ana')
    await run('credit', '--account', 'ana', '--category', 'MEAL', '--amount', '150.00', '--id', 'load')
    // The challenge's categories know MEAL for 5811 and 5812.
    await run('authorize', ...restaurant, '--amount', '100.00', '--expires-in', '3d', '--id', 'dinner')
  })

  const answerOf = ({ code, stdout, stderr }: Finished) => {
    if (stdout === '') throw new Error(stderr)
    const { reason, ...answer } = JSON.parse(stdout)
    return { exitCode: code, ...answer, reason: String(reason).replace('REASON_', '') }
  }

  it('holds, raises, captures, refunds, and asks for a refund', async () => {
    const original = [...restaurant, '--original', 'dinner']
    const [raised, part, tip, back, asked] = [
      await run(
        ...['increment', '--account', 'ana', '--original', 'dinner', '--amount', '10.00', '--id', 'i1'],
      ),
      await run('capture', ...original, '--amount', '50.00', '--more-to-come', '--id', 'c1'),
      await run('capture', ...original, '--amount', '70.00', '--id', 'c2'),
      await run('refund', ...original, '--amount', '20.00', '--id', 'r1', '--rrn', '000000123456'),
      await run('refund', ...original, '--amount', '200.00', '--request', '--id', 'r2'),
    ].map(answerOf)
    expect(raised).to.include({ exitCode: 0, reason: 'APPROVED', balance: '4000', heldBalance: '11000' })
    expect(part).to.include({ exitCode: 0, reason: 'CAPTURED', capturedAmount: '5000', releasedAmount: '0' })
    expect(tip).to.include({ exitCode: 0, reason: 'CAPTURED_OVER', capturedAmount: '7000', balance: '3000' })
    expect(back).to.include({ exitCode: 0, reason: 'REFUNDED', refundedAmount: '2000', balance: '5000' })
    expect(asked).to.include({ exitCode: 1, reason: 'AMOUNT_OVER_REMAINDER', refundedAmount: '0' })

    const { purchase } = JSON.parse((await run('purchase', 'dinner', '--account', 'ana')).stdout)
    expect(purchase).to.include({
      ...{ state: 'PURCHASE_STATE_CAPTURED', authorizedAmount: '10000', incrementedAmount: '1000' },
      ...{ capturedAmount: '12000', excessAmount: '1000', releasedAmount: '0', refundedAmount: '2000' },
    })
    const ids = purchase.transactions.map(({ transactionId }: { transactionId: string }) => transactionId)
    expect(ids).to.deep.equal(['dinner', 'i1', 'c1', 'c2', 'r1', 'r2'])
  })

  it('books an advice, and lets a credit or a load pay what is owed', async () => {
    await run('account', 'open', 'bia')
    const advice = ['--account', 'bia', '--mcc', '5411', '--amount', '50.00', '--no-fallback', '--id', 'a1']
    const advised = answerOf(await run('advise', ...advice))
    expect(advised).to.include({ exitCode: 0, reason: 'ADVISED', bookedAmount: '5000', owedAmount: '5000' })
    const credit = ['credit', '--account', 'bia', '--category', 'FOOD', '--amount', '20.00']
    const foodOf = async () => {
      const { balance, owed } = accountIn(await run('account', 'show', 'bia')).wallets[0]
      return { balance, owed }
    }
    await run(...credit, '--id', 'l1')
    expect(await foodOf()).to.deep.equal({ balance: '2000', owed: '5000' })
    await run(...credit, '--id', 'l2', '--pays-owed')
    expect(await foodOf()).to.deep.equal({ balance: '2000', owed: '3000' })
    const file = join(folder(), 'load.csv')
    writeFileSync(file, 'transaction_id,account_id,category,amount\nl3,bia,FOOD,40.00\n')
    expect((await run('load', file, '--pays-owed')).code).to.equal(0)
    expect(await foodOf()).to.deep.equal({ balance: '3000', owed: '0' })
  })

  it('reports a reversal that has taken place, whatever it finds', async () => {
    const reversal = ['reverse', '--account', 'ana', '--original', 'r1']
    expect(answerOf(await run(...reversal, '--id', 'v1'))).to.include({ exitCode: 1, code: '07' })
    expect(answerOf(await run(...reversal, '--advice', '--id', 'v2'))).to.include({
      ...{ exitCode: 0, code: '00', reason: 'ORIGINAL_NOT_REVERSIBLE' },
    })
  })

  it('shows and sets the hold policy, and keeps what is left out', async () => {
    const policyOf = async (...args: string[]) =>
      JSON.parse((await run('categories', 'holds', ...args)).stdout).policy
    const tips = { mccs: ['4121', '5812-5814', '7230', '7298'], overPercent: 20 }
    const before = await policyOf()
    expect(before.days).to.equal(7)
    expect(before.rules.map(({ overPercent }: { overPercent: number }) => overPercent)).to.deep.equal([20])
    const rules = '5812-5814 4121 7230, 7298 = 20%; 7011 = 31d'
    expect(await policyOf('--rules', rules)).to.deep.equal({
      days: 7,
      rules: [tips, { mccs: ['7011'], days: 31, overPercent: 0 }],
    })
    expect((await policyOf('--days', '5')).rules).to.have.length(2)
    const { stdout } = await run('categories', 'holds', '--output', 'csv')
    expect(stdout.split('\n').slice(1)).to.deep.equal([
      '4121 5812-5814 7230 7298,5,20',
      '7011,31,0',
      'all others,5,0',
      '',
    ])
    for (const wrong of ['5812', '= 20%', '5812 = 20', '5812 = 20%;', 'x = 1d'])
      expect((await run('categories', 'holds', '--rules', wrong)).code, wrong).to.equal(2)
  })

  it('looks up an expiry by the id that the statement shows', async () => {
    await run('account', 'open', 'eva')
    await run('credit', '--account', 'eva', '--category', 'MEAL', '--amount', '10.00', '--id', 'in')
    const hold = [
      '--account',
      'eva',
      '--mcc',
      '5812',
      '--amount',
      '4.00',
      '--expires-in',
      '1s',
      '--id',
      'gone',
    ]
    expect(answerOf(await run('authorize', ...hold))).to.include({ exitCode: 0, reason: 'APPROVED' })
    const newest = async () =>
      JSON.parse((await run('statement', '--account', 'eva', '--limit', '1')).stdout).transactions[0]
    await eventually('the expiry is booked', async () => (await newest()).kind === 'TRANSACTION_KIND_EXPIRY')
    const expiry = await newest()
    for (const id of [expiry.transactionId, 'expiry gone']) {
      const { stdout } = await run('transaction', id, '--account', 'eva')
      expect(JSON.parse(stdout).transaction).to.deep.equal(expiry)
    }
    const stolen = await run('authorize', ...hold.slice(0, -1), expiry.transactionId)
    expect(stolen.stderr).to.include('transaction_id must be 1 to 128 visible ASCII characters')
    expect(stolen.code).to.equal(2)
  })

  it('shows a hold, a purchase and its entries at a terminal', async () => {
    await run('authorize', ...restaurant, '--amount', '40.00', '--hold', '--id', 'lunch')
    const shown = async (...args: string[]) =>
      (await benefits(args, atTerminal(envOf(fixture()), 100))).stdout
    const account = await shown('account', 'show', 'ana')
    expect(account).to.match(/^MEAL +R\$ 10,00 +R\$ 40,00 /m)
    expect(account).to.match(/^open holds:\n\npurchase +wallet +authorized +captured +still held +until$/m)
    expect(account).to.match(/^lunch +MEAL +R\$ 40,00 +R\$ 0,00 +R\$ 40,00 +20\d\d-/m)
    const purchase = await shown('purchase', 'dinner', '--account', 'ana')
    expect(purchase).to.match(/^purchase dinner: captured, MEAL$/m)
    expect(purchase).to.match(/^authorized +incremented +captured +excess +refunded$/m)
    expect(purchase).to.match(/^ +held -R\$ 50,00, then R\$ 60,00$/m)
    expect(purchase).to.match(/^ +more to come$/m)
    const declined = ['authorize', ...restaurant, '--amount', '900.00', '--id', 'feast']
    await run(...declined)
    expect(await shown('purchase', 'feast', '--account', 'ana')).to.match(
      /^purchase feast: nothing held or spent\n\ndate/,
    )
  })

  it('leave books in which every centavo is explained', () => cleanBooks(databaseOf(fixture())))
})
