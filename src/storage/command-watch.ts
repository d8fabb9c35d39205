import type { CommandFailedEvent, CommandSucceededEvent, MongoClient } from 'mongodb'

/** A command that has ended, as the client saw it. */
export type EndedCommand = {
  /** The server's name of the command, such as `update`. */
  readonly name: string
  readonly outcome: 'ok' | 'error'
  readonly durationMs: number
}

/**
 * Reports every command that ends, except the polls of change streams. Those take as long as nothing changes,
 * so their duration says nothing about the database.
 */
export function watchCommands(client: MongoClient, onEnd: (command: EndedCommand) => void): void {
  client.on('commandSucceeded', ({ commandName: name, duration, reply }: CommandSucceededEvent) => {
    if (!isWatch(name, reply)) onEnd({ name, outcome: 'ok', durationMs: duration })
  })
  client.on('commandFailed', ({ commandName: name, duration }: CommandFailedEvent) =>
    onEnd({ name, outcome: 'error', durationMs: duration }),
  )
}

function isWatch(commandName: string, reply: unknown): boolean {
  if (commandName !== 'getMore' || typeof reply !== 'object' || reply === null || !('cursor' in reply))
    return false
  const { cursor } = reply
  return typeof cursor === 'object' && cursor !== null && 'postBatchResumeToken' in cursor
}
