import type { ServerInterceptingCallInterface } from '@grpc/grpc-js'

/**
 * Passes the end of a stream of requests on only when the client has ended it.
 *
 * When a client resets a stream or its connection breaks, Node.js first ends the readable side, and closes
 * the stream later. grpc-js reports that end like an END_STREAM, so a handler would take half an import for a
 * whole one. Clients on Node.js even send an END_STREAM right before their RST_STREAM.
 *
 * So the end waits for one turn of the event loop, in which a reset from the same packet arrives. The call is
 * then cancelled for the handler, whose iteration throws. A single request needs no such wait: its message is
 * whole.
 */
export function onlyRealEnd(call: ServerInterceptingCallInterface): (next: () => void) => void {
  return (next) => {
    setImmediate(() => {
      // With this, grpc-js looks whether the stream is closed, and reports a cancellation in the next tick.
      // No message follows an end. After a cancellation, `next` does nothing.
      call.startRead()
      process.nextTick(next)
    })
  }
}
