import { isShortenedNumber } from './csv-file.js'

/** Finds the fault of the ids in a line; undefined when they are valid. */
export function idFault({ id, account, accountColumn }: Ids): string | undefined {
  return (
    presentFault('transaction_id', id) ??
    presentFault(accountColumn, account) ??
    transactionIdFault('transaction_id', id) ??
    (/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/.test(account)
      ? undefined
      : `${accountColumn} ${JSON.stringify(account)} must be 1 to 64 characters from A-Z a-z 0-9 . _ : -`)
  )
}

type Ids = { readonly id: string; readonly account: string; readonly accountColumn: string }

/** Finds the fault of an id of a transaction; undefined when it is valid. */
export function transactionIdFault(column: string, id: string): string | undefined {
  if (/^[\x21-\x7e]{1,128}$/.test(id)) return undefined
  return `${column} ${JSON.stringify(id)} must be 1 to 128 visible ASCII characters`
}

/** Finds the fault of a required id: empty, or a long number that a spreadsheet has rounded. */
export function presentFault(column: string, cell: string): string | undefined {
  return cell === '' ? `${column} is empty` : shortenedFault(column, cell)
}

/** Finds a long number that a spreadsheet has rounded. */
export function shortenedFault(column: string, cell: string): string | undefined {
  if (!isShortenedNumber(cell)) return undefined
  return `${column} ${JSON.stringify(cell)} was shortened by a spreadsheet: format the column as text`
}
