import { connect } from 'node:net'

/** Returns whether some process listens on `port` of 127.0.0.1. Takes no port: to find a free one, listen on 0. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (listens: boolean) => {
      socket.destroy()
      resolve(listens)
    }
    socket.on('connect', () => end(true))
    socket.on('error', () => end(false))
  })
}
