import type { ServiceDefinition } from '@grpc/grpc-js'

/** Stands in for a request whose bytes are not a message of its type. */
export class UnreadableMessage {}

/**
 * The same service, but a message that cannot be read reaches the handler as an {@link UnreadableMessage}: left to itself
 * grpc-js would answer INTERNAL for what is the caller's mistake.
 */
export function withReadErrors<Definition extends ServiceDefinition>(definition: Definition): Definition {
  const methods = Object.entries(definition).map(([name, method]) => [
    name,
    {
      ...method,
      requestDeserialize: (bytes: Buffer) => {
        try {
          return method.requestDeserialize(bytes)
        } catch {
          return new UnreadableMessage()
        }
      },
    },
  ])
  // The methods are the same ones, with the same names and types.
  return Object.fromEntries(methods) as Definition
}
