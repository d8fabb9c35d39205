import type {
  CatalogListener,
  CatalogReading,
  CatalogStore,
  CatalogWatch,
} from '../../../../src/application/catalog/catalog-store.js'
import { challengeCategories } from '../../../../src/domain/category.js'
import { defaultHoldPolicy } from '../../../../src/domain/hold-policy.js'
import type { MccPolicy } from '../../../../src/domain/mcc-policy.js'
import type { MerchantRule } from '../../../../src/domain/merchant-rule.js'

/** The effect of one change. */
type Change = Partial<Pick<CatalogReading, 'upserted' | 'deleted' | 'holdPolicy' | keyof MccPolicy>> & {
  readonly rules?: readonly MerchantRule[]
  readonly deletedRules?: readonly string[]
}

/** A catalog store in memory, with its complete history. */
export class InMemoryCatalogStore implements CatalogStore {
  /** Thrown by the query. */
  outage: Error | undefined
  /** The first version since which changes are known. */
  purgedVersion = 0n
  /** Whether a watch announces changes. */
  announces = false
  versionReads = 0
  readonly reads: (bigint | undefined)[] = []
  readonly #changes: Change[] = [{ upserted: challengeCategories }]
  readonly #listeners = new Set<CatalogListener>()
  #gate: Promise<void> | undefined

  /** Creates the next version. */
  change(change: Change): void {
    this.#changes.push(change)
    if (this.announces) for (const { onChange } of this.#listeners) onChange()
  }

  /** Rolls the last change back, as a restored backup would. */
  goBack(): void {
    this.#changes.pop()
  }

  /** Replaces the last change, as a repair of the store would. */
  mend(change: Change): void {
    this.#changes.pop()
    this.#changes.push(change)
  }

  /** Blocks all reads until the returned function is called. */
  holdReads(): () => void {
    let release = () => {}
    this.#gate = new Promise((resolve) => {
      release = resolve
    })
    return () => {
      this.#gate = undefined
      release()
    }
  }

  loseWatches(error: unknown): void {
    for (const { onLost } of this.#listeners) onLost(error)
  }

  get watches(): number {
    return this.#listeners.size
  }

  async version(): Promise<bigint> {
    this.versionReads += 1
    if (this.outage) throw this.outage
    return BigInt(this.#changes.length)
  }

  async read(since?: bigint): Promise<CatalogReading> {
    this.reads.push(since)
    if (this.outage) throw this.outage
    const changes = [...this.#changes]
    await this.#gate
    if (since === undefined || since < this.purgedVersion) return this.#reading('WHOLE', changes, changes)
    return this.#reading('CHANGES', changes, changes.slice(Number(since)))
  }

  watch(listener: CatalogListener): CatalogWatch {
    this.#listeners.add(listener)
    return {
      close: async () => {
        this.#listeners.delete(listener)
      },
    }
  }

  #reading(kind: CatalogReading['kind'], all: readonly Change[], changes: readonly Change[]): CatalogReading {
    const categories = latest(
      changes,
      ({ upserted = [] }) => upserted,
      ({ deleted = [] }) => deleted,
    )
    const rules = latest(
      changes,
      (change) => change.rules ?? [],
      (change) => change.deletedRules ?? [],
    )
    return {
      kind,
      version: BigInt(all.length),
      upserted: categories.kept,
      deleted: kind === 'WHOLE' ? [] : categories.gone,
      neverPermitted: all.findLast((change) => change.neverPermitted)?.neverPermitted ?? [],
      neverPermittedAsReceived:
        all.findLast((change) => change.neverPermittedAsReceived)?.neverPermittedAsReceived ?? [],
      holdPolicy: all.findLast((change) => change.holdPolicy)?.holdPolicy ?? defaultHoldPolicy,
      rules: { upserted: rules.kept, deleted: kind === 'WHOLE' ? [] : rules.gone },
    }
  }
}

/** The latest state of everything that the changes touched. */
function latest<T extends { readonly id: string }>(
  changes: readonly Change[],
  kept: (change: Change) => readonly T[],
  gone: (change: Change) => readonly string[],
): { readonly kept: readonly T[]; readonly gone: readonly string[] } {
  const last = new Map<string, T | undefined>()
  for (const change of changes) {
    for (const id of gone(change)) last.set(id, undefined)
    for (const item of kept(change)) last.set(item.id, item)
  }
  return {
    kept: [...last.values()].filter((item) => item !== undefined),
    gone: [...last].filter(([, item]) => item === undefined).map(([id]) => id),
  }
}
