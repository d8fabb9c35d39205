export type BarPart = {
  readonly tone: 'full' | 'held' | 'owed' | 'released'
  /** 0 or more, in centavos. */
  readonly amount: bigint
  /** The amount in words, shown below the bar. Absent when the page says it elsewhere. */
  readonly words?: string
}

/** A bar that shows how an amount is parted, and the parts in words below. Parts of 0 are left out. */
export function PartsBar({ label, parts }: { readonly label: string; readonly parts: readonly BarPart[] }) {
  const shown = parts.filter(({ amount }) => amount > 0n)
  const whole = shown.reduce((sum, { amount }) => sum + amount, 0n)
  return (
    <div class="parts">
      <span class="parts-bar" aria-hidden="true">
        {shown.map(({ tone, amount }) => (
          <span key={tone} class={`part ${tone}`} style={{ flexGrow: Number((amount * 10_000n) / whole) }} />
        ))}
      </span>
      <ul class="parts-words" aria-label={label}>
        {shown.map(
          ({ tone, words }) =>
            words !== undefined && (
              <li key={tone}>
                <span class={`part ${tone}`} aria-hidden="true" />
                {words}
              </li>
            ),
        )}
      </ul>
    </div>
  )
}
