import { readFileSync } from 'node:fs'
import {
  createFileRegistry,
  type DescMethodUnary,
  type DescService,
  type FileRegistry,
  fromBinary,
} from '@bufbuild/protobuf'
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import { isMethodOf } from './method-kind.js'

/** Services that the HTTP API serves. */
const SERVICES = [
  'benefits.v1.AuthorizationService',
  'benefits.v1.CardRailService',
  'benefits.v1.AccountService',
  'benefits.v1.ActivityService',
  'benefits.v1.CategoryService',
  'benefits.v1.MerchantRuleService',
  'grpc.health.v1.Health',
]

/** Reads the descriptor set that `buf build` writes beside the generated code. */
export function readDescriptors(): FileRegistry {
  const bytes = readFileSync(new URL('../gen/descriptors.binpb', import.meta.url))
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes))
}

/** Returns the services that the HTTP API serves. */
export function servicesIn(registry: FileRegistry): readonly DescService[] {
  return SERVICES.map((name) => {
    const service = registry.getService(name)
    if (!service) throw new Error(`the descriptors have no service ${name}: run npm run generate`)
    return service
  })
}

/** Returns the method that decides one purchase. */
export function authorizeIn(registry: FileRegistry): DescMethodUnary {
  const method = registry.getService('benefits.v1.AuthorizationService')?.method['authorize']
  if (!method || !isMethodOf('unary', method)) {
    throw new Error('the descriptors have no Authorize: run npm run generate')
  }
  return method
}
