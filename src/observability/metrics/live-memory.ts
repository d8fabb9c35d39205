import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics } from 'node:v8'
import type { MetricRegistry } from './metric-registry.js'

/** Spaces of young objects: what is in them was not there yet when the garbage was collected. */
const YOUNG_SPACES: readonly string[] = ['new_space', 'new_large_object_space']

/**
 * The memory that is needed, as against that which is in use: a heap fills with garbage until it is collected, and whoever looks from time to time
 * sees the garbage. What grows here, grows for good.
 */
export function measureLiveMemory(registry: MetricRegistry): void {
  const live = { heapBytes: oldHeapBytes(), externalBytes: externalBytes() }
  let isSwept = true
  new PerformanceObserver((list) => {
    for (const collection of list.getEntries()) {
      // What a major collection has found dead outside of the heap is given back by the time of the next one, of whatever kind.
      if (!isSwept) live.externalBytes = externalBytes()
      isSwept = !isMajor(collection)
      if (!isSwept) live.heapBytes = oldHeapBytes()
    }
  }).observe({ entryTypes: ['gc'] })
  registry.gauge({
    name: 'benefits_heap_used_after_gc_bytes',
    help: 'Heap in use right after the last major garbage collection, without young objects, in bytes; at first: at the start.',
    read: () => live.heapBytes,
  })
  registry.gauge({
    name: 'benefits_external_used_after_gc_bytes',
    help: 'Memory of buffers and the like soon after the last major garbage collection, in bytes; at first: at the start.',
    read: () => live.externalBytes,
  })
}

/** Node.js says of each collection which kind it was; the type of an entry does not. */
function isMajor(entry: PerformanceEntry & { readonly detail?: { readonly kind?: number } }): boolean {
  return entry.detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR
}

function oldHeapBytes(): number {
  const spaces = getHeapSpaceStatistics().filter(({ space_name }) => !YOUNG_SPACES.includes(space_name))
  return spaces.reduce((sum, { space_used_size }) => sum + space_used_size, 0)
}

function externalBytes(): number {
  return process.memoryUsage().external
}
