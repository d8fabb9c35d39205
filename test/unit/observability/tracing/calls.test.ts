import { SpanKind } from '@opentelemetry/api'
import { expect } from 'chai'
import { isFailed, relations, TraceRecorder } from '../../../support/traces/trace-recorder.js'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = 'b7ad6b7169203331'
const traceparent = [`00-${TRACE}-${PARENT}-01`]

describe('the trace of a call', () => {
  let recorder: TraceRecorder
  beforeEach(() => {
    recorder = new TraceRecorder()
  })

  it('continues the trace of the caller', () => {
    const call = recorder.call({ traceparent, tracestate: ['vendor=1', 'other=2'] })
    call.ended('OK')
    const [span] = recorder.ended
    expect(call.ids).to.deep.equal({ trace_id: TRACE, span_id: span?.spanContext().spanId })
    expect(span?.parentSpanContext).to.include({ traceId: TRACE, spanId: PARENT, isRemote: true })
    expect(span?.spanContext().traceState?.serialize()).to.equal('vendor=1,other=2')
  })

  it('is not recorded when the caller’s is not, but keeps its id', () => {
    const call = recorder.call({ traceparent: [`00-${TRACE}-${PARENT}-00`] })
    call.ended('OK')
    expect(recorder.ended).to.have.length(0)
    expect(call.ids.trace_id).to.equal(TRACE)
  })

  it('continues a trace of a later version with more fields', () => {
    const call = recorder.call({ traceparent: [`cc-${TRACE}-${PARENT}-01-what-is-to-come`] })
    expect(call.ids.trace_id).to.equal(TRACE)
  })

  for (const [what, bad] of [
    ['is missing', []],
    ['is empty', ['']],
    ['is something else', ['hello']],
    ['has a trace id of zeros', [`00-${'0'.repeat(32)}-${PARENT}-01`]],
    ['has a span id of zeros', [`00-${TRACE}-${'0'.repeat(16)}-01`]],
    ['is in capitals', [traceparent[0]?.toUpperCase() ?? '']],
    ['is too long', [`${traceparent[0]}-01`]],
    ['has the invalid version ff', [`ff-${TRACE}-${PARENT}-01`]],
    ['comes twice in one line', [`${traceparent[0]},${traceparent[0]}`]],
    ['is a megabyte long', ['0'.repeat(1_000_000)]],
  ] as const) {
    it(`is a new one when the traceparent ${what}`, () => {
      const call = recorder.call({ traceparent: bad, tracestate: ['vendor=1'] })
      call.ended('OK')
      const [span] = recorder.ended
      expect(span?.parentSpanContext).to.equal(undefined)
      expect(call.ids.trace_id)
        .to.match(/^[0-9a-f]{32}$/)
        .and.not.equal(TRACE)
    })
  }

  it('ignores a malformed tracestate without the traceparent', () => {
    const call = recorder.call({ traceparent, tracestate: ['=,=,;;'] })
    call.ended('OK')
    expect(recorder.ended[0]?.spanContext().traceId).to.equal(TRACE)
    expect(recorder.ended[0]?.spanContext().traceState?.serialize()).to.equal('')
  })

  it('has a span by the RPC conventions', () => {
    recorder.call().ended('OK')
    const [span] = recorder.ended
    expect(span?.name).to.equal('test.Service/Call')
    expect(span?.kind).to.equal(SpanKind.SERVER)
    expect(span?.attributes).to.deep.equal({
      'rpc.system.name': 'grpc',
      'rpc.method': 'test.Service/Call',
      'rpc.status_code': 'OK',
      'benefits.request_id': 'r-1',
    })
  })

  for (const [code, failed] of [
    ['OK', false],
    ['INVALID_ARGUMENT', false],
    ['UNAUTHENTICATED', false],
    ['RESOURCE_EXHAUSTED', false],
    ['UNAVAILABLE', true],
    ['DEADLINE_EXCEEDED', true],
    ['INTERNAL', true],
  ] as const) {
    it(`${failed ? 'has failed' : 'has not failed'} when it ends with ${code}`, () => {
      recorder.call().ended(code)
      const [span] = recorder.ended
      expect(span && isFailed(span)).to.equal(failed)
      expect(span?.attributes).to.include({ 'rpc.status_code': code })
    })
  }

  it('has no traces for the purchases of a stream when the caller’s trace is not recorded', () => {
    recorder
      .call({ traceparent: [`00-${TRACE}-${PARENT}-00`] })
      .item('purchase')
      .ended('OK')
    expect(recorder.ended).to.deep.equal([])
  })

  it('has a linked trace for each purchase of a stream', () => {
    const stream = recorder.call({ traceparent })
    const item = stream.item('purchase')
    item.ended('OK')
    const [span] = recorder.ended
    expect(item.ids.trace_id).not.to.equal(TRACE)
    expect(span && relations(span)).to.deep.equal({ parent: undefined, links: [stream.ids.span_id] })
    expect(span?.attributes).to.include({ 'rpc.method': 'test.Service/Call', 'rpc.status_code': 'OK' })
  })
})
