import type { ServiceDefinition } from '@grpc/grpc-js'
import { CallError, type FieldViolation } from './call-error.js'
import type { Descriptors } from './reflection/descriptors.js'
import { shapeOf } from './wire/message-shape.js'
import { wireFault } from './wire/wire-fault.js'

/** A placeholder for a request whose bytes are not a valid message of its type. */
export class UnreadableMessage {
  readonly violation: FieldViolation

  constructor(violation: FieldViolation) {
    this.violation = violation
  }

  /** The error that answers the request. */
  get error(): CallError {
    return new CallError('INVALID_REQUEST', { violations: [this.violation] })
  }
}

/**
 * Makes a service decode its requests strictly.
 *
 * A request that the generated decoder would read in part, or differently from other decoders, reaches the
 * handler as an {@link UnreadableMessage}.
 */
export function withReadErrors<Definition extends ServiceDefinition>(
  definition: Definition,
  descriptors: Descriptors,
): Definition {
  const methods = Object.entries(definition).map(([name, method]) => {
    const shape = shapeOf(descriptors.requestOf(method.path))
    const requestDeserialize = (bytes: Buffer) => {
      const fault = wireFault(bytes, shape)
      if (fault === undefined) return method.requestDeserialize(bytes)
      return new UnreadableMessage({ field: fault.path || 'request', description: fault.description })
    }
    return [name, { ...method, requestDeserialize }]
  })
  // The methods keep their names and types.
  return Object.fromEntries(methods) as Definition
}
