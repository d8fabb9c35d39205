import { expect } from 'chai'
import { expectSame, textOf } from './as-text.js'
import type { ModelRecord, Operation } from './model-operation.js'
import type { Answered, Timed } from './model-service.js'
import type { Answer, Filter, ReferenceModel } from './reference-model.js'

/** A concurrent operation and its outcome. */
export type Observation =
  | { readonly asked: Operation; readonly answered: Answered; readonly attempts: number }
  | { readonly read: string; readonly filter: Filter; readonly found: readonly Timed[] | undefined }

/**
 * Searches for an order of concurrent operations that explains every answer. The statement gives the order of
 * recorded operations, and the model must record the same. An operation that recorded nothing must get its
 * answer from the model at some point in between. Leaves the model as it was after the last entry.
 *
 * @throws AssertionError that names the unexplained operation.
 */
export function explain(model: ReferenceModel, account: string, round: Round): void {
  const open = new Set(round.observed)
  const answeredByNow = () => {
    for (const one of open) if (isExplained(model, account, one)) open.delete(one)
  }
  answeredByNow()
  for (const entry of round.entries) {
    const makers = [...open].filter((one) => canHaveMade(one, entry))
    const maker = makers.find(wasAnsweredNew) ?? makers[0]
    expect(maker, `nobody asked for the entry ${textOf(entry)}`).to.not.equal(undefined)
    if (!maker || 'read' in maker) return
    expectSame({ was: 'NEW', record: entry }, withTime(model.do(maker.asked), entry))
    open.delete(maker)
    answeredByNow()
  }
  expect([...open].map(textOf), 'answers that no order explains').to.deep.equal([])
}

export type Round = {
  readonly observed: readonly Observation[]
  /** The entries that the statement has gained during the round, oldest first. */
  readonly entries: readonly Timed[]
}

/**
 * Whether the model would give this answer now. An operation that it would record now is not explained: it
 * must be in the statement.
 */
function isExplained(model: ReferenceModel, account: string, observed: Observation): boolean {
  if ('read' in observed)
    return sameText(withoutTimes(observed.found), model.statement(account, observed.filter))
  const { asked, answered } = observed
  if (answered.was === 'NEW') return false
  return sameText('record' in answered ? withoutTime(answered) : answered, model.answer(asked))
}

/**
 * Whether this was the message that created the entry. A message that was sent several times may get that
 * answer later.
 */
function canHaveMade(observed: Observation, entry: Timed): boolean {
  if ('read' in observed || !('record' in observed.answered)) return false
  return (wasAnsweredNew(observed) || observed.attempts > 1) && sameText(observed.answered.record, entry)
}

function wasAnsweredNew(observed: Observation): boolean {
  return 'answered' in observed && observed.answered.was === 'NEW'
}

function withTime(answer: Answer, { atMs }: Timed): unknown {
  return 'record' in answer ? { ...answer, record: { ...answer.record, atMs } } : answer
}

function withoutTime({ was, record }: Extract<Answered, { record: Timed }>): Answer {
  const { atMs: _, ...rest } = record
  return { was, record: rest }
}

function withoutTimes(records: readonly Timed[] | undefined): readonly ModelRecord[] | undefined {
  return records?.map(({ atMs: _, ...record }) => record)
}

function sameText(one: unknown, other: unknown): boolean {
  return textOf(one) === textOf(other)
}
