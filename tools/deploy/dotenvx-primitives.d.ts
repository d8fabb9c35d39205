/** Types of the used part of the package, which has no types. */
declare module '@dotenvx/primitives' {
  export function keypair(): { publicKey: string; privateKey: string }
  /** The public key of a private one. */
  export function derive(privateKey: string): string
  /** Returns `encrypted:` and base64. */
  export function encrypt(publicKey: string, value: string): string
  /** @throws Error when the value was not encrypted for this key. */
  export function decrypt(privateKey: string, value: string): string
  /** Whether a value begins with `encrypted:`. */
  export function encrypted(value: string): boolean
}
