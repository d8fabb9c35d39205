import { base, Faker, pt_BR } from '@faker-js/faker'
import { expect } from 'chai'
import fc from 'fast-check'
import { normalise, parseMerchant } from '../../../src/domain/merchant.js'
import { de43 } from './builders.js'

/** The strings of the challenge, as they arrive. */
const examples: readonly (readonly [string, string, string])[] = [
  ['UBER TRIP                   SAO PAULO BR', 'UBER TRIP', 'SAO PAULO'],
  ['UBER EATS                   SAO PAULO BR', 'UBER EATS', 'SAO PAULO'],
  ['PAG*JoseDaSilva          RIO DE JANEI BR', 'PAG*JOSEDASILVA', 'RIO DE JANEI'],
  ['PICPAY*BILHETEUNICO           GOIANIA BR', 'PICPAY*BILHETEUNICO', 'GOIANIA'],
  ['PADARIA DO ZE               SAO PAULO BR', 'PADARIA DO ZE', 'SAO PAULO'],
]

/** Any text at all: any code points, lone surrogates, and letters under piles of marks. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  fc.string({
    unit: fc.constantFrom(
      ...[
        'a',
        'E',
        '\u0301',
        '\u0327',
        '\u0345',
        'ß',
        'ﬁ',
        'İ',
        '\u00a0',
        ' ',
        '*',
        '´',
        'ŉ',
        '–',
        '\u200b',
        '\u3164',
      ],
    ),
  }),
)

describe('merchant read as DE43', () => {
  for (const [text, name, city] of examples) {
    it(`${text} is ${name} in ${city}`, () => {
      expect(parseMerchant(text)).to.deep.equal({ name, city, country: 'BR' })
    })
  }

  it('takes the name from the first 25 characters and the city from the next 12', () => {
    const text = `${'A'.repeat(24)}B${'C'.repeat(11)}D US`
    const read = { name: `${'A'.repeat(24)}B`, city: `${'C'.repeat(11)}D`, country: 'US' }
    expect(parseMerchant(text)).to.deep.equal(read)
  })

  it('counts a surrogate pair as one character', () => {
    const read = { name: '🍕 PIZZARIA', city: '🌊 SANTOS', country: 'BR' }
    expect(parseMerchant(de43({ name: '🍕 Pizzaria', city: '🌊 Santos' }))).to.deep.equal(read)
  })

  it('normalises name, city and country', () => {
    const read = { name: 'ACOUGUE SAO JOAO', city: 'MACEIO', country: 'BR' }
    expect(parseMerchant(de43({ name: 'Açougue  São João', city: 'Maceió', country: 'br' }))).to.deep.equal(
      read,
    )
  })

  it('has an empty name and city when they are blank', () => {
    const read = { name: '', city: '', country: 'BR' }
    expect(parseMerchant(de43({ name: '', city: '' }))).to.deep.equal(read)
  })

  it('has the name that the acquirer wrote, truncated to 25 characters', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const faker = new Faker({ locale: [pt_BR, base], seed })
        const name = faker.company.name()
        const city = faker.location.city()
        const cutName = Array.from(name).slice(0, 25).join('')
        const cutCity = Array.from(city).slice(0, 12).join('')
        const read = { name: normalise(cutName), city: normalise(cutCity), country: 'BR' }
        expect(parseMerchant(de43({ name, city })), `${name}, ${city}`).to.deep.equal(read)
      }),
    )
  })
})

describe('merchant read as DE43, by any way of counting', () => {
  const read = { name: 'PAO DE QUEIJO', city: 'MACEIO', country: 'BR' }
  const composed = de43({ name: 'Pão de Queijo', city: 'Maceió' })

  it('may have 43 code points for 40 characters with combining accents', () => {
    const accents = de43({ name: 'Pão dé Queijo', city: 'Maceió' }).normalize('NFD')
    expect(Array.from(accents)).to.have.lengthOf(43)
    expect(parseMerchant(accents)).to.deep.equal(read)
  })

  it('may have invisible characters beyond its 40', () => {
    const marked = `\ufeff${composed.slice(0, 3)}\u200b${composed.slice(3)}\u200e`
    expect(parseMerchant(marked)).to.deep.equal(read)
  })

  it('may have 40 code points, including accents and invisible characters', () => {
    const counted = de43({ name: 'Pa\u0303o de\u00ad Queijo', city: 'Maceio\u0301' })
    expect(Array.from(counted)).to.have.lengthOf(40)
    expect(parseMerchant(counted)).to.deep.equal(read)
  })
})

describe('merchant read as a bare name', () => {
  for (const [text, name] of examples) {
    it(`${name} has no city and no country`, () => {
      expect(parseMerchant(text.slice(0, 25))).to.deep.equal({ name })
    })
  }

  const bare: readonly (readonly [string, string, string])[] = [
    ['an empty string', '', ''],
    ['39 characters', ` PADARIA DO ZE              SAO PAULO BR`.slice(1), 'PADARIA DO ZE SAO PAULO BR'],
    ['41 characters', ' PADARIA DO ZE               SAO PAULO BR', 'PADARIA DO ZE SAO PAULO BR'],
    [
      '40 without a space at the 38th',
      `PADARIA DO ZE${' '.repeat(15)}SAO PAULO-BR`,
      'PADARIA DO ZE SAO PAULO-BR',
    ],
    [
      '40 with digits for a country',
      de43({ name: 'PADARIA DO ZE', country: '76' }),
      'PADARIA DO ZE SAO PAULO 76',
    ],
    ['40 with half a country', de43({ name: 'PADARIA DO ZE', country: 'B ' }), 'PADARIA DO ZE SAO PAULO B'],
    ['40 without a country', de43({ name: 'PADARIA DO ZE', country: '  ' }), 'PADARIA DO ZE SAO PAULO'],
    ['40 code units that are 39 characters', `🍕${de43({ name: 'ZE' }).slice(2)}`, '🍕 SAO PAULO BR'],
  ]
  for (const [what, text, name] of bare) {
    it(`is the result for ${what}`, () => {
      expect(parseMerchant(text)).to.deep.equal({ name })
    })
  }
})

describe('merchant that almost has the shape of DE43', () => {
  const whole = de43({ name: 'ACME' })
  for (const [what, text] of [
    ['a space more', `${whole} `],
    ['a country that has three letters in capitals', `${whole.slice(0, 38)}ßR`],
  ] as const) {
    it(`but ${what} is a bare name`, () => {
      expect(parseMerchant(text)).to.have.all.keys('name')
    })
  }
})

describe('any text as a merchant', () => {
  it('is read without an exception', () => {
    fc.assert(
      fc.property(anyText, (text) => typeof parseMerchant(text).name === 'string'),
      { numRuns: 500 },
    )
  })

  it('has both city and country, or neither', () => {
    const nearlyDe43 = fc.string({
      unit: fc.constantFrom('A', 'b', ' ', 'é', '🍕'),
      minLength: 39,
      maxLength: 41,
    })
    fc.assert(
      fc.property(fc.oneof(anyText, nearlyDe43), (text) => {
        const { city, country } = parseMerchant(text)
        return (city === undefined) === (country === undefined)
      }),
      { numRuns: 500 },
    )
  })
})

describe('normal form', () => {
  const forms: readonly (readonly [string, string, string])[] = [
    ['upper case', 'uber trip', 'UBER TRIP'],
    ['without marks', 'Pão de Açúcar', 'PAO DE ACUCAR'],
    ['the same composed and decomposed', 'Cafe\u0301', 'CAFE'],
    ['of compatible characters', 'ＵＢＥＲ ﬁt ①', 'UBER FIT 1'],
    ['of a letter that becomes two', 'Straße', 'STRASSE'],
    ['of a letter with two marks', 'ΰ', 'Υ'],
    ['with single spaces', 'A  B \t\n C\u00a0D\u3000E', 'A B C D E'],
    ['trimmed', '  UBER \u00a0', 'UBER'],
    ['empty when there are only marks and spaces', ' \u0301\u0302 ', ''],
    ['with the star of the acquirer', 'pag*Jose', 'PAG*JOSE'],
    ['without a space around the star', 'Uber *Trip * X* Y', 'UBER*TRIP*X*Y'],
    ['without a space around stars', ' * * A', '**A'],
    ['without zero-width characters', 'U\u200bB\u200cE\u200dR\u2060 \ufeffT', 'UBER T'],
    ['without directions and soft hyphens', '\u202eU\u200eB\u200fE\u00adR\u202c\u2066', 'UBER'],
    ['without characters that are not shown', 'U\u3164\u034f\u115f\ufe0fB\u{e0041}', 'UB'],
    ['with plain apostrophes', 'D’A ‘B’ CʼD ´E `F ′G ＇H', "D'A 'B' C'D 'E 'F 'G 'H"],
    ['with plain dashes', 'A–B—C‐D‑E−F－G', 'A-B-C-D-E-F-G'],
    ['with an apostrophe that comes out of a letter', 'ŉ', "'N"],
    ['without a mark behind a space', 'a é', 'A E'],
    ['with a lone surrogate left as it is', '\ud83c abc', '\ud83c ABC'],
  ]
  for (const [what, text, normal] of forms) {
    it(`is ${what}`, () => {
      expect(normalise(text)).to.equal(normal)
    })
  }

  it('is unchanged by a second normalisation', () => {
    fc.assert(
      fc.property(anyText, (text) => normalise(normalise(text)) === normalise(text)),
      { numRuns: 1000 },
    )
  })

  it('has no accent, no lower case, nothing invisible, and only single spaces between words', () => {
    const notNormal = /\p{M}|\p{Cf}|\p{Default_Ignorable_Code_Point}|[a-z’´–]|[^\S ]| {2}|^ | $| \*|\* /u
    fc.assert(
      fc.property(anyText, (text) => !notNormal.test(normalise(text))),
      { numRuns: 1000 },
    )
  })

  it('of upper-case ASCII words is the text itself', () => {
    const word = fc.string({
      unit: fc.constantFrom('A', 'Z', '0', "'", '-', '.', '&'),
      minLength: 1,
      maxLength: 9,
    })
    const words = fc.array(word, { maxLength: 4 }).map((all) => all.join(' '))
    fc.assert(fc.property(words, (text) => normalise(text) === text))
  })
})
