import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { sandboxAccounts } from '../../../cli/sandbox.js'
import { reasons } from '../../../src/domain/reason.js'
import { AccountClient } from '../../support/clients/account-client.js'
import { purchase } from '../../support/clients/client.js'
import { ServiceCalls } from '../../support/clients/service-call.js'
import { eventually } from '../../support/eventually.js'
import { useService } from '../../support/processes/service-fixture.js'
import { against } from '../cli/benefits.js'

const guide = readFileSync('.docs/guide/integrate.md', 'utf8')

/** Reasons that no sandbox gives, as the guide says. */
const outOfReach = ['BALANCE_TOO_LARGE', 'RAIL_NOT_PERMITTED', 'HOLDS_FULL', 'EXPIRED']

/** The rows of the table whose header begins with a title, by the names of their columns. */
function tableUnder(title: string): readonly Readonly<Record<string, string>>[] {
  const lines = guide.split('\n')
  const start = lines.findIndex((line) => line.startsWith(`| ${title} |`))
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'))
  const [header = [], , ...rows] = lines.slice(start, end).map(cellsOf)
  return rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index] ?? ''])))
}

function cellsOf(line: string): readonly string[] {
  return line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim())
}

const purchases = tableUnder('Authorize answers')
const reversals = tableUnder('Reverse answers')
const messages = tableUnder('the card rail answers')

