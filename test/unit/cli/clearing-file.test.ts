import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { readClearingFile, requestOf } from '../../../cli/clearing/clearing-file.js'
import { useTempFolder } from '../../support/temp-folder.js'

const HEADER = 'kind,account,transaction_id,original,amount,mcc,merchant'

describe('a clearing file', () => {
  const folder = useTempFolder()

  function read(...lines: readonly string[]) {
    const path = join(folder(), 'clearing.csv')
    writeFileSync(path, lines.join('\n'))
    return readClearingFile(path)
  }

  /** The problem of one line below the usual columns. */
  const problemOf = (line: string) => read(HEADER, line).bad.map(({ description }) => description)[0]

  it('becomes one request for each line, by its kind', () => {
    const { lines, bad } = read(
      `${HEADER},more_to_come,rail,product,rrn,currency`,
      'capture,ana,c1,p1,"1.234,50",5411,MERCADO BOM,yes,voucher,food_pat,000000123456,986',
      'Advice,ana,a1,,10,5812,PADARIA DO ZE,,,,,',
      'refund,ana,r1,p1,5.00,5411,,no,,,,BRL',
      'reversal,ana,v1,p2,,,,,,,,',
      'reversal,ana,v2,p2,3.00,5411,ignored,,credit,,,USD',
    )
    expect(bad).to.deep.equal([])
    const ana = { accountId: 'ana' }
    const network = {
      ...{ merchantId: '', merchantTaxId: '', acquirerId: '', terminalId: '', networkReference: '' },
      ...{ entryMode: '', localTime: '' },
    }
    expect(lines.map((line) => requestOf(line).line)).to.deep.equal([
      {
        $case: 'capture',
        value: {
          ...ana,
          transactionId: 'c1',
          originalTransactionId: 'p1',
          amount: 123_450n,
          mcc: '5411',
          merchant: 'MERCADO BOM',
          moreToCome: true,
          network: { ...network, rail: 1, product: 2, rrn: '000000123456', currency: '986' },
        },
      },
      {
        $case: 'advice',
        value: {
          ...ana,
          transactionId: 'a1',
          originalTransactionId: '',
          amount: 1_000n,
          mcc: '5812',
          merchant: 'PADARIA DO ZE',
          fallback: 0,
          network: undefined,
        },
      },
      {
        $case: 'refund',
        value: {
          ...ana,
          transactionId: 'r1',
          originalTransactionId: 'p1',
          amount: 500n,
          mcc: '5411',
          merchant: '',
          request: false,
          network: { ...network, rail: 0, product: 0, rrn: '', currency: 'BRL' },
        },
      },
      ...([undefined, 300n] as const).map((amount, index) => ({
        $case: 'reversal',
        value: {
          ...ana,
          transactionId: `v${index + 1}`,
          originalTransactionId: 'p2',
          amount,
          original: undefined,
          advice: true,
        },
      })),
    ])
    expect(lines.map(({ purchaseId }) => purchaseId)).to.deep.equal(['p1', 'a1', 'p1', 'p2', 'p2'])
  })

  for (const [what, line, said] of [
    [
      'another kind',
      'sale,ana,c1,p1,1,5411,',
      'kind "sale" must be one of capture, advice, refund, reversal',
    ],
    ['no account', 'capture,,c1,p1,1,5411,', 'account is empty'],
    ['a wrong account', 'capture,a b,c1,p1,1,5411,', 'account "a b" must be 1 to 64 characters'],
    ['no id', 'capture,ana,,p1,1,5411,', 'transaction_id is empty'],
    ['a shortened id', 'capture,ana,"2,50E+17",p1,1,5411,', 'transaction_id "2,50E+17" was shortened'],
    ['an id with an accent', 'capture,ana,c1,é,1,5411,', 'original "é" must be 1 to 128 visible ASCII'],
    ['a capture without an original', 'capture,ana,c1,,1,5411,', 'original is empty'],
    ['a reversal without an original', 'reversal,ana,v1,,1,,', 'original is empty'],
    ['a shortened original', 'refund,ana,r1,2.5E+17,1,5411,', 'original "2.5E+17" was shortened'],
    ['itself as the original', 'refund,ana,r1,r1,1,5411,', 'original "r1" must differ from transaction_id'],
    ['no amount', 'capture,ana,c1,p1,,5411,', 'amount is empty'],
    ['the amount 0', 'capture,ana,c1,p1,0,5411,', 'amount must be above 0'],
    ['an ambiguous amount', 'capture,ana,c1,p1,1.234,5411,', 'amount "1.234" is ambiguous'],
    ['a negative amount', 'refund,ana,r1,p1,-1,5411,', 'amount "-1" is negative'],
    ['an amount in words', 'refund,ana,r1,p1,ten,5411,', 'amount "ten" is not in reais; write 1234.00'],
    ['a shortened amount', 'refund,ana,r1,p1,1E+5,5411,', 'amount "1E+5" was shortened by a spreadsheet'],
    ['a large amount', 'refund,ana,r1,p1,10000000000,5411,', 'amount must be at most R$ 9.999.999.999,99'],
    ['an MCC without its zero', 'capture,ana,c1,p1,1,742,', 'mcc "742" must be four digits'],
    ['a long merchant', `capture,ana,c1,p1,1,5411,${'x'.repeat(100)}`, 'merchant must have at most 99'],
    ['a merchant with a control character', 'capture,ana,c1,p1,1,5411,a\u0007b', 'control characters'],
  ] as const) {
    it(`is rejected with ${what}`, () => {
      expect(problemOf(line)).to.include(said)
    })
  }

  for (const [column, cell, said] of [
    ['rail', 'cash', 'rail "cash" must be one of VOUCHER, CREDIT, DEBIT'],
    ['product', 'meal_pat', 'product is only for the rail VOUCHER'],
    ['product', 'fuel', 'product "fuel" must be one of'],
    ['currency', 'USD', 'currency "USD" must be BRL'],
    ['rrn', '1,2E+11', 'rrn "1,2E+11" was shortened by a spreadsheet'],
    ['rrn', 'with space', 'rrn "with space" must be 1 to 12 characters'],
    ['local_time', '2026-02-30T10:00:00', 'local_time "2026-02-30T10:00:00" must be a date and time'],
    ['more_to_come', 'maybe', 'more_to_come "maybe" must be yes or no'],
  ] as const) {
    it(`is rejected with the ${column} ${cell}`, () => {
      const { bad } = read(`${HEADER},${column}`, `capture,ana,c1,p1,1,5411,,"${cell}"`)
      expect(bad[0]?.description).to.include(said)
    })
  }

  it('keeps the first of equal lines, and none of different lines with one id', () => {
    const { lines, bad } = read(
      HEADER,
      'capture,ana,c1,p1,1,5411,A',
      'capture,ana,c1,p1,"1,00",5411,A',
      'capture,bia,c1,p1,1,5411,A',
      'capture,ana,c2,p1,1,5411,A',
      'refund,ana,c2,p1,1,5411,A',
    )
    expect(lines.map(({ line }) => line)).to.deep.equal([2, 4])
    expect(bad.map(({ line, description }) => [line, description.replace(/^.*: /, '')])).to.deep.equal([
      [3, 'the same line is on line 2'],
      [5, 'another line with the same id is on line 6'],
      [6, 'another line with the same id is on line 5'],
    ])
  })

  it('must have its columns', () => {
    expect(() => read('kind,account,amount', 'capture,ana,1')).to.throw(
      'has no column transaction_id, original, mcc, merchant',
    )
  })
})
