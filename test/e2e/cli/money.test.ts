import { expect } from 'chai'
import { ServiceCalls } from '../../support/clients/service-call.js'
import { eventually } from '../../support/eventually.js'
import { useService } from '../../support/processes/service-fixture.js'
import { accountIn, against, atTerminal, benefits, envOf } from './benefits.js'

describe('./benefits and money', () => {
  const fixture = useService()
  const run = against(fixture)

  const foodOf = async (account: string) =>
    BigInt(accountIn(await run('account', 'show', account)).wallets[0].balance)

  before(async () => {
    await run('account', 'open', 'ana')
    await run('credit', '--account', 'ana', '--category', 'FOOD', '--amount', '1.234,00', '--id', 'load-1')
    const purchase = ['--account', 'ana', '--amount', '20,00', '--mcc', '5411', '--id', 'purchase-1']
    await run('authorize', ...purchase, '--merchant', 'MERCADO BOM')
    for (const [id, mcc] of [
      ['GONE', '0780'],
      ['GONE_LATER', '0781'],
    ] as const)
      await run('categories', 'set', id, '--order', '95', '--mccs', mcc, '--credits', 'closed')
  })

  it('reads exact amounts in reais, and prints centavos in JSON', async () => {
    expect(await foodOf('ana')).to.equal(121_400n)
  })

  for (const [what, args, said] of [
    [
      'a misspelt option',
      ['reverse', '--original', 'purchase-1', '--id', 'r', '--amout', '5.00'],
      '--amount',
    ],
    ['a misspelt limit', ['account', 'limits', 'ana', '--category', 'FOOD', '--dya', '5.00'], '--day'],
    ['a misspelt list', ['categories', 'set', 'PETS', '--order', '80', '--mcc', '0742'], '--mccs'],
    ['a misspelt id', ['credit', '--category', 'FOOD', '--amount', '5', '--idd', 'same'], '--id'],
    [
      'a misspelt option with its value',
      ['reverse', '--original', 'purchase-1', '--id', 'r', '--amout=5.00'],
      '--amount',
    ],
  ] as const) {
    it(`rejects ${what}, suggests the nearest, and changes nothing`, async () => {
      const before = await foodOf('ana')
      const { code, stdout, stderr } = await run(...args)
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' })
      expect(stderr)
        .to.match(/unknown option/)
        .and.include(`Did you mean ${said}?`)
      expect(await foodOf('ana')).to.equal(before)
    })
  }

  for (const [what, args, said] of [
    ['an option of another command', ['--original', 'x'], /unknown option '--original'/],
    ['an option that is given twice', ['--amount', '6'], /'--amount <reais>' .* It is given more than once/],
    ['an empty option', ['--account', ''], /'--account <id>' .* It must not be empty/],
    ['an argument too many', ['extra'], /too many arguments/],
  ] as const) {
    it(`rejects ${what}`, async () => {
      const credit = ['credit', '--category', 'FOOD', '--amount', '5.00', '--id', 'rejected-1']
      const { code, stderr } = await run(...credit, ...args)
      expect(code).to.equal(2)
      expect(stderr).to.match(said)
    })
  }

  it('credits and reverses only with an id, and the same id only once', async () => {
    const credit = ['credit', '--account', 'ana', '--category', 'FOOD', '--amount', '1.00']
    const reversal = ['reverse', '--account', 'ana', '--original', 'purchase-1', '--amount', '5.00']
    for (const command of [credit, reversal]) {
      const { code, stderr } = await run(...command)
      expect(code).to.equal(2)
      expect(stderr).to.include("required option '--id <id>' is missing")
    }
    const before = await foodOf('ana')
    for (const _ of [1, 2]) {
      expect((await run(...credit, '--id', 'same')).code).to.equal(0)
      expect((await run(...reversal, '--id', 'same-reversal')).code).to.equal(0)
    }
    expect(await foodOf('ana')).to.equal(before + 600n)
  })

  for (const amount of ['1.234', '0', '-10.00']) {
    it(`rejects the amount ${amount}`, async () => {
      const { code, stderr } = await run('credit', '--category', 'FOOD', '--id', 'x', '--amount', amount)
      expect(code).to.equal(2)
      expect(stderr).to.include("option '--amount <reais>' argument")
    })
  }

  it('keeps omitted limits, and removes a limit on request', async () => {
    const limits = async (...args: string[]) =>
      accountIn(await run('account', 'limits', 'ana', ...args)).limits
    await limits('--category', 'FOOD', '--day', '100.00', '--month', '900.00', '--purchase', '200.00')
    expect(await limits('--category', 'FOOD', '--day', '5.00')).to.deep.equal({
      purchaseMax: '20000',
      wallets: [{ category: 'FOOD', dayMax: '500', monthMax: '90000' }],
    })
    expect(await limits('--category', 'FOOD', '--month', 'none', '--purchase', 'none')).to.deep.equal({
      wallets: [{ category: 'FOOD', dayMax: '500' }],
    })
    await limits('--category', 'FOOD', '--day', 'none')
    for (const args of [[], ['--category', 'FOOD'], ['--day', '5.00']])
      expect((await run('account', 'limits', 'ana', ...args)).code).to.equal(2)
  })

  it('keeps the omitted properties of a category', async () => {
    const set = async (...args: string[]) => {
      const { stdout } = await run('categories', 'set', 'PETS', ...args)
      const { displayName, order, mccs, creditsClosed, rails, regulated } = JSON.parse(stdout).category
      return { displayName, order, mccs, creditsClosed, rails, regulated }
    }
    const pets = {
      displayName: 'Pets',
      order: 80,
      mccs: ['0742'],
      creditsClosed: false,
      rails: [],
      regulated: false,
    }
    expect(await set('--title', 'Pets', '--order', '80', '--mccs', '0742')).to.deep.equal(pets)
    expect(await set('--credits', 'closed')).to.deep.equal({ ...pets, creditsClosed: true })
    const railed = { ...pets, creditsClosed: true, rails: ['RAIL_VOUCHER', 'RAIL_DEBIT'], regulated: true }
    expect(await set('--rails', 'debit, Voucher', '--regulated', 'yes')).to.deep.equal(railed)
    expect(await set('--credits', 'open')).to.deep.equal({ ...railed, creditsClosed: false })
    expect(await set('--rails', 'none', '--regulated', 'no')).to.deep.equal(pets)
    expect((await run('categories', 'set', 'PETS', '--rails', 'pix')).code).to.equal(2)
    const { code, stderr } = await run('categories', 'set', 'NEW', '--title', 'New')
    expect(code).to.equal(2)
    expect(stderr).to.match(/a new category requires --order and --mccs/)
  })

  it('keeps the list of the MCC policy that is left out', async () => {
    const policy = async (...args: string[]) =>
      JSON.parse((await run('categories', 'policy', ...args)).stdout).policy
    await policy('--never', '7995')
    const both = { neverPermitted: ['7995'], neverPermittedAsReceived: ['5921', '6010-6011'] }
    expect(await policy('--never-as-received', '6010-6011 5921')).to.deep.equal(both)
    expect(await policy()).to.deep.equal(both)
    expect(await policy('--never', 'none')).to.deep.equal({ ...both, neverPermitted: [] })
    expect(await policy('--never-as-received', 'none')).to.deep.equal({
      neverPermitted: [],
      neverPermittedAsReceived: [],
    })
  })

  it('does not use the free balance for a purchase with --no-fallback', async () => {
    await run('credit', '--account', 'ana', '--category', 'CASH', '--amount', '10.00', '--id', 'cash-1')
    const purchase = ['--account', 'ana', '--amount', '10.00', '--mcc', '5999']
    const { stdout } = await run('simulate', ...purchase, '--no-fallback')
    expect(JSON.parse(stdout)).to.deep.include({ wallets: [] })
    const declined = await run('authorize', ...purchase, '--no-fallback', '--id', 'without')
    expect(JSON.parse(declined.stdout)).to.include({ code: '51' })
    const { stdout: entry } = await run('transaction', 'without', '--account', 'ana')
    expect(JSON.parse(entry).transaction).to.include({ fallback: 'FALLBACK_NEVER' })
    expect(JSON.parse((await run('authorize', ...purchase)).stdout)).to.include({ code: '00' })
  })

  it('sends what the card network says, and statements show it', async () => {
    await run('credit', '--account', 'ana', '--category', 'CASH', '--amount', '10.00', '--id', 'cash-2')
    const purchase = ['--account', 'ana', '--amount', '10.00', '--mcc', '5999']
    const foreign = await run('simulate', ...purchase, '--currency', 'USD')
    expect(JSON.parse(foreign.stdout).answer).to.include({ reason: 'REASON_CURRENCY_NOT_SUPPORTED' })
    const network = ['--rail', 'voucher', '--product', 'food_pat', '--merchant-id', 'LOJA 1', '--rrn', '12']
    expect((await run('authorize', ...purchase, ...network, '--id', 'networked')).code).to.equal(0)
    const { stdout } = await run('transaction', 'networked', '--account', 'ana')
    expect(JSON.parse(stdout).transaction.network).to.include({
      rail: 'RAIL_VOUCHER',
      product: 'PRODUCT_FOOD_PAT',
      merchantId: 'LOJA 1',
      rrn: '12',
    })
    const table = await run('transaction', 'networked', '--account', 'ana', '--output', 'table')
    expect(table.stdout).to.match(/rail VOUCHER, product FOOD_PAT, merchant id LOJA 1,\s+rrn 12/)
    const csv = await run('transaction', 'networked', '--account', 'ana', '--output', 'csv')
    expect(csv.stdout).to.match(/,VOUCHER,FOOD_PAT,LOJA 1,/)
  })

  it('verifies an account without an amount, and names the wallet that would pay', async () => {
    const request = ['--account', 'ana', '--mcc', '5411', '--verification']
    const simulated = await run('simulate', ...request, '--output', 'table')
    expect(simulated.stdout).to.include('00 (DE39 00) verified: FOOD would pay')
    const before = await foodOf('ana')
    const { code, stdout } = await run('authorize', ...request, '--id', 'verified')
    expect(code).to.equal(0)
    expect(JSON.parse(stdout)).to.include({
      reason: 'REASON_VERIFIED',
      category: 'FOOD',
      approvedAmount: '0',
    })
    expect(await foodOf('ana')).to.equal(before)
    const table = await run('transaction', 'verified', '--account', 'ana', '--output', 'table')
    expect(table.stdout).to.match(/verification: FOOD would pay/)
    expect((await run('authorize', ...request, '--amount', '1.00')).code).to.equal(2)
    expect((await run('authorize', '--account', 'ana', '--mcc', '5411')).code).to.equal(2)
  })

  it('distinguishes a decline, a wrong command and an unreachable service by exit code', async () => {
    const purchase = ['authorize', '--account', 'ana', '--amount', '9999.00', '--mcc', '5411']
    const declined = await run(...purchase)
    expect(declined.code).to.equal(1)
    expect(JSON.parse(declined.stdout)).to.include({ code: '51', replayed: false, merchantRule: '' })
    expect((await run('account', 'show', 'nobody')).code).to.equal(1)
    const malformed = await run('authorize', '--account', 'a b', '--amount', '1', '--mcc', '58x1')
    expect(malformed.code).to.equal(2)
    expect(malformed.stderr).to.match(/INVALID_ARGUMENT: .*account_id .*mcc /)
    const silent = await run(...purchase, '--server', '127.0.0.1:1')
    expect(silent.code).to.equal(3)
    expect(silent.stderr).to.match(/no service answers on 127\.0\.0\.1:1 .*start one with make run/)
    expect(silent.stderr).to.match(/it is safe to repeat the command with --id [\w-]{36}\n$/)
  })

  it('reports a missing TLS file, and a service without TLS, in plain words', async () => {
    const missing = await run('account', 'list', '--tls-ca', 'nowhere.pem')
    expect(missing).to.deep.include({ code: 2, stderr: 'benefits: file not found: nowhere.pem\n' })
    const plaintext = await run('account', 'list', '--tls')
    expect(plaintext.code).to.equal(3)
    expect(plaintext.stderr).to.include('the server does not use TLS: try --no-tls')
  })

  it('writes CSV with decimal points, or for Excel in regions with decimal commas', async () => {
    const shown = ['account', 'show', 'csv', '--output']
    await run('account', 'open', 'csv')
    await run('credit', '--account', 'csv', '--category', 'FOOD', '--amount', '1234.50', '--id', 'csv-1')
    const [header, food] = (await run(...shown, 'csv')).stdout.split('\n')
    expect(header).to.match(/^account_id,status,category,balance,/)
    expect(food).to.match(/^csv,ACTIVE,FOOD,1234\.50,/)
    const page = await run('account', 'list', '--limit', '1', '--output', 'csv')
    expect(page.stderr).to.match(/^more: \.\/benefits account list --limit 1 --page /)
    const [excelHeader, excelFood] = (await run(...shown, 'excel')).stdout.split('\n')
    expect(excelHeader).to.match(/^\ufeffaccount_id;status;category;balance;/)
    expect(excelFood).to.match(/^csv;ACTIVE;FOOD;1234,50;/)
  })

  it('prints CSV for a deleted category, too', async () => {
    // The service waits ten seconds after a category took credits. A call costs less than a command.
    const calls = new ServiceCalls(fixture().service.grpcAddress, 'benefits.v1.CategoryService')
    await eventually('a category that was closed later is gone', () =>
      calls.call('DeleteCategory', { category_id: 'GONE_LATER' }).then(
        () => true,
        () => false,
      ),
    )
    calls.close()
    const dropped = await eventually('the category is gone', async () => {
      const { code, stdout } = await run('categories', 'drop', 'GONE', '--output', 'csv')
      return code === 1 ? false : stdout
    })
    expect(dropped).to.equal('removed_category\nGONE\n')
  })

  it('says why a token was rejected, and never shows it', async () => {
    const wrong = { ...envOf(fixture()), JWT_SECRET: 'another secret, with far more than 32 bytes' }
    const signedElsewhere = await benefits(['account', 'show', 'ana'], wrong)
    expect(signedElsewhere.code).to.equal(2)
    expect(signedElsewhere.stderr).to.match(
      /the token was signed here with JWT_SECRET, but the service expects another/,
    )
    const given = await run('account', 'show', 'ana', '--token', 'nonsense')
    expect(given.stderr).to.match(/the service does not accept the given token/)
    const inEnvironment = await benefits(['account', 'show', 'ana'], {
      ...envOf(fixture()),
      BENEFITS_TOKEN: 'nonsense',
    })
    expect(inEnvironment.stderr).to.equal(given.stderr)
  })

  it('requires an account id on a database without examples', async () => {
    const { code, stderr } = await run('authorize', '--amount', '1', '--mcc', '5411')
    expect(code).to.equal(2)
    expect(stderr).to.match(/name an account/)
  })

  it('lists accounts, a page at a time', async () => {
    await run('account', 'open', 'bia')
    const { stdout } = await run('account', 'list', '--limit', '1')
    const { accounts, nextPageToken } = JSON.parse(stdout)
    expect(accounts.map(({ id }: { id: string }) => id)).to.deep.equal(['ana'])
    expect(accounts[0].wallets.map(({ balance }: { balance: string }) => balance)).to.include('0')
    const next = await run('account', 'list', '--page', nextPageToken, '--output', 'csv')
    expect(next.stdout).to.match(/^account_id,status,.*\nbia,ACTIVE,0\.00,/)
  })

  it('blocks, unblocks and closes an account', async () => {
    for (const [name, status] of [
      ['block', 'BLOCKED'],
      ['unblock', 'ACTIVE'],
      ['close', 'CLOSED'],
    ] as const) {
      const account = accountIn(await run('account', name, 'bia'))
      expect(account.status).to.equal(`ACCOUNT_STATUS_${status}`)
    }
  })

  it('reports a discrepancy of the books by name and by exit code', async () => {
    const { core, env } = fixture()
    const accounts = core.client.db(env['MONGODB_DATABASE']).collection<{ _id: string }>('accounts')
    const change = async (centavos: bigint) =>
      await accounts.updateOne({ _id: 'ana' }, { $inc: { 'wallets.FOOD': centavos } })
    expect((await run('verify')).code).to.equal(0)
    await change(1n)
    const { code, stdout } = await run('verify')
    expect(code).to.equal(1)
    expect(JSON.parse(stdout).found).to.have.length(1)
    expect(JSON.parse(stdout).found[0]).to.include({ accountId: 'ana' })
    await change(-1n)
  })

  describe('at a terminal of 80 columns', () => {
    const shown = async (...args: string[]) => {
      const { stdout } = await benefits(args, atTerminal(envOf(fixture()), 80))
      const lines = stdout.split('\n')
      expect(Math.max(...lines.map((line) => line.length))).to.be.at.most(80)
      return stdout
    }

    it('shows a statement with merchants, money, reasons and authors of changes', async () => {
      const id = 'a-transaction-with-an-id-as-long-as-those-that-people-really-have-0001'
      const merchant = `AN ODD \u202eMERCHANT\u202c`
      await run(
        'authorize',
        '--account',
        'ana',
        '--amount',
        '1.00',
        '--mcc',
        '5411',
        '--id',
        id,
        '--merchant',
        merchant,
      )
      const text = await shown('statement', '--account', 'ana')
      // Merchants stand below, so that neither they nor dates are broken.
      expect(text).to.match(/^date +kind +wallet +amount +balance +reason$/m)
      expect(text).to.match(/^\d{4}-\d\d-\d\d \d\d:\d\d +purchase .*\n {2}MERCADO/m)
      expect(text).to.include('-R$ 20,00').and.include('R$ 1.234,00')
      expect(text)
        .to.include('insufficient')
        .and.match(/limits: R\$ 200,00 a purchase; FOOD [\s\S]*?by\s+benefits\/\w+/)
      expect(text).to.include('declined: R$ 9.999,00')
      expect(text).not.to.include('\u202e')
      expect(text).to.include('\\u202')
    })

    it('shows both amounts of a purchase with an earlier partial reversal', async () => {
      const early = ['--account', 'early', '--original', 'early-1', '--amount', '5.00', '--id', 'early-2']
      const purchase = ['--account', 'early', '--amount', '20.00', '--mcc', '5411', '--id', 'early-1']
      await run('account', 'open', 'early')
      await run('credit', '--account', 'early', '--category', 'FOOD', '--amount', '100.00', '--id', 'early-0')
      await run('reverse', ...early)
      expect(await shown('authorize', ...purchase))
        .to.match(/ paid +balance /)
        .and.include('R$ 15,00')
      const statement = await shown('statement', '--account', 'early')
      expect(statement).to.include('  asked R$ 20,00, paid R$ 15,00: ').and.include('  R$ 5,00 of early-1\n')
    })

    it('shows accounts, categories, a simulation and a transaction', async () => {
      expect(await shown('account', 'show', 'ana')).to.match(/^account ana, active$/m)
      expect(await shown('account', 'list')).to.include('ana')
      expect(await shown('categories', 'list')).to.include('PETS')
      const simulation = await shown('simulate', '--account', 'ana', '--amount', '9999', '--mcc', '5411')
      expect(simulation)
        .to.match(/declined: insufficient balance/)
        .and.match(/FOOD .* has too little money/)
      expect(await shown('transaction', 'purchase-1', '--account', 'ana')).to.include('MCC 5411')
      expect(await shown('verify')).to.match(/every centavo is explained/)
    })
  })
})
