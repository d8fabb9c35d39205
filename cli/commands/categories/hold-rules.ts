import { InvalidArgumentError, Option } from 'commander'

/** A rule of the hold policy, as the contract writes it. */
export type HoldRule = {
  readonly mccs: string[]
  readonly days?: number
  readonly overPercent: number
}

/** An option with the rules of the hold policy: `5812-5814 4121 = 20%; 7011 = 31d 15%`, or none. */
export function holdRulesOption(): Option {
  return new Option(
    '--rules <list>',
    'all rules, the first with the MCC applies: MCCs = days and percent; or none',
  ).argParser((text: string, previous: unknown) => {
    if (previous !== undefined) throw new InvalidArgumentError('It is given more than once.')
    return text.trim() === 'none' ? [] : text.split(';').map(ruleIn)
  })
}

function ruleIn(text: string): HoldRule {
  const [, mccs = '', days, percent] =
    /^([\d\s,-]+)=\s*(?:(\d{1,2})d)?\s*(?:(\d{1,3})%)?\s*$/.exec(text) ?? []
  const listed = mccs.split(/[\s,]+/).filter((mcc) => mcc !== '')
  if (listed.length === 0 || (days === undefined && percent === undefined))
    throw new InvalidArgumentError(
      `It must be rules such as "5812-5814 = 20%; 7011 = 31d 15%", not ${JSON.stringify(text.trim())}.`,
    )
  return {
    mccs: listed,
    ...(days !== undefined && { days: Number(days) }),
    overPercent: Number(percent ?? 0),
  }
}