describe('the sandbox', () => {
  const fixture = useService()
  const run = against(fixture)
  let office: AccountClient
  let cardRail: ServiceCalls

  before(async () => {
    office = new AccountClient(fixture().service.grpcAddress)
    cardRail = new ServiceCalls(fixture().service.grpcAddress, 'benefits.v1.CardRailService')
    const { code, stderr } = await run('seed', 'sandbox')
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
    // The service decides by a changed catalog within two seconds.
    await eventually('no wallet pays for a casino', async () => {
      const { reason } = await decide({ account_id: 'sandbox-paying', mcc: '7995' })
      return reason === 'REASON_MCC_NOT_PERMITTED'
    })
    await eventually('the last merchant rule decides', async () => {
      const { reason } = await decide({ account_id: 'sandbox-paying', merchant: 'SANDBOX CASSINO' })
      return reason === 'REASON_MCC_NOT_PERMITTED'
    })
  })
  after(() => {
    office?.close()
    cardRail?.close()
  })

  it('has a row in the guide for each reason', () => {
    const shown = [...purchases, ...reversals, ...messages].map(
      (row) => row['Authorize answers'] ?? row['Reverse answers'] ?? row['the card rail answers'],
    )
    expect([...shown, ...outOfReach]).to.include.members([...reasons, 'TRANSACTION_ID_REUSED'])
  })

  for (const row of purchases) {
    const { 'Authorize answers': reason = '', account_id = '', amount = '', mcc = '', merchant = '' } = row
    const [field = '-', value = ''] = (row['network'] ?? '').split(' ')
    it(`answers a purchase by ${account_id} of ${amount} at ${merchant} with ${reason}, and its repeat, too`, async () => {
      const request = {
        account_id,
        transaction_id: idIn(row, 'transaction_id'),
        amount,
        mcc,
        merchant,
        ...(field !== '-' && { network: { [field]: value } }),
        ...(amount === '0' && { verification: true }),
      }
      if (reason === 'TRANSACTION_ID_REUSED') {
        const { error } = await fixture().client.authorize(purchase(request))
        expect(error?.info?.reason).to.equal(reason)
        return
      }
      const first = await decide(request)
      const repeat = await decide(request)
      expect([first.reason, repeat.reason]).to.deep.equal([`REASON_${reason}`, `REASON_${reason}`])
      expect(repeat.replayed).to.equal(true)
    })
  }

  it('pays with MEAL at a restaurant, whatever the MCC', async () => {
    const request = { account_id: 'sandbox-paying', mcc: '5999', merchant: 'SANDBOX RESTAURANTE' }
    expect((await decide(request)).category).to.equal('MEAL')
  })

  for (const row of reversals) {
    const { 'Reverse answers': reason = '', amount = '-', 'original.amount': described = '-' } = row
    it(`answers a reversal of ${row['original_transaction_id']} with ${reason}`, async () => {
      const original = await originalOf(row)
      const request = {
        account_id: 'sandbox-reversals',
        transaction_id: idIn(row, 'transaction_id'),
        original_transaction_id: original,
        ...(amount !== '-' && { amount }),
        ...(described !== '-' && { original: { amount: described } }),
      }
      if (reason === 'TRANSACTION_ID_REUSED') {
        const [, info] = await office.rejection('Reverse', request)
        expect(info).to.equal(reason)
        return
      }
      expect((await office.ask('Reverse', request)).reason).to.equal(`REASON_${reason}`)
    })
  }

  for (const row of messages) {
    const { 'the card rail answers': reason = '', call = '', amount = '' } = row
    const { original_transaction_id: original = '-' } = row
    it(`answers ${call} of ${amount} for a purchase that is ${original} with ${reason}`, async () => {
      const [field = '-', value = ''] = (row['with'] ?? '').split(' ')
      const request = {
        account_id: 'sandbox-card-rail',
        transaction_id: randomUUID(),
        amount,
        ...(original !== '-' && { original_transaction_id: await purchaseThatIs(original) }),
        ...(call !== 'Increment' && { mcc: '5411' }),
        ...(field !== '-' && { [field]: value === 'true' ? true : value }),
      }
      const answer = await cardRail.call<{ readonly reason: string }>(call, request)
      expect(answer.reason).to.equal(`REASON_${reason}`)
    })
  }

  it('stays unchanged when it is seeded again', async () => {
    const versions = async () => {
      const { accounts } = await office.ask('ListAccounts', { page_size: 100 })
      return accounts.map(({ id, version }) => [id, version])
    }
    const before = await versions()
    expect(before).to.have.length(sandboxAccounts.length)
    expect((await run('seed', 'sandbox')).code).to.equal(0)
    expect(await versions()).to.deep.equal(before)
  })

  it('cannot be combined with a profile', async () => {
    const { code, stderr } = await run('seed', 'sandbox', '--profile', 'brazil')
    expect(code).to.equal(2)
    expect(stderr).to.include('--profile applies to the examples')
  })

  async function decide(request: Parameters<typeof purchase>[0]) {
    return await fixture().client.decide(purchase(request))
  }

  /** Brings a purchase on the account of the card rail into this state, and returns its id. */
  async function purchaseThatIs(state: string): Promise<string> {
    const ids = { account_id: 'sandbox-card-rail', transaction_id: randomUUID() }
    const purchase = { ...ids, amount: state === 'declined' ? '999999999999' : '1000', mcc: '5411' }
    const followUp = { ...ids, transaction_id: randomUUID(), original_transaction_id: ids.transaction_id }
    if (state === 'reversed') await office.ask('Reverse', followUp)
    else if (state === 'held' || state === 'captured') await decide({ ...purchase, hold: {} })
    else if (state !== 'new') await decide(purchase)
    if (state === 'captured') await cardRail.call('Capture', { ...followUp, amount: '1000', mcc: '5411' })
    return ids.transaction_id
  }

  async function originalOf(row: Readonly<Record<string, string>>): Promise<string> {
    if (row['original_transaction_id'] !== 'yours') return idIn(row, 'original_transaction_id')
    const { transaction_id } = await decide({ account_id: 'sandbox-reversals', mcc: '5411' })
    return transaction_id
  }
})

/** The id in a cell, or a new one where the cell says so. */
function idIn(row: Readonly<Record<string, string>>, column: string): string {
  const cell = row[column] ?? ''
  return cell === 'new' ? randomUUID() : cell
}
