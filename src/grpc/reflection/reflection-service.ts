import { type handleBidiStreamingCall, type ServerDuplexStream, status } from '@grpc/grpc-js'
import type {
  ServerReflectionRequest,
  ServerReflectionResponse,
} from '../../gen/grpc/reflection/v1/reflection.js'
import { CallError, serviceErrorOf } from '../call-error.js'
import { UnreadableMessage } from '../request-decoder.js'
import type { Descriptors } from './descriptors.js'

/**
 * Most streams at a time. Callers need no token, and each stream may hold an answer that its caller does not
 * take.
 */
export const REFLECTIONS_MAX = 32
/** Longest age of a stream, in milliseconds: tools are done much sooner. */
const AGE_MS_MAX = 30_000

export type ReflectionOptions = {
  readonly descriptors: Descriptors
  /** Full names of the services that reflection lists. */
  readonly services: readonly string[]
}

export type ReflectionServer = {
  readonly serverReflectionInfo: handleBidiStreamingCall<ServerReflectionRequest, ServerReflectionResponse>
}

/**
 * Implements grpc.reflection, v1 and v1alpha alike: their messages are the same. Tools read the contract from
 * it.
 */
export function reflectionService(options: ReflectionOptions): ReflectionServer {
  let open = 0
  return {
    serverReflectionInfo: (stream) => {
      if (open >= REFLECTIONS_MAX) {
        stream.emit('error', serviceErrorOf(new CallError('OVERLOADED')))
        return
      }
      open += 1
      const timer = setTimeout(() => fail(stream, new CallError('STREAM_ENDED')), AGE_MS_MAX)
      // The event follows every end.
      stream.once('cancelled', () => {
        clearTimeout(timer)
        open -= 1
      })
      answer(stream, options)
    },
  }
}

type Stream = ServerDuplexStream<unknown, ServerReflectionResponse>

/** Answers one request after another: the next is read when the caller has taken the answer. */
function answer(stream: Stream, options: ReflectionOptions): void {
  stream.on('data', (request: ServerReflectionRequest | UnreadableMessage) => {
    if (request instanceof UnreadableMessage) {
      fail(stream, request.error)
      return
    }
    stream.pause()
    stream.write(responseTo(request, options), () => stream.resume())
  })
  stream.on('end', () => stream.end())
}

function fail(stream: Stream, error: CallError): void {
  if (!stream.cancelled) stream.emit('error', serviceErrorOf(error))
}

type Answer = NonNullable<ServerReflectionResponse['messageResponse']>

function responseTo(request: ServerReflectionRequest, options: ReflectionOptions): ServerReflectionResponse {
  return {
    validHost: request.host,
    originalRequest: request,
    messageResponse: messageResponseTo(request.messageRequest, options),
  }
}

function messageResponseTo(
  asked: ServerReflectionRequest['messageRequest'],
  { descriptors, services }: ReflectionOptions,
): Answer {
  switch (asked?.$case) {
    case 'listServices':
      return { $case: 'listServicesResponse', value: { service: services.map((name) => ({ name })) } }
    case 'fileByFilename':
      return files(descriptors.fileByName(asked.value), `file ${asked.value}`)
    case 'fileContainingSymbol':
      return files(descriptors.fileBySymbol(asked.value), `symbol ${asked.value}`)
    case 'fileContainingExtension':
      return notFound(`extension ${asked.value.extensionNumber} of ${asked.value.containingType}`)
    case 'allExtensionNumbersOfType':
      if (!descriptors.hasMessage(asked.value)) return notFound(`type ${asked.value}`)
      // The contract has no extensions.
      return {
        $case: 'allExtensionNumbersResponse',
        value: { baseTypeName: asked.value, extensionNumber: [] },
      }
    case undefined:
      return error(status.INVALID_ARGUMENT, 'the request is empty')
  }
}

function files(found: readonly Buffer[] | undefined, what: string): Answer {
  if (!found) return notFound(what)
  return { $case: 'fileDescriptorResponse', value: { fileDescriptorProto: [...found] } }
}

function notFound(what: string): Answer {
  return error(status.NOT_FOUND, `${what} not found`)
}

function error(errorCode: number, errorMessage: string): Answer {
  return { $case: 'errorResponse', value: { errorCode, errorMessage } }
}
