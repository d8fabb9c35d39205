import cluster from 'node:cluster'
import type { Socket } from 'node:net'
import { createDecider, type Decider } from '../decider.js'
import { endOnBug } from '../end-on-bug.js'
import { createLogger, type Logger } from '../observability/logger.js'
import { openTracing } from '../observability/tracing.js'
import { CLOSE_MS_MAX, type FromWorker, type ToWorker, type WorkerStart } from './messages.js'

/** Time between two signs of life, in milliseconds. */
const ALIVE_INTERVAL_MS = 1_000

/**
 * Runs this process as a worker: everything behind the gRPC port, until the primary says otherwise. A worker whose primary is
 * gone finishes what was begun and ends by itself, so that none is left behind.
 */
export function runWorker(): void {
  // Ctrl-C reaches the whole process group: it is the primary that tells the workers when to end.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => {})
  process.on('message', (message: ToWorker) => {
    if (message.type === 'START') void start(message)
  })
  tell({ type: 'STARTED' })
}

async function start(options: WorkerStart): Promise<void> {
  const { logLevel, logFormat, tracing } = options.config
  const logger = createLogger({ level: logLevel, format: logFormat, base: { worker: options.worker } })
  endOnBug(logger)
  setInterval(() => tell({ type: 'ALIVE' }), ALIVE_INTERVAL_MS).unref()
  let { keys } = options
  let decider: Decider | undefined
  // Before anything is waited for: what the primary says in the meantime would be lost.
  process.on('message', (message: ToWorker) => {
    if (message.type !== 'KEYS') return
    keys = message.keys
    decider?.useKeys(keys)
  })
  try {
    const traces = await openTracing(tracing, logger)
    decider = createDecider({
      ...options,
      keys,
      logger,
      tracing: traces,
      onPrepared: () => {},
      onServing: (serving) => tell({ type: 'SERVING', serving }),
      // The primary counts.
      servingWorkers: () => 0,
    })
    obey(decider, options, logger)
    decider.start()
    tell({ type: 'OPEN' })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    tell({ type: 'REFUSED', message }, () => process.exit(1))
  }
}

function obey(decider: Decider, { config }: WorkerStart, logger: Logger): void {
  let ending = false
  const end = async () => {
    if (ending) return
    ending = true
    setTimeout(() => process.exit(1), config.shutdownTimeoutMs + CLOSE_MS_MAX).unref()
    await decider.stop()
    process.exit(0)
  }
  process.on('message', (message: ToWorker, connection?: Socket) => {
    if (message.type === 'CONNECTION') {
      // In the turn in which it comes: nothing of it has been read yet. One that is closed already comes as none.
      if (connection) decider.take(connection)
      tell({ type: 'TAKEN' })
    }
    if (message.type === 'DRAIN') void end()
    if (message.type === 'MEASURE') void measure(decider)
  })
  cluster.worker?.on('disconnect', () => {
    // Node ends a worker at once when its primary is gone, unless it takes this for an end that was asked for.
    if (cluster.worker) cluster.worker.exitedAfterDisconnect = true
    logger.warn('the primary process is gone: draining')
    void end()
  })
}

async function measure({ metrics }: Decider): Promise<void> {
  tell({ type: 'METRICS', snapshot: await metrics.snapshot() })
}

/** Tells the primary, if it is still there; it notices the end of a worker that could not tell it. */
function tell(message: FromWorker, then: () => void = () => {}): void {
  process.send?.(message, undefined, undefined, then)
}
