import { type DescField, ScalarType } from '@bufbuild/protobuf'
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt'

/** A JSON Schema, as far as this generator writes one. */
export type Schema = { readonly [keyword: string]: unknown }

/** Largest value of an int64. Its digits do not bound it exactly: the format does. */
const INT64_MAX = '9223372036854775807'

/**
 * Reads from a field's comment the bounds that JSON Schema can express.
 *
 * The comments have few forms for them, and this is the list. A bound in any other form stays in the description only.
 */
export function boundsOf(field: DescField, comment: string, required: boolean): Schema {
  const text = comment.replaceAll(/\s+/g, ' ')
  if (field.fieldKind === 'list') return itemBounds(text)
  if (field.fieldKind !== 'scalar') return {}
  switch (field.scalar) {
    case ScalarType.STRING:
      return stringBounds(text, !required && field.presence !== FeatureSet_FieldPresence.EXPLICIT)
    case ScalarType.INT64:
      return { pattern: int64Pattern(text) }
    case ScalarType.INT32:
      return int32Bounds(text)
    default:
      return {}
  }
}

/** Whether a request without the field is malformed. */
export function isRequired(comment: string): boolean {
  return /(?:^|\s)Required\./.test(comment)
}

function itemBounds(text: string): Schema {
  const [, , most] = /(\d+) to (\d+) items/.exec(text) ?? []
  return {
    ...(/codes .*and ranges/.test(text) && {
      items: { type: 'string', pattern: '^[0-9]{4}(?:-[0-9]{4})?$' },
    }),
    ...(most !== undefined && { maxItems: Number(most) }),
  }
}

function stringBounds(text: string, mayBeEmpty: boolean): Schema {
  const values = /^"\w+" /.test(text) ? [...text.matchAll(/"(\w+)"/g)].map(([, value]) => value) : []
  if (values.length > 0) return { enum: values }
  const pattern = stringPattern(text)
  if (pattern !== undefined) return { pattern: mayBeEmpty ? `^(?:${pattern})?$` : `^${pattern}$` }
  const [, least = '0', most] = /(?:(\d+) to|[Aa]t most) (\d+) characters(?! after)/.exec(text) ?? []
  return {
    ...(most !== undefined && { maxLength: Number(most) }),
    ...(least !== '0' && !mayBeEmpty && { minLength: Number(least) }),
    ...(text.includes('no control characters') && { pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$' }),
  }
}

/** The patterns of texts that a comment describes in these words. */
const patterns: Readonly<Record<string, string>> = {
  'Exactly four digits': '[0-9]{4}',
  'Two letters': '[A-Za-z]{2}',
  'Three letters A-Z or three digits': '(?:[A-Z]{3}|[0-9]{3})',
  '3, 4 or 12 characters of 0-9 A-Z': '(?:[0-9A-Z]{3,4}|[0-9A-Z]{12})',
  'or the id of an expiry': '(?: ?expiry )?[!-~]{1,128}',
  // Which dates exist is not expressed.
  'An existing date and time':
    '[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]',
}

/** The pattern of a text of few kinds of characters, without its anchors. */
function stringPattern(text: string): string | undefined {
  const known = Object.entries(patterns).find(([phrase]) => text.includes(phrase))
  if (known) return known[1]
  const [, exact] = /Exactly (\d+) characters of 0-9 A-Z/.exec(text) ?? []
  if (exact !== undefined) return `[0-9A-Z]{${exact}}`
  const [, fewest, digits] = /(\d+) to (\d+) digits/.exec(text) ?? []
  if (digits !== undefined) return `[0-9]{${fewest},${digits}}`
  const [, printable] = /1 to (\d+) printable ASCII characters/.exec(text) ?? []
  if (printable !== undefined) return `[!-~](?:[ -~]{0,${Number(printable) - 2}}[!-~])?`
  const [, least, most] = /(\d+) to (\d+) visible ASCII characters/.exec(text) ?? []
  if (most !== undefined) return `[!-~]{${least},${most}}`
  const [, , length, kinds = '', first] =
    /(\d+) to (\d+) characters of ((?:(?:\w-\w|[.:_-])(?:,? |[.;]))+)(?:the first one a (letter or a digit|letter))?/.exec(
      `${text} `,
    ) ?? []
  if (length === undefined) return undefined
  const ranges = kinds.match(/\w-\w/g) ?? []
  const others = kinds.replaceAll(/\w-\w|[ ,;]|\.$/g, '')
  const ofFirst = ranges.filter((range) => first !== 'letter' || range !== '0-9')
  return `[${ofFirst.join('')}][${ranges.join('')}${others}]{0,${Number(length) - 1}}`
}

function int64Pattern(text: string): string {
  const [, least, most = INT64_MAX] = /(\d+) to (\d+)/.exec(text) ?? []
  const positive = `[1-9][0-9]{0,${most.length - 1}}`
  if (least === '1' && !/0 unless/.test(text)) return `^${positive}$`
  return least !== undefined || /(?:^|\s)0 or more/.test(text) ? `^(?:0|${positive})$` : '^-?[0-9]{1,19}$'
}

function int32Bounds(text: string): Schema {
  const [, least, most] = /(\d+) to (\d+)/.exec(text) ?? []
  if (most !== undefined) return { minimum: Number(least), maximum: Number(most) }
  return /(?:^|\s)0 or more/.test(text) ? { minimum: 0 } : {}
}
