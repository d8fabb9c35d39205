import type {
  DescMethod,
  DescMethodBiDiStreaming,
  DescMethodClientStreaming,
  DescMethodServerStreaming,
  DescMethodUnary,
} from '@bufbuild/protobuf'

/** A method of one kind. `DescMethod` itself is not a union that a switch could narrow. */
type MethodOf = {
  readonly unary: DescMethodUnary
  readonly server_streaming: DescMethodServerStreaming
  readonly client_streaming: DescMethodClientStreaming
  readonly bidi_streaming: DescMethodBiDiStreaming
}

/** Whether a method is of this kind. */
export function isMethodOf<Kind extends keyof MethodOf>(
  kind: Kind,
  method: DescMethod,
): method is MethodOf[Kind] {
  return method.methodKind === kind
}
