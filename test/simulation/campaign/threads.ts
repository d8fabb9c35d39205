import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { AnswerOf, Task } from './task.js'

/** As many as there are processors for. */
export const THREADS = availableParallelism()

/**
 * Has tasks done by all threads, each by whichever is free, in the order in which they are given. `onAnswer` says whether there are to be
 * more; those that are under way are done in any case, so that no task is left out before the last.
 *
 * @throws whatever a thread fails with.
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
      // What `thread.ts` answers to this task.
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
