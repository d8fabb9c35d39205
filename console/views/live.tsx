import { useEffect, useState } from 'preact/hooks'
import { call } from '../api/client.js'
import type { Activity, Transaction } from '../api/messages.js'
import { reasonText } from '../decision/sentences.js'
import { approves } from '../decision/steps.js'
import { isSome, shownAmount, wordsOf } from '../entry/entry-words.js'
import { entryLink } from '../entry/places.js'
import { Chart, roundUp } from '../live/chart.js'
import { pointsOf, reasonsSince, type Samples, windowOf, withSample } from '../live/samples.js'
import { Command, Empty, Head } from '../parts/basics.js'
import { Failure } from '../parts/failure.js'
import { money } from '../text/money.js'
import { text } from '../text/text.js'
import { number, timeOfDay } from '../text/time.js'

/** Time between two requests to the service, in milliseconds. A hidden page sends none. */
const PERIOD_MS = 2_000

/** The decisions of the answering process, live. */
export function Live() {
  const { live } = text()
  const { samples, activity, error } = useActivity()
  const points = pointsOf(samples)
  return (
    <>
      <Head title={live.title} why={live.why} />
      {error !== undefined && <Failure error={error} />}
      {activity && points.length === 0 && <p class="quiet">{live.waiting}</p>}
      {points.length > 0 && <Charts samples={samples} points={points} />}
      {samples.length > 1 && <ByReason samples={samples} />}
      {activity && <Recent entries={activity.recent ?? []} />}
    </>
  )
}

function Charts({
  samples,
  points,
}: {
  readonly samples: Samples
  readonly points: ReturnType<typeof pointsOf>
}) {
  const { live } = text()
  const last = points.at(-1)
  const { fromMs, untilMs } = windowOf(samples)
  const rateTop = roundUp(
    Math.max(1, ...points.map((each) => Math.max(each.approvedPerSecond, each.declinedPerSecond))),
  )
  const latencyTop = roundUp(Math.max(1, ...points.map(({ p99Ms = 0 }) => p99Ms)))
  const axis = [live.minutesAgo((fromMs - untilMs) / 60_000), live.now] as const
  return (
    <div class="charts">
      <Chart
        title={live.perSecond}
        fromMs={fromMs}
        untilMs={untilMs}
        top={rateTop}
        topLabel={live.rate(rateTop)}
        axis={axis}
        lines={[
          {
            name: live.approved,
            tone: 'good',
            points: points.map((each) => [each.atMs, each.approvedPerSecond] as const),
            latest: live.rate(last?.approvedPerSecond ?? 0),
          },
          {
            name: live.declined,
            tone: 'bad',
            points: points.map((each) => [each.atMs, each.declinedPerSecond] as const),
            latest: live.rate(last?.declinedPerSecond ?? 0),
          },
        ]}
      />
      <Chart
        title={live.latency}
        fromMs={fromMs}
        untilMs={untilMs}
        top={latencyTop}
        topLabel={live.milliseconds(latencyTop)}
        axis={axis}
        lines={[
          {
            name: 'p50',
            tone: 'strong',
            points: points.map(({ atMs, p50Ms }) => [atMs, p50Ms] as const),
            latest: live.milliseconds(last?.p50Ms),
          },
          {
            name: 'p99',
            tone: 'quiet',
            points: points.map(({ atMs, p99Ms }) => [atMs, p99Ms] as const),
            latest: live.milliseconds(last?.p99Ms),
          },
        ]}
      />
    </div>
  )
}

function ByReason({ samples }: { readonly samples: Samples }) {
  const { live } = text()
  const reasons = reasonsSince(samples)
  const [, most = 1] = reasons[0] ?? []
  return (
    <section>
      <h2>{live.byReason}</h2>
      {reasons.length === 0 ? (
        <Empty>
          <p>{live.none}</p>
          <Command>{'./benefits authorize --amount 1.00 --mcc 5811 --merchant "PADARIA DO ZE"'}</Command>
        </Empty>
      ) : (
        <ul class="reasons">
          {reasons.map(([reason, count]) => (
            <li key={reason}>
              <span>{reasonText(reason)}</span>
              <span class="bar">
                <span
                  class={`bar-part${approves(reason) ? '' : ' bad'}`}
                  style={{ width: `${(count / most) * 100}%` }}
                />
              </span>
              <span class="number">{number(count)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function Recent({ entries }: { readonly entries: readonly Transaction[] }) {
  const { live, statement } = text()
  return (
    <section>
      <h2>{live.recent}</h2>
      {entries.length === 0 ? (
        <Empty>{live.recentNone}</Empty>
      ) : (
        <div class="list">
          <div class="list-head recent-row" aria-hidden="true">
            <span>{statement.time}</span>
            <span>{statement.what}</span>
            <span>{text().accounts.account}</span>
            <span class="number">{statement.amount}</span>
          </div>
          <ul>
            {entries.map((entry) => (
              <li key={`${entry.accountId} ${entry.seq}`}>
                <RecentRow entry={entry} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  )
}

function RecentRow({ entry }: { readonly entry: Transaction }) {
  const { statement } = text()
  const { title, note } = wordsOf(entry)
  const amount = shownAmount(entry)
  const isDeclined = entry.decision === 'DECISION_DECLINED'
  return (
    <a class={`row recent-row${isDeclined ? ' declined' : ''}`} href={entryLink(entry)}>
      <span class="quiet">{timeOfDay(new Date(entry.createTime ?? 0))}</span>
      <span class="entry-what">
        <span class="entry-title">{title}</span>
        <small>
          {[statement.kinds[entry.kind], entry.category ?? '', note]
            .filter((each) => each !== '')
            .join(' · ')}
        </small>
      </span>
      <span class="mono id quiet">{entry.accountId}</span>
      <span class="number">{isSome(amount) ? money(amount) : ''}</span>
    </a>
  )
}

function useActivity(): { samples: Samples; activity: Activity | undefined; error: unknown } {
  const [state, setState] = useState<{ samples: Samples; activity: Activity | undefined; error: unknown }>({
    samples: [],
    activity: undefined,
    error: undefined,
  })
  useEffect(() => {
    let isShown = true
    let timer: ReturnType<typeof setTimeout>
    const ask = async () => {
      if (!document.hidden) {
        await call('ActivityService/GetActivity', {}).then(
          (activity) =>
            isShown &&
            setState((last) => ({ samples: withSample(last.samples, activity), activity, error: undefined })),
          (error: unknown) => isShown && setState((last) => ({ ...last, error })),
        )
      }
      if (isShown) timer = setTimeout(() => void ask(), PERIOD_MS)
    }
    void ask()
    return () => {
      isShown = false
      clearTimeout(timer)
    }
  }, [])
  return state
}
