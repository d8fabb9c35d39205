import type { Random } from '../../../tools/random.js'
import { ExpectedSums } from './expected-sums.js'

/** Lines of the file on one account. */
const LINES_PER_ACCOUNT = 50
/** One account in so many never has money. */
const POOR_EVERY = 5

/** A line of the file, without its account. */
export type PlannedLine = {
  readonly kind: 'capture' | 'advice' | 'refund' | 'reversal'
  readonly id: string
  readonly original: string
  /** In centavos; undefined for a reversal of all that is left. */
  readonly amount: number | undefined
  readonly moreToCome: boolean
}

/** A purchase, what the service sees of it before the file, its lines, and the sums that they make. */
export type PlannedPurchase = {
  readonly id: string
  readonly account: string
  readonly before: 'HELD' | 'PAID' | 'DECLINED' | 'UNSEEN'
  readonly amount: number
  readonly lines: readonly PlannedLine[]
  /** Undefined for a refund that names no purchase. */
  readonly sums: ExpectedSums | undefined
}

export type PlannedFile = {
  readonly accounts: readonly PlannedAccount[]
  readonly purchases: readonly PlannedPurchase[]
  readonly lines: readonly (PlannedLine & Pick<PlannedPurchase, 'account' | 'before'>)[]
}

export type PlannedAccount = { readonly id: string; readonly isPoor: boolean }

/** Plans a file of about so many lines: captures over, under, late, twice and unseen, refunds and advices. */
export function planFile(random: Random, lineCount: number): PlannedFile {
  const accounts = Array.from({ length: Math.ceil(lineCount / LINES_PER_ACCOUNT) }, (_, index) => ({
    id: `cleared-${index}`,
    isPoor: index % POOR_EVERY === POOR_EVERY - 1,
  }))
  const purchases: PlannedPurchase[] = []
  for (let count = 0; count < lineCount; ) {
    const account = random.pick(accounts)
    const plan = new Plan(`buy-${purchases.length}`, { account, random })
    random.pick(account.isPoor ? poorCourses : courses)(plan)
    purchases.push(plan.purchase)
    count += plan.purchase.lines.length
  }
  return { accounts, purchases, lines: mixed(random, purchases) }
}

/** The lines of all purchases in random order, those of one purchase in its own order. */
function mixed(random: Random, purchases: readonly PlannedPurchase[]): PlannedFile['lines'] {
  const turns = random.shuffled(purchases.flatMap((purchase) => purchase.lines.map(() => purchase)))
  const rest = new Map(purchases.map((purchase) => [purchase, purchase.lines.values()]))
  return turns.flatMap((purchase) => {
    const { value } = rest.get(purchase)?.next() ?? {}
    const { account, before } = purchase
    return value ? [{ ...value, account, before }] : []
  })
}

/** A purchase in the making. */
class Plan {
  readonly amount: number
  readonly #id: string
  readonly #account: PlannedAccount
  readonly #lines: PlannedLine[] = []
  readonly #sums: ExpectedSums
  #before: PlannedPurchase['before'] = 'UNSEEN'
  #isUnlinked = false

  constructor(id: string, { account, random }: { account: PlannedAccount; random: Random }) {
    this.amount = 100 * random.between({ min: 10, max: 500 })
    this.#id = id
    this.#account = account
    this.#sums = new ExpectedSums(account)
  }

  get purchase(): PlannedPurchase {
    return {
      id: this.#id,
      account: this.#account.id,
      before: this.#before,
      amount: this.amount,
      lines: this.#lines,
      sums: this.#isUnlinked ? undefined : this.#sums,
    }
  }

  hold(): void {
    this.#before = 'HELD'
    this.#sums.hold(this.amount)
  }

  pay(): void {
    this.#before = 'PAID'
    this.#sums.pay(this.amount)
  }

  decline(): void {
    this.#before = 'DECLINED'
  }

  /** Captures a share of the purchase, in percent. */
  capture(percent: number, { moreToCome = false } = {}): void {
    const amount = this.#part(percent)
    this.#add({ kind: 'capture', amount, moreToCome })
    this.#sums.capture(amount, { isFinal: !moreToCome })
  }

