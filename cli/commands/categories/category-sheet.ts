import type { JsonObject } from '@bufbuild/protobuf'
import { type Sheet, sheetOf, textIn, textsIn } from '../../terminal/sheet.js'

export function categorySheet(categories: readonly JsonObject[]): Sheet {
  return sheetOf<JsonObject>(
    [
      { name: 'category', title: 'category', value: (row) => textIn(row, 'id') },
      { name: 'title', title: 'title', value: (row) => textIn(row, 'displayName') },
      { name: 'order', title: 'order', kind: 'count', value: (row) => textIn(row, 'order') },
      { name: 'mccs', title: 'MCCs', value: mccsOf },
      {
        name: 'credits',
        title: 'credits',
        value: (row) => (row['creditsClosed'] === true ? 'closed' : 'open'),
      },
      { name: 'rails', title: 'rails', value: railsOf },
      { name: 'regulated', title: 'regulated', value: (row) => (row['regulated'] === true ? 'yes' : 'no') },
    ],
    categories,
  )
}

function railsOf(category: JsonObject): string {
  const rails = textsIn(category, 'rails').map((rail) => rail.replace('RAIL_', '').toLowerCase())
  return rails.join(' ') || 'any'
}

function mccsOf(category: JsonObject): string {
  return category['free'] === true ? 'any permitted MCC' : textsIn(category, 'mccs').join(' ')
}
