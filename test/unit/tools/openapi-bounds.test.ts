import { readFileSync } from 'node:fs'
import { createFileRegistry, type DescField, type DescMessage, fromBinary } from '@bufbuild/protobuf'
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import { expect } from 'chai'
import { boundsOf } from '../../../tools/openapi/bounds.js'

const registry = createFileRegistry(
  fromBinary(FileDescriptorSetSchema, readFileSync('src/gen/descriptors.binpb')),
)
const text = field('benefits.v1.AuthorizeRequest', 'transaction_id')
const optionalText = field('benefits.v1.OriginalPurchase', 'mcc')
const amount = field('benefits.v1.AuthorizeRequest', 'amount')
const count = field('benefits.v1.ListAccountsRequest', 'page_size')
const list = field('benefits.v1.Category', 'mccs')

describe('the bounds that the OpenAPI document takes from comments', () => {
  it('are those of ids: the allowed characters, and the first one', () => {
    const id = 'Required. 1 to 64 characters of A-Z a-z 0-9 . _ : -, the first one a letter or a digit.'
    expect(boundsOf(text, id, true)).to.deep.equal({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$' })
    const category = 'Required. 1 to 32 characters of A-Z 0-9 _, the first one a letter.'
    expect(boundsOf(text, category, true)).to.deep.equal({ pattern: '^[A-Z][A-Z0-9_]{0,31}$' })
    const visible = 'Required. 1 to 128 visible ASCII characters (0x21 to 0x7e), case-sensitive.'
    expect(boundsOf(text, visible, true)).to.deep.equal({ pattern: '^[!-~]{1,128}$' })
    const entry = 'Required. 1 to 128 visible ASCII characters (0x21 to 0x7e), or the id of an expiry.'
    const { pattern } = boundsOf(text, entry, true)
    for (const id of ['buy', ' expiry buy', 'expiry buy']) expect(id).to.match(new RegExp(String(pattern)))
    for (const id of ['', ' buy', ' expiry ']) expect(id).not.to.match(new RegExp(String(pattern)))
  })

  it('are those of what a card network sends', () => {
    for (const [comment, pattern] of [
      ['1 to 15 printable ASCII characters (0x20 to 0x7e).', '[!-~](?:[ -~]{0,13}[!-~])?'],
      ['Exactly 14 characters of 0-9 A-Z.', '[0-9A-Z]{14}'],
      ['1 to 11 digits.', '[0-9]{1,11}'],
      ['Three letters A-Z or three digits.', '(?:[A-Z]{3}|[0-9]{3})'],
      ['3, 4 or 12 characters of 0-9 A-Z.', '(?:[0-9A-Z]{3,4}|[0-9A-Z]{12})'],
    ] as const) {
      expect(boundsOf(text, `Optional. ${comment}`, false)).to.deep.equal({ pattern: `^(?:${pattern})?$` })
    }
    const time = boundsOf(text, 'Required. An existing date and time in exactly this form.', true)
    expect('2026-11-23T12:34:56').to.match(new RegExp(String(time['pattern'])))
    expect('2026-11-23T24:34:56').not.to.match(new RegExp(String(time['pattern'])))
  })

  it('admit the empty text when it means an absent value', () => {
    expect(boundsOf(text, 'Exactly four digits.', true)).to.deep.equal({ pattern: '^[0-9]{4}$' })
    expect(boundsOf(text, 'Exactly four digits.', false)).to.deep.equal({ pattern: '^(?:[0-9]{4})?$' })
    // This field says whether it was set, so an empty text is a malformed one.
    expect(boundsOf(optionalText, 'Exactly four digits.', false)).to.deep.equal({ pattern: '^[0-9]{4}$' })
  })

  it('are those of texts, across the lines of a comment', () => {
    const pattern = '^[^\\u0000-\\u001f\\u007f-\\u009f]*$'
    expect(boundsOf(text, 'At most 99\ncharacters, no control\ncharacters.', false)).to.deep.equal({
      maxLength: 99,
      pattern,
    })
    expect(boundsOf(text, '1 to 25 characters after normalisation.', true)).to.deep.equal({})
    expect(boundsOf(text, '"00" approved, "07" declined.', false)).to.deep.equal({ enum: ['00', '07'] })
  })

  it('are those of numbers, as digits where JSON has a string', () => {
    expect(boundsOf(amount, 'Required. 1 to 999999999999.', true)).to.deep.equal({
      pattern: '^[1-9][0-9]{0,11}$',
    })
    expect(boundsOf(amount, '1 to 999999999999. 0 unless approved.', false)).to.deep.equal({
      pattern: '^(?:0|[1-9][0-9]{0,11})$',
    })
    expect(boundsOf(amount, '0 or more.', false)).to.deep.equal({ pattern: '^(?:0|[1-9][0-9]{0,18})$' })
    expect(boundsOf(amount, 'Change of a balance.', false)).to.deep.equal({ pattern: '^-?[0-9]{1,19}$' })
    expect(boundsOf(count, '0 means 50.\n0 or more.', false)).to.deep.equal({ minimum: 0 })
    expect(boundsOf(count, '0 to 1000000.', false)).to.deep.equal({ minimum: 0, maximum: 1_000_000 })
  })

  it('are those of lists', () => {
    expect(boundsOf(list, 'Codes.\n0 to 1000 items.', false)).to.deep.equal({ maxItems: 1_000 })
    expect(boundsOf(list, 'MCCs: codes ("7995") and ranges.', false)).to.deep.equal({
      items: { type: 'string', pattern: '^[0-9]{4}(?:-[0-9]{4})?$' },
    })
  })

  it('are absent when the comment states none', () => {
    expect(boundsOf(text, 'Explanation for people.', false)).to.deep.equal({})
  })
})

function field(message: string, name: string): DescField {
  const found = messageOf(message).fields.find((each) => each.name === name)
  if (!found) throw new Error(`${message} has no field ${name}`)
  return found
}

function messageOf(name: string): DescMessage {
  const found = registry.getMessage(name)
  if (!found) throw new Error(`there is no message ${name}`)
  return found
}
