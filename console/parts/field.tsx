import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

type FieldProps = {
  readonly label: string
  readonly value: string
  readonly onInput: (value: string) => void
  readonly hint?: string | undefined
  /** The problem of the value, shown in place of the hint. */
  readonly problem?: string | undefined
  readonly mode?: 'text' | 'decimal' | 'numeric'
  readonly mono?: boolean
  readonly maxLength?: number
  readonly list?: readonly string[]
  readonly placeholder?: string
  readonly type?: 'text' | 'password' | 'date'
  readonly autoFocus?: boolean
}

/** A field of a form with its label and hint. */
export function Field(props: FieldProps) {
  const {
    label,
    value,
    onInput,
    hint,
    problem,
    mode = 'text',
    mono = false,
    maxLength,
    list,
    placeholder,
  } = props
  const { type = 'text', autoFocus } = props
  const id = useId()
  const note = problem ?? hint
  const common = {
    id,
    class: mono ? 'mono' : undefined,
    value,
    maxLength,
    placeholder,
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: false,
    'aria-invalid': problem !== undefined,
    'aria-describedby': note === undefined ? undefined : `${id}-note`,
    'data-autofocus': autoFocus,
    onInput: ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) =>
      onInput(currentTarget.value),
  } as const
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {type === 'text' && list && <input {...common} type="text" list={`${id}-list`} />}
      {type === 'text' && !list && <input {...common} type="text" inputMode={mode} />}
      {type === 'password' && <input {...common} type="password" />}
      {type === 'date' && <input {...common} type="date" />}
      {list && (
        <datalist id={`${id}-list`}>
          {list.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
      {note !== undefined && (
        <p id={`${id}-note`} class={problem === undefined ? 'hint' : 'problem'}>
          {note}
        </p>
      )}
    </div>
  )
}

/** A choice among a few values, as a field of a form. */
export function Select({
  label,
  value,
  options,
  onChoose,
}: {
  readonly label: string
  readonly value: string
  readonly options: readonly (readonly [value: string, label: string])[]
  readonly onChoose: (value: string) => void
}) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        {options.map(([each, name]) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </select>
    </div>
  )
}

/** A form: Enter and its button submit it, and the page stays. */
export function Form({
  children,
  onSubmit,
  class: name,
}: {
  readonly children: ComponentChildren
  readonly onSubmit: () => void
  readonly class?: string
}) {
  return (
    <form
      class={name ?? 'form'}
      novalidate
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    >
      {children}
    </form>
  )
}
