import { zoneCalendar } from '../../src/application/zone-calendar.js'

/** The calendar that limits are counted by. There are none here, but everything that is spent is counted. */
export const calendar = zoneCalendar('America/Sao_Paulo')
