import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { AccountStatus } from '../api/messages.js'
import { text } from '../text/text.js'
import { Icon } from './icons.js'

type ButtonProps = {
  readonly children: ComponentChildren
  readonly kind?: 'primary' | 'danger' | 'plain'
  readonly type?: 'button' | 'submit'
  readonly busy?: boolean
  readonly disabled?: boolean
  readonly onClick?: () => void
}

/** A button. While it is busy it keeps the focus and does nothing. */
export function Button({
  children,
  kind = 'plain',
  type = 'button',
  busy = false,
  disabled = false,
  onClick,
}: ButtonProps) {
  return (
    <button
      type={type}
      class={`button ${kind}`}
      disabled={disabled}
      aria-disabled={busy}
      aria-busy={busy}
      onClick={() => {
        if (!busy) onClick?.()
      }}
    >
      {children}
    </button>
  )
}

type Tone = 'good' | 'bad' | 'warning' | 'quiet'

/** A small label. Its word carries the meaning, its colour only repeats it. */
export function Chip({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) {
  return <span class={`chip ${tone}`}>{children}</span>
}

const statusTones: Readonly<Record<AccountStatus, Tone>> = {
  ACCOUNT_STATUS_ACTIVE: 'good',
  ACCOUNT_STATUS_BLOCKED: 'warning',
  ACCOUNT_STATUS_CLOSED: 'quiet',
}

export function StatusChip({ status }: { readonly status: AccountStatus }) {
  return <Chip tone={statusTones[status]}>{text().status[status]}</Chip>
}

/** A choice among a few values, such as the filters of a list. */
export function Choices({
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
  return (
    <fieldset class="choices">
      <legend class="unseen">{label}</legend>
      {options.map(([each, name]) => (
        <button
          key={each}
          type="button"
          class="choice"
          aria-pressed={each === value}
          onClick={() => onChoose(each)}
        >
          {name}
        </button>
      ))}
    </fieldset>
  )
}

/** A bar for the spent part of a limit. The text beside it has the figures. */
export function Bar({
  label,
  part,
  whole,
}: {
  readonly label: string
  readonly part: bigint
  readonly whole: bigint
}) {
  const percent = whole <= 0n ? 100 : Number((part * 1000n) / whole) / 10
  const width = Math.min(Math.max(percent, 0), 100)
  return (
    <>
      <span class={`bar${width >= 90 ? ' full' : ''}`} aria-hidden="true">
        <span class="bar-part" style={{ width: `${width}%` }} />
      </span>
      <meter class="unseen" aria-label={label} min={0} max={100} value={Math.round(width)} />
    </>
  )
}

/** An id or a command in a fixed-width font, with a button that copies it. */
export function Copyable({ value, shown = value }: { readonly value: string; readonly shown?: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(value).catch(() => {})
    setCopied(true)
    setTimeout(() => setCopied(false), 1_500)
  }
  return (
    <span class="copyable">
      <code>{shown}</code>
      <button type="button" class="copy" onClick={() => void copy()}>
        {copied ? text().frame.copied : text().frame.copy}
        <span class="unseen"> {shown}</span>
      </button>
    </span>
  )
}

/** A command for the terminal. */
export function Command({ children }: { readonly children: string }) {
  return (
    <div class="command">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls what is too wide */}
      <pre tabIndex={0}>{children}</pre>
      <CopyButton value={children} />
    </div>
  )
}

function CopyButton({ value }: { readonly value: string }) {
  const [copied, setCopied] = useState(false)
  return (
    <button
      type="button"
      class="copy"
      onClick={() => {
        void navigator.clipboard.writeText(value).catch(() => {})
        setCopied(true)
        setTimeout(() => setCopied(false), 1_500)
      }}
    >
      {copied ? text().frame.copied : text().frame.copy}
    </button>
  )
}

/** The placeholder of an empty list, with the next thing to do. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <div class="empty">{children}</div>
}

/** The header of a view: its title, a sentence, and its actions. */
export function Head({
  title,
  why,
  children,
}: {
  readonly title: string
  readonly why?: string
  readonly children?: ComponentChildren
}) {
  return (
    <header class="head">
      <div>
        <h1>{title}</h1>
        {why !== undefined && <p class="why">{why}</p>}
      </div>
      {children !== undefined && <div class="actions">{children}</div>}
    </header>
  )
}

/** Names and values in two columns. */
export function Facts({
  rows,
}: {
  readonly rows: readonly (readonly [string, ComponentChildren] | undefined)[]
}) {
  return (
    <dl class="facts">
      {rows.map(
        (row) =>
          row && (
            <div key={row[0]}>
              <dt>{row[0]}</dt>
              <dd>{row[1]}</dd>
            </div>
          ),
      )}
    </dl>
  )
}

/** A short report of a change that succeeded, read out by screen readers. */
export function Done({ children }: { readonly children: ComponentChildren }) {
  return (
    <p class="done" role="status">
      <Icon name="tick" />
      <span>{children}</span>
    </p>
  )
}
