import { expect } from 'chai'
import fc from 'fast-check'
import { zoneCalendar } from '../../../src/application/zone-calendar.js'

/** The day by another method than the calendar's: Swedish dates follow ISO 8601. */
function dayByIntl(timeZone: string, at: Date): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(at)
}

const instants = {
  min: new Date('1900-01-01T00:00:00Z'),
  max: new Date('2199-12-31T00:00:00Z'),
  noInvalidDate: true,
}
const anyZone = fc.constantFrom(
  ...[
    'America/Sao_Paulo',
    'America/Manaus',
    'America/Noronha',
    'America/St_Johns',
    'Asia/Kolkata',
    'Asia/Kathmandu',
  ],
  ...['Pacific/Apia', 'Pacific/Kiritimati', 'Europe/Lisbon', 'Africa/Monrovia', 'Australia/Lord_Howe', 'UTC'],
)

describe('calendar of a time zone', () => {
  it('returns the same day as Intl, for successive instants in any zone', () => {
    fc.assert(
      fc.property(anyZone, fc.array(fc.date(instants), { minLength: 1, maxLength: 5 }), (zone, dates) => {
        const calendar = zoneCalendar(zone)
        for (const at of dates) expect(calendar(at)).to.equal(dayByIntl(zone, at))
      }),
      { numRuns: 300 },
    )
  })

  it('starts the day in the same millisecond as Intl, around any midnight', () => {
    fc.assert(
      fc.property(anyZone, fc.date(instants), (zone, somewhere) => {
        const change = nextChange(zone, somewhere)
        const calendar = zoneCalendar(zone)
        for (const ms of [-1_001, -1_000, -999, -1, 0, 1, 999, 1_000, 1_001]) {
          const at = new Date(change + ms)
          expect(calendar(at)).to.equal(dayByIntl(zone, at))
        }
      }),
      { numRuns: 100 },
    )
  })

  const rows: readonly (readonly [string, string, string, string])[] = [
    ['the last millisecond of a day', 'America/Sao_Paulo', '2026-11-24T02:59:59.999Z', '2026-11-23'],
    ['midnight', 'America/Sao_Paulo', '2026-11-24T03:00:00.000Z', '2026-11-24'],
    ['the end of a month', 'America/Sao_Paulo', '2026-12-01T02:59:59.999Z', '2026-11-30'],
    ['the end of a year', 'America/Sao_Paulo', '2027-01-01T02:59:59.999Z', '2026-12-31'],
    ['a leap day', 'America/Sao_Paulo', '2028-03-01T02:59:59.999Z', '2028-02-29'],
    ['no leap day in 2100', 'America/Sao_Paulo', '2100-03-01T02:59:59.999Z', '2100-02-28'],
    ['midnight in the summer time of 2018', 'America/Sao_Paulo', '2018-12-01T02:00:00.000Z', '2018-12-01'],
    ['the midnight that summer time left out', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z', '2018-11-04'],
    ['the hour that came twice', 'America/Sao_Paulo', '2019-02-17T02:30:00.000Z', '2019-02-16'],
    ['the day that Samoa left out', 'Pacific/Apia', '2011-12-30T10:00:00.000Z', '2011-12-31'],
    ['the time before zones, to the second', 'America/Sao_Paulo', '1900-01-02T03:06:27.999Z', '1900-01-01'],
    ['the time before zones, a second later', 'America/Sao_Paulo', '1900-01-02T03:06:28.000Z', '1900-01-02'],
  ]
  for (const [what, zone, at, day] of rows) {
    it(`handles ${what}: ${at} is ${day} in ${zone}`, () => {
      expect(zoneCalendar(zone)(new Date(at))).to.equal(day)
    })
  }

  for (const zone of ['', 'Brasil', 'America/Sao Paulo', '-03:00', '+0300', 'America/Sao_Paulo\n']) {
    it(`rejects ${JSON.stringify(zone)}`, () => {
      expect(() => zoneCalendar(zone)).to.throw(RangeError)
    })
  }

  for (const zone of ['-03:00', '+0300', '3America/Sao_Paulo']) {
    it(`explains the valid form of a zone for ${zone}`, () => {
      expect(() => zoneCalendar(zone)).to.throw(RangeError, 'such as America/Sao_Paulo')
    })
  }

  it('writes a year of three digits with four', () => {
    expect(zoneCalendar('UTC')(new Date('0999-06-01T12:00:00Z'))).to.equal('0999-06-01')
  })
})

/** The first millisecond of the next day of the zone, by Intl alone. */
function nextChange(zone: string, after: Date): number {
  const today = dayByIntl(zone, after)
  let [low, high] = [after.getTime(), after.getTime() + 50 * 3_600_000]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (dayByIntl(zone, new Date(middle)) === today) low = middle
    else high = middle
  }
  return high
}
