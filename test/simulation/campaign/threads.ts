import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { AnswerOf, Task } from './task.js'

/** One thread for each processor. */
export const THREADS = availableParallelism()

/**
 * Runs tasks on all threads, in the given order, each on the next free thread. `onAnswer` returns whether to
 * go on. Tasks in progress are always finished, so that no task before the last one is left out.
 *
 * @throws the failure of any thread.
 */
export async function shareOut<T extends Task>(
  tasks: Iterable<T>,
  onAnswer: (answer: AnswerOf<T>) => boolean,
): Promise<void> {
  const rest = tasks[Symbol.iterator]()
  let isEnough = false
  const work = async (thread: Worker): Promise<void> => {
    while (!isEnough) {
      const { done, value: task } = rest.next()
      if (done) return
      thread.postMessage(task)
      // The answer of `thread.ts` to this task.
      const [answer] = (await once(thread, 'message')) as [AnswerOf<T>]
      isEnough ||= !onAnswer(answer)
    }
  }
  const threads = Array.from({ length: THREADS }, () => new Worker(new URL('./thread.ts', import.meta.url)))
  try {
    await Promise.all(threads.map(work))
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()))
  }
}
