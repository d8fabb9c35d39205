import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { ConfigError, readConfig } from '../../src/config.js'
import { requiredArgument } from '../command.js'
import {
  decryptValues,
  type EncryptedFile,
  encryptValues,
  newKeys,
  privateKeyName,
  readEncrypted,
  readPlain,
  type Values,
  writeEncrypted,
  writePlain,
} from './environment-file.js'

/** Only its owner reads a file that holds secrets. */
const PRIVATE_MODE = 0o600
const environments = ['staging', 'production']

/**
 * One of the environments that the service is deployed to: its overlay, and the folder that adds its secrets
 * to it.
 */
export class Deployment {
  readonly name: string
  /** The manifests with the Secret, and the encrypted secrets. */
  readonly folder: string
  /** The manifests without the Secret, and the settings. */
  readonly overlay: string
  readonly #root: string

  /** @param root the folder of all manifests. */
  constructor(name: string, root: string) {
    if (!environments.includes(name)) throw new Error(`env= must be one of ${environments.join(', ')}`)
    this.name = name
    this.folder = join(root, 'deploy', name)
    this.overlay = join(root, 'overlays', name)
    this.#root = root
  }

  /** Path of the readable secrets. Ignored by git. */
  get plainPath(): string {
    return join(this.folder, 'secrets.env')
  }

  get encryptedPath(): string {
    return join(this.folder, `.env.${this.name}`)
  }

  /** Path of the private keys made on this machine. Ignored by git. */
  get keysPath(): string {
    return join(this.#root, '.env.keys')
  }

  /**
   * Encrypts `secrets.env` for the public key of the encrypted file or for a new key, and removes the
   * readable file. When the private key is available, unchanged values keep their encrypted text.
   */
  async encrypt(key: 'same key' | 'new key', env: NodeJS.ProcessEnv): Promise<void> {
    const values = await this.check()
    const file = key === 'new key' ? await this.#newFile() : await this.#encrypted()
    const fresh = encryptValues(values, file.publicKey)
    const unchanged = await this.#unchanged(file, { values, env })
    await writeFile(this.encryptedPath, writeEncrypted({ ...file, values: { ...fresh, ...unchanged } }))
    await rm(this.plainPath)
  }

  /** Writes `secrets.env`. It never overwrites values that are not encrypted yet. */
  async decrypt(env: NodeJS.ProcessEnv): Promise<void> {
    if (existsSync(this.plainPath))
      throw new Error(`${this.plainPath} already exists: run make encrypt env=${this.name}, or remove it`)
    const file = await this.#encrypted()
    const values = decryptValues(file, await this.#privateKey(file, env))
    await writeFile(this.plainPath, writePlain(values), { mode: PRIVATE_MODE })
  }

  async removePlain(): Promise<void> {
    await rm(this.plainPath, { force: true })
  }

  async #encrypted(): Promise<EncryptedFile> {
    const text = await this.#read(this.encryptedPath, `make encrypt env=${this.name} key=new makes it`)
    try {
      return readEncrypted(text)
    } catch (error) {
      throw new Error(`${this.encryptedPath}: ${error instanceof Error ? error.message : error}`)
    }
  }

  /** Values that a file has encrypted already: encrypting a value again would change its text. */
  async #unchanged(
    file: EncryptedFile,
    { values, env }: { readonly values: Values; readonly env: NodeJS.ProcessEnv },
  ): Promise<Values> {
    // A new key pair has nothing to compare with, and the private key in the environment may be the old one.
    if (Object.keys(file.values).length === 0) return {}
    const key = await this.#findPrivateKey(file, env)
    if (key === undefined) return {}
    const before = decryptValues(file, key)
    return Object.fromEntries(
      Object.entries(file.values).filter(([name]) => name in values && before[name] === values[name]),
    )
  }

  async #findPrivateKey(
    { publicKeyName }: EncryptedFile,
    env: NodeJS.ProcessEnv,
  ): Promise<string | undefined> {
    const name = privateKeyName(publicKeyName)
    return env[name] || (await this.#readKeys())[name]
  }

  async #privateKey(file: EncryptedFile, env: NodeJS.ProcessEnv): Promise<string> {
    const key = await this.#findPrivateKey(file, env)
    if (key !== undefined) return key
    throw new Error(
      `${privateKeyName(file.publicKeyName)} is missing: set it in the environment, or in ${this.keysPath}. To start over without it: ` +
        `write ${this.plainPath}, then make encrypt env=${this.name} key=new`,
    )
  }

  async #readKeys(): Promise<Values> {
    return readPlain(await readFile(this.keysPath, 'utf8').catch(() => ''))
  }

  /** A file without values, for a new key pair. */
  async #newFile(): Promise<EncryptedFile> {
    const publicKeyName = `DOTENV_PUBLIC_KEY_${this.name.toUpperCase()}`
    const { publicKey, privateKey } = newKeys()
    const keys = { ...(await this.#readKeys()), [privateKeyName(publicKeyName)]: privateKey }
    await writeFile(this.keysPath, writePlain(keys), { mode: PRIVATE_MODE })
    return { publicKeyName, publicKey, values: {} }
  }

  /**
   * Reads and checks the settings and the secrets as the pods will, and returns the secrets.
   *
   * @throws Error that names every problem, and shows no value.
   */
  async check(): Promise<Values> {
    const remedy = 'write the secrets into it, one NAME=value per line'
    const secrets = readPlain(await this.#read(this.plainPath, remedy))
    const files = [join(this.#root, 'base', 'settings.env'), join(this.overlay, 'settings.env')]
    const settings = await Promise.all(files.map(async (path) => readPlain(await readFile(path, 'utf8'))))
    const known = Object.keys(parseEnv(await readFile('.env.example', 'utf8')))
    const unknown = Object.keys(secrets).filter((name) => !known.includes(name))
    if (unknown.length > 0) throw new ConfigError(unknown.map((name) => `there is no variable ${name}`))
    readConfig(Object.assign({}, ...settings, secrets))
    return secrets
  }

  async #read(path: string, remedy: string): Promise<string> {
    try {
      return await readFile(path, 'utf8')
    } catch {
      throw new Error(`${path} does not exist: ${remedy}`)
    }
  }
}

/** The environment that a command names. */
export function requestedDeployment(): Deployment {
  return new Deployment(requiredArgument('env', 'env=staging'), '.k8s')
}
