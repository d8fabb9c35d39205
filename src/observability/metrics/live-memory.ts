import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics } from 'node:v8'
import type { MetricRegistry } from './metric-registry.js'

/** Spaces of young objects, which were allocated after the collection. */
const YOUNG_SPACES: readonly string[] = ['new_space', 'new_large_object_space']

/**
 * Exports the memory in use right after garbage collection. A heap fills with garbage until it is collected,
 * so a reading at any other time includes garbage. Growth of these gauges is lasting growth.
 */
export function measureLiveMemory(registry: MetricRegistry): void {
  const live = { heapBytes: oldHeapBytes(), externalBytes: externalBytes() }
  let isSwept = true
  new PerformanceObserver((list) => {
    for (const collection of list.getEntries()) {
      // External memory that a major collection found dead is freed by the next collection of any kind.
      if (!isSwept) live.externalBytes = externalBytes()
      isSwept = !isMajor(collection)
      if (!isSwept) live.heapBytes = oldHeapBytes()
    }
  }).observe({ entryTypes: ['gc'] })
  registry.gauge({
    name: 'benefits_heap_used_after_gc_bytes',
    help: 'Heap in use right after the last major garbage collection, without young objects, in bytes. Until the first: heap at the start.',
    read: () => live.heapBytes,
  })
  registry.gauge({
    name: 'benefits_external_used_after_gc_bytes',
    help: 'External memory, such as buffers, soon after the last major garbage collection, in bytes. Until the first: at the start.',
    read: () => live.externalBytes,
  })
}

/** Whether this was a major collection. Node.js sets `detail.kind`, which the entry's type lacks. */
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
