import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { text } from '../text/text.js'
import { Icon } from './icons.js'

/**
 * A dialog over the page, in the middle or as a drawer at its side. The browser keeps the focus inside,
 * closes it with Escape, and restores the focus afterwards.
 */
export function Dialog({
  title,
  children,
  onClose,
  side = false,
}: {
  readonly title: string
  readonly children: ComponentChildren
  readonly onClose: () => void
  readonly side?: boolean
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const element = dialog.current
    element?.showModal()
    element?.querySelector<HTMLElement>('[data-autofocus]')?.focus()
    return () => element?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      class={side ? 'drawer' : 'dialog'}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onMouseDown={(event) => {
        // Only the backdrop is the dialog itself; all else in it is in its body.
        if (event.target === dialog.current) onClose()
      }}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 id={id}>{title}</h2>
          <button type="button" class="icon-button" onClick={onClose} aria-label={text().frame.close}>
            <Icon name="cross" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}
