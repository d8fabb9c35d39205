import type { JsonObject } from '@bufbuild/protobuf'
import { formatReais } from '../src/domain/money.js'

/** A text, or a number of 64 bits, of an answer. The JSON mapping leaves out what is empty or zero. */
export function text(object: JsonObject, field: string): string {
  const value = object[field]
  return typeof value === 'string' ? value : ''
}

/** An amount of an answer in reais; `missing` in centavos stands for one that is left out. */
export function reais(object: JsonObject, field: string, missing = ''): string {
  const value = text(object, field) || missing
  return value === '' ? '' : formatReais(BigInt(value))
}

/** A message in an answer; an empty one when there is none. */
export function objectIn(object: JsonObject, field: string): JsonObject {
  const value = object[field]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

/** A list of messages in an answer. */
export function objectsIn(object: JsonObject, field: string): readonly JsonObject[] {
  const value = object[field]
  const isObject = (item: unknown): item is JsonObject => typeof item === 'object' && item !== null
  return Array.isArray(value) ? value.filter(isObject) : []
}
