import { connect } from 'node:net'

/** Whether some process listens on `port` of 127.0.0.1. To find a free port, listen on 0 instead. */
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
