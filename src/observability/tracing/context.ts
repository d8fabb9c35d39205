import { type Context, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api'

/** Builds a context whose spans are children of this one. */
export function below(span: Span): Context {
  return trace.setSpan(ROOT_CONTEXT, span)
}
