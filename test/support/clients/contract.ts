import { fileURLToPath } from 'node:url'
import {
  loadSync,
  type MessageTypeDefinition,
  type MethodDefinition,
  type ServiceDefinition,
} from '@grpc/proto-loader'

const folder = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))

/** The contract as a client of any language reads it: from the .proto files, without our generated code. */
const definitions = loadSync(
  [
    'benefits/v1/account.proto',
    'benefits/v1/activity.proto',
    'benefits/v1/authorization.proto',
    'benefits/v1/card_rail.proto',
    'benefits/v1/category.proto',
    'benefits/v1/merchant_rule.proto',
    'google/rpc/error_details.proto',
    'google/rpc/status.proto',
    'grpc/health/v1/health.proto',
    'grpc/reflection/v1/reflection.proto',
    'grpc/reflection/v1alpha/reflection.proto',
  ],
  {
    includeDirs: [folder('proto'), folder('third_party/proto')],
    keepCase: true,
    longs: String,
    enums: String,
    defaults: true,
  },
)

/** A method of the contract, by its service's full name and its own. */
export function methodNamed<Request, Response>(
  service: string,
  method: string,
): MethodDefinition<Request, Response> {
  // proto-loader distinguishes neither services from messages nor requests from each other: the caller knows
  // the type.
  const found = (definitions[service] as ServiceDefinition)[method]
  if (!found) throw new Error(`the contract has no method ${service}/${method}`)
  return found as unknown as MethodDefinition<Request, Response>
}

/** A message of the contract, by its full name; `T` is its decoded type. */
export function messageNamed<T>(name: string): MessageTypeDefinition<object, T> {
  // proto-loader does not type its messages: the caller knows the type.
  return definitions[name] as MessageTypeDefinition<object, T>
}
