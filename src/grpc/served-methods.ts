import type { ServiceDefinition } from '@grpc/grpc-js'
import { AccountServiceService } from '../gen/benefits/v1/account.js'
import { ActivityServiceService } from '../gen/benefits/v1/activity.js'
import { AuthorizationServiceService } from '../gen/benefits/v1/authorization.js'
import { CardRailServiceService } from '../gen/benefits/v1/card_rail.js'
import { CategoryServiceService } from '../gen/benefits/v1/category.js'
import { MerchantRuleServiceService } from '../gen/benefits/v1/merchant_rule.js'
import { HealthService } from '../gen/grpc/health/v1/health.js'
import { ServerReflectionService as ReflectionV1 } from '../gen/grpc/reflection/v1/reflection.js'
import { ServerReflectionService as ReflectionV1alpha } from '../gen/grpc/reflection/v1alpha/reflection.js'
import { callTypeOf, type ObservedCall } from './interceptors/observation.js'

const services: readonly ServiceDefinition[] = [
  AuthorizationServiceService,
  CardRailServiceService,
  AccountServiceService,
  ActivityServiceService,
  CategoryServiceService,
  MerchantRuleServiceService,
  HealthService,
  ReflectionV1,
  ReflectionV1alpha,
]

/**
 * Every method of the gRPC port. Calls to other methods end as UNIMPLEMENTED before they reach an
 * interceptor.
 */
export const servedMethods: readonly ObservedCall[] = services.flatMap((service) =>
  Object.values(service).map((method) => ({ path: method.path, type: callTypeOf(method) })),
)
