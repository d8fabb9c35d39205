import type { CommandStartedEvent, Document, MongoClient } from 'mongodb'

/** Records the commands with these names that a client sends during some work, in order. */
export async function commandsSent(
  client: MongoClient,
  names: readonly string[],
  work: () => Promise<unknown>,
): Promise<readonly Document[]> {
  const sent: Document[] = []
  const note = ({ commandName, command }: CommandStartedEvent) => {
    if (names.includes(commandName)) sent.push(command)
  }
  client.on('commandStarted', note)
  try {
    await work()
  } finally {
    client.off('commandStarted', note)
  }
  return sent
}
