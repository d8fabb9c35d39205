import { decrypt, derive, encrypt, encrypted, keypair } from '@dotenvx/primitives'

/** Names and values, in the order of the file. */
export type Values = Readonly<Record<string, string>>

/**
 * An encrypted environment in the file format of dotenvx: without the private key only its names are
 * readable.
 */
export type EncryptedFile = {
  /** Name of the public key in the file, such as `DOTENV_PUBLIC_KEY_STAGING`. */
  readonly publicKeyName: string
  readonly publicKey: string
  readonly values: Values
}

/**
 * Reads `NAME=value` lines as kustomize does: a value is everything after the sign, as it stands. Rejects
 * values that another program would read differently (with quotes around or spaces at the ends).
 *
 * @throws Error that names the line, and never shows a value.
 */
export function readPlain(text: string): Values {
  const lines = text.split('\n').map((line, index) => ({ line, number: index + 1 }))
  const pairs = lines
    .filter(({ line }) => line.trim() !== '' && !line.startsWith('#'))
    .map(({ line, number }) => readPair(line, number))
  const names = pairs.map(([name]) => name)
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined) throw new Error(`${twice} is set twice`)
  return Object.fromEntries(pairs)
}

/** Writes what {@link readPlain} reads. */
export function writePlain(values: Values): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

/**
 * Reads a file that {@link writeEncrypted} wrote, or dotenvx itself. Fails when a value in it is not
 * encrypted.
 */
export function readEncrypted(text: string): EncryptedFile {
  const pairs = Object.entries(readPlain(text.replaceAll(/^(\w+)="(.*)"$/gm, '$1=$2')))
  const [key] = pairs.filter(([name]) => name.startsWith('DOTENV_PUBLIC_KEY'))
  if (!key) throw new Error('DOTENV_PUBLIC_KEY is missing')
  const [publicKeyName, publicKey] = key
  const values = pairs.filter(([name]) => name !== publicKeyName)
  const bare = values.filter(([, value]) => !encrypted(value)).map(([name]) => name)
  if (bare.length > 0) throw new Error(`not encrypted: ${bare.join(', ')}`)
  return { publicKeyName, publicKey, values: Object.fromEntries(values) }
}

export function writeEncrypted({ publicKeyName, publicKey, values }: EncryptedFile): string {
  return `# Encrypted: make decrypt, change secrets.env, make encrypt.\n${publicKeyName}="${publicKey}"\n\n${writePlain(values)}`
}

/** Encrypts each value by itself. The same value looks different each time. */
export function encryptValues(values: Values, publicKey: string): Values {
  return mapValues(values, (value) => encrypt(publicKey, value))
}

/** @throws Error when the private key is not that of the file. */
export function decryptValues(
  { publicKey, publicKeyName, values }: EncryptedFile,
  privateKey: string,
): Values {
  if (publicKeyOf(privateKey) !== publicKey)
    throw new Error(`${privateKeyName(publicKeyName)} is not the private key of ${publicKeyName}`)
  return mapValues(values, (value) => decrypt(privateKey, value))
}

/** Makes a key pair (secp256k1, hexadecimal). */
export function newKeys(): { readonly publicKey: string; readonly privateKey: string } {
  return keypair()
}

/** Name of the private key of a public key. */
export function privateKeyName(publicKeyName: string): string {
  return publicKeyName.replace('PUBLIC', 'PRIVATE')
}

function publicKeyOf(privateKey: string): string | undefined {
  return /^[\da-f]{64}$/.test(privateKey) ? derive(privateKey) : undefined
}

function readPair(line: string, number: number): readonly [string, string] {
  const [, name = '', value = ''] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? []
  if (name === '') throw new Error(`line ${number} is not NAME=value`)
  if (/^["'`\s]|[\s]$/.test(value))
    throw new Error(
      `line ${number}: the value of ${name} begins with a quote or a space, or ends with a space`,
    )
  if (value === '') throw new Error(`line ${number}: ${name} has no value`)
  return [name, value]
}

function mapValues(values: Values, change: (value: string) => string): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]))
}
