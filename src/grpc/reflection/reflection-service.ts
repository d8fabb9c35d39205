import { type handleBidiStreamingCall, type ServerDuplexStream, status } from '@grpc/grpc-js'
import type {
  ServerReflectionRequest,
  ServerReflectionResponse,
} from '../../gen/grpc/reflection/v1/reflection.js'
import { CallError, serviceErrorOf } from '../call-error.js'
import { UnreadableMessage } from '../request-decoder.js'
import type { Descriptors } from './descriptors.js'

/** Most streams at a time: anybody may open one, and each may hold an answer that nobody takes. */
export const REFLECTIONS_MAX = 32
/** Longest time that a stream is open, in milliseconds: tools are done in far less. */
const AGE_MS_MAX = 30_000

export type ReflectionOptions = {
  readonly descriptors: Descriptors
  /** Full names of the services on offer. */
  readonly services: readonly string[]
}

export type ReflectionServer = {
  readonly serverReflectionInfo: handleBidiStreamingCall<ServerReflectionRequest, ServerReflectionResponse>
}

/** grpc.reflection, v1 and v1alpha alike: their messages are the same. Tools learn the contract from it. */
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
      // Comes after every end.
      stream.once('cancelled', () => {
        clearTimeout(timer)
        open -= 1
      })
      answer(stream, options)
    },
  }
}

type Stream = ServerDuplexStream<unknown, ServerReflectionResponse>

/** One question after the other: the next one is read when the caller has taken the answer. */
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
      // Nothing in our contract is extended.
      return {
        $case: 'allExtensionNumbersResponse',
        value: { baseTypeName: asked.value, extensionNumber: [] },
      }
    case undefined:
      return error(status.INVALID_ARGUMENT, 'nothing was asked')
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
