/** A list of MCCs and ranges. Those that hold the looked-for MCC are marked. */
export function Mccs({ mccs, looked }: { readonly mccs: readonly string[]; readonly looked: string }) {
  if (mccs.length === 0) return null
  return (
    <p class="mcc-list">
      {mccs.map((each) => (
        <span key={each} class={`mcc-chip${covers(each, looked) ? ' looked' : ''}`}>
          {each}
        </span>
      ))}
    </p>
  )
}

/** Whether a code or a range holds the MCC. Four digits compare as text. */
export function covers(range: string, mcc: string): boolean {
  const [from = '', to = from] = range.split('-')
  return mcc.length === 4 && from <= mcc && mcc <= to
}

/** Splits a typed list of codes and ranges. */
export function mccsIn(typed: string): readonly string[] {
  return typed.split(/[\s,;]+/).filter((each) => each !== '')
}

/** Whether every item of a list is a code of four digits or a range of them. */
export function areMccs(mccs: readonly string[]): boolean {
  return mccs.every((each) => /^\d{4}(-\d{4})?$/.test(each))
}
