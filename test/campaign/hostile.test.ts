import { expect } from 'chai'
import { AttackContext } from '../../tools/hostile-test/attack.js'
import { type AttackName, attacks } from '../../tools/hostile-test/attacks/all.js'
import { phases, seedOf } from '../../tools/hostile-test/plan.js'
import { purchase } from '../support/client.js'
import { useService } from '../support/service-fixture.js'
import { signToken } from '../support/token.js'

const CASES = 150
const seed = Math.floor(Math.random() * 2 ** 32)

describe(`hostile cases in short: ${CASES} of each kind, seed=${seed}`, () => {
  const fixture = useService()

  async function attack(name: AttackName) {
    const [host = '', port] = fixture().service.grpcAddress.split(':')
    const context = new AttackContext({
      attack: name,
      target: { host, port: Number(port) },
      token: signToken(),
      seed: seedOf(name, seed),
      cases: CASES,
      durationMs: 60_000,
      casesPerSecond: 0,
    })
    await attacks[name](context)
    return context.tally.result()
  }

  for (const { attack: name, title, share } of phases) {
    if (share === undefined) continue
    it(`all end as they may: ${title}`, async () => {
      const { cases, unexpected } = await attack(name)
      expect({ enough: cases >= CASES, unexpected }).to.deep.equal({
        enough: true,
        unexpected: { count: 0, first: [] },
      })
    })
  }

  it('leave a service that decides', async () => {
    expect((await fixture().client.authorize(purchase({}))).response?.code).to.equal('07')
  })

  it('leave a log without an error', () => {
    const { events, stderr } = fixture().service
    const errors = events.filter(({ level }) => level === 'error' || level === 'fatal')
    expect({ errors, stderr }).to.deep.equal({ errors: [], stderr: '' })
  })
})
