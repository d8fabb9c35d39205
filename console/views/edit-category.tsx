import { useState } from 'preact/hooks'
import { call } from '../api/client.js'
import type { Category, Rail } from '../api/messages.js'
import { areMccs, mccsIn } from '../catalog/mccs.js'
import { Dialog } from '../parts/dialog.js'
import { Field, Form } from '../parts/field.js'
import { FormEnd } from '../parts/form-end.js'
import { useAction } from '../parts/use-call.js'
import { text } from '../text/text.js'

const allRails: readonly Rail[] = ['RAIL_VOUCHER', 'RAIL_CREDIT', 'RAIL_DEBIT']

type EditCategoryProps = {
  /** The category to change; undefined for a new one. */
  readonly category: Category | undefined
  readonly onClose: () => void
  readonly onDone: (report: string) => void
}

/** Creates or replaces a category. Repeating it is safe: it replaces the category by the same one. */
export function EditCategory({ category, onClose, onDone }: EditCategoryProps) {
  const { categories: words } = text()
  const [typed, setTyped] = useState(() => typedCategory(category))
  const [isChecked, setChecked] = useState(false)
  const set = (name: keyof Typed) => (value: string) => setTyped({ ...typed, [name]: value })
  const problems = problemsOf(typed)
  const save = useAction(async () => {
    setChecked(true)
    if (problems.mccs || problems.order) return
    await call('CategoryService/UpsertCategory', {
      category: {
        id: typed.id.trim(),
        displayName: typed.displayName.trim(),
        mccs: mccsIn(typed.mccs),
        order: Number(typed.order),
        creditsClosed: typed.creditsClosed,
        free: category?.free ?? false,
        rails: typed.rails,
        regulated: typed.regulated,
        immediate: typed.immediate,
      },
    })
    onDone(words.saved)
  })
  return (
    <Dialog title={category ? `${words.edit}: ${category.id}` : words.create} onClose={onClose} side>
      <Form onSubmit={() => void save.run()}>
        {!category && (
          <Field
            label={words.id}
            value={typed.id}
            onInput={set('id')}
            hint={words.idHint}
            maxLength={32}
            mono
            autoFocus
          />
        )}
        <Field label={words.name} value={typed.displayName} onInput={set('displayName')} maxLength={64} />
        {!category?.free && <PayingFields typed={typed} problems={isChecked ? problems : {}} set={set} />}
        <label class="check">
          <input
            type="checkbox"
            checked={typed.creditsClosed}
            onChange={({ currentTarget }) => setTyped({ ...typed, creditsClosed: currentTarget.checked })}
          />
          {words.creditsClosed}
        </label>
        <RailChoices chosen={typed.rails} onChoose={(rails) => setTyped({ ...typed, rails })} />
        {!category?.free && (
          <>
            <label class="check">
              <input
                type="checkbox"
                checked={typed.regulated}
                onChange={({ currentTarget }) => setTyped({ ...typed, regulated: currentTarget.checked })}
              />
              {words.regulated}
            </label>
            <p class="hint">{words.regulatedHint}</p>
          </>
        )}
        <label class="check">
          <input
            type="checkbox"
            checked={typed.immediate}
            onChange={({ currentTarget }) => setTyped({ ...typed, immediate: currentTarget.checked })}
          />
          {words.immediate}
        </label>
        <p class="hint">{words.immediateHint}</p>
        <p class="hint">{words.saveReview}</p>
        <FormEnd submit={words.save} call={save} onBack={onClose} />
      </Form>
    </Dialog>
  )
}

/** The fields of a category that pays for certain MCCs only. */
function PayingFields({
  typed,
  problems,
  set,
}: {
  readonly typed: Typed
  readonly problems: Partial<ReturnType<typeof problemsOf>>
  readonly set: (name: keyof Typed) => (value: string) => void
}) {
  const { categories: words } = text()
  return (
    <>
      <Field
        label={words.mccs}
        value={typed.mccs}
        onInput={set('mccs')}
        hint={words.mccsHint}
        mono
        problem={problems.mccs}
      />
      <Field
        label={words.order}
        value={typed.order}
        onInput={set('order')}
        mode="numeric"
        hint={words.orderHint}
        problem={problems.order}
      />
    </>
  )
}

type Typed = ReturnType<typeof typedCategory>

function typedCategory(category: Category | undefined) {
  return {
    id: category?.id ?? '',
    displayName: category?.displayName ?? '',
    mccs: (category?.mccs ?? []).join(' '),
    order: String(category?.order ?? 0),
    creditsClosed: category?.creditsClosed ?? false,
    rails: category?.rails ?? [],
    regulated: category?.regulated ?? false,
    immediate: category?.immediate ?? false,
  }
}

/** Returns the problem of each field that has one. */
function problemsOf(typed: Typed) {
  const { categories: words } = text()
  const isOrderWrong = !/^\d{1,7}$/.test(typed.order.trim()) || Number(typed.order) > 1_000_000
  return {
    mccs: areMccs(mccsIn(typed.mccs)) ? undefined : words.mccsWrong,
    order: isOrderWrong ? words.orderWrong : undefined,
  }
}

type RailChoicesProps = {
  readonly chosen: readonly Rail[]
  readonly onChoose: (rails: readonly Rail[]) => void
}

/** A box to tick for each rail. */
function RailChoices({ chosen, onChoose }: RailChoicesProps) {
  const { categories: words, network } = text()
  const toggled = (rail: Rail, isChosen: boolean) =>
    allRails.filter((each) => (each === rail ? isChosen : chosen.includes(each)))
  return (
    <fieldset>
      <legend>{words.rails}</legend>
      {allRails.map((rail) => (
        <label key={rail} class="check">
          <input
            type="checkbox"
            checked={chosen.includes(rail)}
            onChange={({ currentTarget }) => onChoose(toggled(rail, currentTarget.checked))}
          />
          {network.rails[rail]}
        </label>
      ))}
      <p class="hint">{words.railsHint}</p>
    </fieldset>
  )
}
