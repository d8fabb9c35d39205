import type { ComponentChildren } from 'preact'
import { text } from '../text/text.js'
import { Button } from './basics.js'
import { Failure } from './failure.js'

type FormEndProps = {
  /** The text of the button that submits. */
  readonly submit: string
  readonly kind?: 'primary' | 'danger'
  readonly disabled?: boolean
  /** The call that the form makes; absent when the form only leads to the next step. */
  readonly call?: { readonly busy: boolean; readonly error: unknown }
  /** The label of the cancel button. Default: "Cancel". */
  readonly back?: string
  readonly onBack: () => void
  /** Buttons before the cancel button. */
  readonly children?: ComponentChildren
}

/** The end of a form: its failure, the cancel button, and the submit button. */
export function FormEnd(props: FormEndProps) {
  const { submit, kind = 'primary', disabled = false, call, onBack, children } = props
  const { back = text().frame.cancel } = props
  return (
    <>
      <Failure error={call?.error} />
      <div class="form-actions">
        {children}
        <Button onClick={onBack}>{back}</Button>
        <Button kind={kind} type="submit" busy={call?.busy ?? false} disabled={disabled}>
          {submit}
        </Button>
      </div>
    </>
  )
}
