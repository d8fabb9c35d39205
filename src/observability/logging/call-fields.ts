import type { TraceIds } from '../tracing/tracing.js'

/** The ids of a call in the caller's log and, when it is traced, in its trace. */
export type CallIds = { readonly requestId: string } & Partial<TraceIds>

/** The ids of a call and the subject of its token. */
export type Caller = CallIds & { readonly subject: string | undefined }
