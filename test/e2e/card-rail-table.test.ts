import { expect } from 'chai'
import { type Core, systemClock } from '../../src/service/core.js'
import { recorded, type Step } from '../support/card-rail/card-steps.js'
import { races } from '../support/card-rail/races.js'
import { table } from '../support/card-rail/table.js'
import { effectOf, WireCard } from '../support/card-rail/wire-card.js'
import { CardRailClient } from '../support/clients/card-rail-client.js'
import { fundedAccount, openCore } from '../support/database/accounts.js'
import { cleanBooks } from '../support/database/verified.js'
import { WAIT_MS_MAX } from '../support/eventually.js'
import { databaseOf, useService } from '../support/processes/service-fixture.js'

const AHEAD_MS = 8 * 86_400_000

describe('what the card rail sends, over the wire', () => {
  const fixture = useService()
  let client: CardRailClient
  /** An engine whose clock is ahead: holds of the default policy are due for it. */
  let ahead: Core

  before(async () => {
    const { service, env } = fixture()
    client = new CardRailClient(service.grpcAddress)
    const clock = { ...systemClock, now: () => new Date(Date.now() + AHEAD_MS) }
    ahead = await openCore(env['MONGODB_URI'] ?? '', env['MONGODB_DATABASE'] ?? '', { clock })
  })
  after(async () => {
    client?.close()
    await ahead?.close(WAIT_MS_MAX)
  })

  async function cardWith(balance: bigint): Promise<WireCard> {
    const accountId = await fundedAccount(fixture().core, balance > 0n ? { FOOD: balance } : {})
    return new WireCard({ client, accountId, ahead })
  }

  for (const { row, steps, effect, after: standing, balance = 1_000n } of table) {
    it(row, async () => {
      const card = await cardWith(balance)
      await card.take(steps)
      const last = (await card.entries()).at(-1)
      expect(last && effectOf(last)).to.equal(effect)
      expect(await card.standing()).to.deep.equal(standing)
    })
  }

  /** Takes both steps, one after the other or at once, and returns what each made and the amounts after it. */
  async function outcomeOf(card: WireCard, steps: readonly Step[]): Promise<readonly string[]> {
    const effects: string[] = []
    for (const step of steps) {
      const { length } = await card.entries()
      await card.take(step)
      const made = (await card.entries()).slice(length)
      effects.push(made.map(effectOf).join('; ') || 'no entry')
    }
    return [...effects, await amountsOf(card)]
  }

  async function amountsOf(card: WireCard): Promise<string> {
    const { available, held, owed, counted } = await card.standing()
    return `${available} ${held} ${owed} ${counted}`
  }

  for (const { race, balance = 1_000n, before, one, other, oneFirst, otherFirst } of races) {
    const start = async () => {
      const card = await cardWith(balance)
      if (before) await card.take(before)
      return card
    }

    it(`${race}: in this order`, async () => {
      expect(await outcomeOf(await start(), [one, other])).to.deep.equal(oneFirst)
    })

    it(`${race}: the other way round`, async () => {
      expect(await outcomeOf(await start(), [other, one])).to.deep.equal(otherFirst)
    })

    const isSingle = (step: Step) => recorded(step).length === 1 && recorded(step)[0]?.name !== 'expire'
    if (!isSingle(one) || !isSingle(other)) continue
    it(`${race}: at once, as in one of the orders`, async () => {
      const card = await start()
      const { length } = await card.entries()
      await Promise.all([card.take(one), card.take(other)])
      const made = (await card.entries()).slice(length).map(effectOf)
      expect([oneFirst, otherFirst]).to.deep.include([...made, await amountsOf(card)])
    })
  }

  it('leave books in which every centavo is explained', () => cleanBooks(databaseOf(fixture())))
})
