import type { CallContext } from '../call-context.js'
import { CallError } from '../call-error.js'

/**
 * Checks the scope that a field of the request demands. The interceptor has admitted the token for one of the
 * method's scopes, or because it names none.
 *
 * @throws CallError SCOPE_MISSING when the token names scopes without this one.
 */
export function mustHaveScope({ principal }: Pick<CallContext, 'principal'>, scope: string): void {
  if (principal?.scopes?.has(scope) ?? true) return
  throw new CallError('SCOPE_MISSING', { detail: `this request needs the scope ${scope}` })
}
