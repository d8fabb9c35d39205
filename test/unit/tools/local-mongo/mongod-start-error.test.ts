import { expect } from 'chai'
import { explainStart } from '../../../../tools/dev/local-mongo/mongod-start-error.js'

describe('explainStart', () => {
  it('reports that another mongod holds the data', () => {
    expect(
      explainStart('terminating: DBPathInUse: Unable to lock', { code: 100, signal: null }, '').failure,
    ).to.equal('data-locked')
  })

  it('reports that the port is taken', () => {
    expect(
      explainStart('setup bind :: Address already in use', { code: 48, signal: null }, '').failure,
    ).to.equal('port-taken')
  })

  it('reports that a newer version created the data', () => {
    const error = explainStart('Wrong mongod version: UPGRADE PROBLEM', { code: 62, signal: null }, '')
    expect(error.failure).to.equal('other')
    expect(error.message).to.include(
      'a newer version probably wrote them (Wrong mongod version: UPGRADE PROBLEM)',
    )
  })

  it('reports how a silent mongod ended', () => {
    expect(explainStart('', { code: null, signal: 'SIGILL' }, 'late').message).to.include(
      'it was killed by SIGILL',
    )
    expect(explainStart('', { code: 2, signal: null }, 'late').message).to.include('it exited with code 2')
    expect(explainStart('', undefined, 'late').message).to.equal('mongod did not start: late')
  })
})
