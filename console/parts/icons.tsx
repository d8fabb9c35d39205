import type { ComponentChildren } from 'preact'

const paths = {
  accounts: (
    <path d="M3 7.5A2.5 2.5 0 0 1 5.5 5h9A2.5 2.5 0 0 1 17 7.5v5a2.5 2.5 0 0 1-2.5 2.5h-9A2.5 2.5 0 0 1 3 12.5zM3 8.5h14M6 12h3" />
  ),
  simulate: <path d="M5 3v9.5A2.5 2.5 0 0 0 7.5 15H15m-3-3 3 3-3 3M5 3 3 5m2-2 2 2M9 5h7M9 9h4" />,
  rules: <path d="M4 5h12M4 10h7M4 15h4m5.5 1.5 3-3-1.5-1.5-3 3V17z" />,
  categories: <path d="M3.5 3.5h5v5h-5zm8 0h5v5h-5zm-8 8h5v5h-5zm8 0h5v5h-5z" />,
  live: <path d="M2.5 10.5h3.2L8 4.5l4 11 2.3-5h3.2" />,
  api: <path d="m7 6-4 4 4 4m6-8 4 4-4 4m-2-10-2 12" />,
  tick: <path d="m5 10.5 3.5 3.5L15 7" />,
  cross: <path d="m6 6 8 8m0-8-8 8" />,
  dash: <path d="M6 10h8" />,
  arrow: <path d="M4 10h12m-4-4 4 4-4 4" />,
  search: <path d="M9 3.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11m4 9.5 4 4" />,
  history: <path d="M5 5.5h.01M5 10h.01M5 14.5h.01M9 5.5h7M9 10h7M9 14.5h7" />,
  back: <path d="M12 5 7 10l5 5" />,
} as const

export type IconName = keyof typeof paths

/** An icon of 20 px in the colour of the text. Screen readers skip it: the text beside it has the meaning. */
export function Icon({ name }: { readonly name: IconName }): ComponentChildren {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {paths[name]}
    </svg>
  )
}
