import type { TraceIds } from '../tracing/tracing.js'

/** How to find a call again: in the caller's log and, when it is traced, among the traces. */
export type CallIds = { readonly requestId: string } & Partial<TraceIds>

/** The same, and whose token it came with. */
export type Caller = CallIds & { readonly subject: string | undefined }
