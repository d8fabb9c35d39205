import { expect } from 'chai'
import { purchase } from '../../support/clients/client.js'
import { signToken } from '../../support/clients/token.js'
import { useService } from '../../support/processes/service-fixture.js'
import { type Attack, AttackContext } from './attack.js'
import { attackNames, attacks, seedOf } from './attacks/all.js'

const CASES = 150
const seed = Math.floor(Math.random() * 2 ** 32)

describe(`hostile cases in short: ${CASES} of each kind, seed=${seed}`, () => {
  const fixture = useService()

  for (const name of attackNames) {
    const { title, share, run }: Attack = attacks[name]
    if (share === undefined) continue
    it(`all have an allowed outcome: ${title}`, async () => {
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
      await run(context)
      const { cases, unexpected } = context.result()
      expect({ enough: cases >= CASES, unexpected }).to.deep.equal({
        enough: true,
        unexpected: { count: 0, first: [] },
      })
    })
  }

  it('leave the service able to decide', async () => {
    expect((await fixture().client.authorize(purchase({}))).response?.code).to.equal('07')
  })

  it('leave the log without an error', () => {
    const { events, stderr } = fixture().service
    const errors = events.filter(({ level }) => level === 'error' || level === 'fatal')
    expect({ errors, stderr }).to.deep.equal({ errors: [], stderr: '' })
  })
})
