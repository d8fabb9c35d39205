import type { HoldRequest } from '../../domain/entry.js'
import { HOLD_DAYS_MAX } from '../../domain/hold-policy.js'
import type { Hold } from '../../gen/benefits/v1/authorization.js'
import type { RequestFields } from '../request-fields.js'

const DAY_S = 86_400

/** Reads a requested hold. Undefined: the purchase is to be paid at once. */
export function holdIn(
  fields: RequestFields,
  path: string,
  message: Hold | undefined,
): HoldRequest | undefined {
  if (message === undefined) return undefined
  const { expiresIn } = message
  if (expiresIn === undefined) return {}
  const { seconds, nanos } = expiresIn
  fields.check(
    nanos === 0 && seconds >= 1n && seconds <= HOLD_DAYS_MAX * DAY_S,
    `${path}.expires_in`,
    `must be whole seconds, from 1 second to ${HOLD_DAYS_MAX} days`,
  )
  return { expiresInSeconds: Number(seconds) }
}

/** Writes a requested hold. Undefined when there was none. */
export function holdMessage(hold: HoldRequest | undefined): Hold | undefined {
  if (hold === undefined) return undefined
  const { expiresInSeconds } = hold
  if (expiresInSeconds === undefined) return { expiresIn: undefined }
  return { expiresIn: { seconds: BigInt(expiresInSeconds), nanos: 0 } }
}
