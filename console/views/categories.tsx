import { useState } from 'preact/hooks'
import { call } from '../api/client.js'
import type { Category, MccPolicy } from '../api/messages.js'
import { HoldPolicy } from '../catalog/hold-policy.js'
import { covers, Mccs } from '../catalog/mccs.js'
import { Button, Chip, Done, Head } from '../parts/basics.js'
import { Failure } from '../parts/failure.js'
import { Field } from '../parts/field.js'
import { useLoad } from '../parts/use-call.js'
import { text } from '../text/text.js'
import { number } from '../text/time.js'
import { EditCategory } from './edit-category.js'

/** The categories, the MCCs that each covers, the MCCs that are never permitted, and the hold policy. */
export function Categories() {
  const { categories: words, frame } = text()
  const [mcc, setMcc] = useState('')
  const [editing, setEditing] = useState<Category | 'new'>()
  const [done, setDone] = useState<string>()
  const { data, error, loading, reload } = useLoad(async () => {
    const [listed, { policy = {} }, { policy: holdPolicy = {} }] = await Promise.all([
      // There are 64 at most.
      call('CategoryService/ListCategories', { pageSize: 100 }),
      call('CategoryService/GetMccPolicy', {}),
      call('CategoryService/GetHoldPolicy', {}),
    ])
    return { categories: listed.categories ?? [], policy, holdPolicy }
  }, [])
  return (
    <>
      <Head title={words.title} why={words.why}>
        <Button kind="primary" onClick={() => setEditing('new')}>
          {words.create}
        </Button>
      </Head>
      {done !== undefined && <Done>{done}</Done>}
      {error !== undefined && <Failure error={error} onRetry={reload} />}
      {data ? (
        <>
          <section class="card lookup">
            <h2>{words.lookup}</h2>
            <Field label="MCC" value={mcc} onInput={setMcc} mode="numeric" maxLength={4} />
            <div aria-live="polite">
              <Payers mcc={mcc} categories={data.categories} policy={data.policy} />
            </div>
          </section>
          <section class="categories" aria-label={words.title}>
            {data.categories.map((category) => (
              <CategoryCard
                key={category.id}
                category={category}
                looked={mcc}
                onEdit={() => setEditing(category)}
              />
            ))}
          </section>
          <section class="card">
            <h2>{words.never}</h2>
            <p class="quiet">{never(data.policy).length > 0 ? words.neverWhy : words.neverNone}</p>
            <Mccs mccs={never(data.policy)} looked={mcc} />
          </section>
          <section class="card">
            <h2>{words.neverAsReceived}</h2>
            <p class="quiet">
              {asReceived(data.policy).length > 0 ? words.neverAsReceivedWhy : words.neverAsReceivedNone}
            </p>
            <Mccs mccs={asReceived(data.policy)} looked={mcc} />
          </section>
          <HoldPolicy
            policy={data.holdPolicy}
            looked={mcc}
            onDone={(report) => {
              setDone(report)
              reload()
            }}
          />
        </>
      ) : (
        loading && <p class="quiet">{frame.loading}…</p>
      )}
      {editing && (
        <EditCategory
          category={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
          onDone={(report) => {
            setEditing(undefined)
            setDone(report)
            reload()
          }}
        />
      )}
    </>
  )
}

function CategoryCard({
  category,
  looked,
  onEdit,
}: {
  readonly category: Category
  /** The MCC that somebody looks for; its ranges are marked. */
  readonly looked: string
  readonly onEdit: () => void
}) {
  const { categories: words } = text()
  return (
    <article class="card category">
      <header>
        <h2>{category.id}</h2>
        {category.displayName && category.displayName !== category.id && (
          <span class="quiet">{category.displayName}</span>
        )}
        {category.creditsClosed && <Chip tone="warning">{words.creditsClosed}</Chip>}
        {category.regulated && <Chip tone="quiet">{words.regulated}</Chip>}
        {category.immediate && <Chip tone="quiet">{words.immediate}</Chip>}
      </header>
      {category.free ? (
        <p class="quiet">{words.free}</p>
      ) : (
        <>
          <Mccs mccs={category.mccs ?? []} looked={looked} />
          <p class="quiet">
            {words.order} {number(category.order ?? 0)}
          </p>
        </>
      )}
      <p class="quiet">
        {words.rails} {railsText(category)}
      </p>
      <Button onClick={onEdit}>
        {words.edit}
        <span class="unseen"> {category.id}</span>
      </Button>
    </article>
  )
}

function never({ neverPermitted = [] }: MccPolicy): readonly string[] {
  return neverPermitted
}

function asReceived({ neverPermittedAsReceived = [] }: MccPolicy): readonly string[] {
  return neverPermittedAsReceived
}

function railsText({ rails = [] }: Category): string {
  const { categories: words, network } = text()
  return rails.map((rail) => network.rails[rail]).join(', ') || words.railsAny
}

function Payers({
  mcc,
  categories,
  policy,
}: {
  readonly mcc: string
  readonly categories: readonly Category[]
  readonly policy: MccPolicy
}) {
  const { categories: words } = text()
  if (!/^\d{4}$/.test(mcc)) return null
  const forbidden = [...never(policy), ...asReceived(policy)]
  if (forbidden.some((each) => covers(each, mcc))) return <p>{words.lookupNever(mcc)}</p>
  // The service lists them in the order in which they pay, the free balance last.
  const payers = categories.filter(({ free, mccs = [] }) => free || mccs.some((each) => covers(each, mcc)))
  return (
    <>
      <p class="quiet">{words.lookupAnswer(mcc)}</p>
      <ol class="payers">
        {payers.map(({ id }) => (
          <li key={id}>{id}</li>
        ))}
      </ol>
    </>
  )
}
