import type { CommandFailedEvent, CommandSucceededEvent, MongoClient } from 'mongodb'

/** A command that the database has been given. */
export type EndedCommand = {
  /** By the server's name, such as `update`. */
  readonly name: string
  readonly outcome: 'ok' | 'error'
  readonly durationMs: number
}

/** Tells of every command that ends, but of those that wait for a change: they take as long as there is none, and say nothing of the database. */
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
