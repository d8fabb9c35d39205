import { expect } from 'chai'
import { MongodLog } from '../../../../tools/dev/local-mongo/mongod-log.js'

describe('MongodLog', () => {
  it('returns the lines that a chunk completes, and keeps the rest for the next', () => {
    const log = new MongodLog()
    expect(log.push('first\nsec')).to.deep.equal(['first'])
    expect(log.push('ond\nthird\n')).to.deep.equal(['second', 'third'])
  })

  it('keeps a character whole that two chunks share', () => {
    const log = new MongodLog()
    const bytes = Buffer.from('cartão\n')
    expect(log.push(bytes.subarray(0, 5))).to.deep.equal([])
    expect(log.push(bytes.subarray(5))).to.deep.equal(['cartão'])
  })

  it('keeps errors and fatal messages with their cause, and no other messages', () => {
    const log = new MongodLog()
    log.push('{"s":"I","msg":"started"}\n')
    log.push('{"s":"E","msg":"Port","attr":{"error":{"code":9001,"errmsg":"in use"}}}\n')
    log.push('{"s":"F","msg":"Version","attr":{"error":"too new"}}\n')
    log.push('{"s":"E","msg":"WT","attr":{"error":-1,"message":"[17:4][5:0x7], no file"}}\n')
    expect(log.complaints).to.equal('Port: in use; Version: too new; WT: no file')
  })

  it('keeps the first three different messages on one line', () => {
    const log = new MongodLog()
    for (const text of ['one\n  line', 'one line', '', 'two', 'three', 'four']) log.complain(text)
    expect(log.complaints).to.equal('one line; two; three')
  })

  it('keeps an error line that is not JSON as it is', () => {
    const log = new MongodLog()
    log.push('"s":"E" and then nonsense\n')
    expect(log.complaints).to.equal('"s":"E" and then nonsense')
  })
})