  /** Advises the purchase under its own id, which no authorization had. */
  adviseItself(): void {
    this.#lines.push({ kind: 'advice', id: this.#id, original: '', amount: this.amount, moreToCome: false })
    this.#sums.advise(this.amount)
  }

  /** Advises a purchase that the service has decided, or captured. */
  advise(): void {
    this.#add({ kind: 'advice', amount: this.amount })
    if (this.#before === 'DECLINED' && this.#sums.captured === 0) this.#sums.advise(this.amount)
  }

  refund(percent: number): void {
    this.#add({ kind: 'refund', amount: this.#part(percent) })
    this.#sums.refund(this.#part(percent))
  }

  refundUnlinked(): void {
    this.#isUnlinked = true
    this.#lines.push({ kind: 'refund', id: this.#id, original: '', amount: this.amount, moreToCome: false })
  }

  reverse(percent: number): void {
    this.#add({ kind: 'reversal', amount: this.#part(percent) })
    this.#sums.reverse(this.#part(percent))
  }

  reverseAll(): void {
    this.#add({ kind: 'reversal', amount: undefined })
    this.#sums.reverse()
  }

  #part(percent: number): number {
    return (this.amount / 100) * percent
  }

  #add({ moreToCome = false, ...line }: Pick<PlannedLine, 'kind' | 'amount'> & { moreToCome?: boolean }) {
    const id = `${this.#id}-${this.#lines.length + 1}`
    this.#lines.push({ ...line, id, original: this.#id, moreToCome })
  }
}

type Course = (plan: Plan) => void

/** Courses of purchases that no authorization came for. */
const poorCourses: readonly Course[] = [
  (plan) => plan.capture(100),
  (plan) => {
    plan.capture(60)
    plan.capture(50)
  },
  (plan) => {
    plan.capture(100)
    plan.advise()
  },
  (plan) => plan.adviseItself(),
  (plan) => {
    plan.adviseItself()
    plan.capture(110)
  },
]

/** Courses of a purchase that was held before the file. */
const heldCourses: readonly Course[] = [
  (plan) => plan.capture(100),
  (plan) => plan.capture(70),
  (plan) => plan.capture(115),
  (plan) => plan.capture(160),
  (plan) => {
    plan.capture(40, { moreToCome: true })
    plan.capture(60)
  },
  (plan) => {
    plan.capture(40, { moreToCome: true })
    plan.capture(30)
  },
  (plan) => {
    plan.capture(40, { moreToCome: true })
    plan.capture(90)
  },
  (plan) => {
    plan.capture(80)
    plan.capture(80)
  },
  (plan) => {
    plan.reverseAll()
    plan.capture(100)
  },
  (plan) => {
    plan.reverse(30)
    plan.capture(70)
  },
  (plan) => {
    plan.capture(100)
    plan.refund(40)
  },
  (plan) => {
    plan.capture(90)
    plan.refund(120)
  },
  (plan) => {
    plan.capture(60)
    plan.reverse(20)
  },
  (plan) => {
    plan.advise()
    plan.capture(100)
  },
  (plan) => plan.capture(50, { moreToCome: true }),
]

/** Courses of a purchase that was paid at once before the file. */
const paidCourses: readonly Course[] = [
  (plan) => plan.capture(100),
  (plan) => plan.capture(130),
  (plan) => plan.refund(100),
  (plan) => plan.reverseAll(),
  (plan) => {
    plan.reverse(30)
    plan.capture(100)
  },
]

/** Courses of a purchase that was declined before the file. */
const declinedCourses: readonly Course[] = [
  (plan) => plan.capture(100),
  (plan) => plan.advise(),
  (plan) => {
    plan.capture(100)
    plan.advise()
  },
]

const courses: readonly Course[] = [
  ...heldCourses.map((course) => after((plan) => plan.hold(), course)),
  ...paidCourses.map((course) => after((plan) => plan.pay(), course)),
  ...declinedCourses.map((course) => after((plan) => plan.decline(), course)),
  ...poorCourses,
  (plan) => plan.refundUnlinked(),
]

function after(first: Course, course: Course): Course {
  return (plan) => {
    first(plan)
    course(plan)
  }
}
