import { useState } from 'preact/hooks'
import { signIn } from '../api/session.js'
import { Button, Command } from '../parts/basics.js'
import { Field, Form } from '../parts/field.js'
import { text } from '../text/text.js'

/** The request for a token. `isOver`: an earlier token is no longer valid. */
export function Session({ isOver }: { readonly isOver: boolean }) {
  const { session } = text()
  const [typed, setTyped] = useState('')
  const [isChecked, setChecked] = useState(false)
  const token = typed.trim().replace(/^bearer\s+/i, '')
  const isToken = /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)
  return (
    <section class="session card">
      <h1>{session.title}</h1>
      <p>{isOver ? session.ended : session.why}</p>
      <Form
        onSubmit={() => {
          setChecked(true)
          if (isToken) signIn(token)
        }}
      >
        <Field
          label={session.label}
          type="password"
          value={typed}
          onInput={setTyped}
          mono
          problem={isChecked && !isToken ? session.notAToken : undefined}
        />
        <Button kind="primary" type="submit">
          {session.enter}
        </Button>
      </Form>
      <p class="quiet">{session.command}</p>
      <Command>
        {
          './benefits token --scope "accounts:read transactions:simulate rules:read categories:read activity:read"'
        }
      </Command>
    </section>
  )
}
