import { execFile, spawnSync } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv, promisify } from 'node:util'
import { parse, parseAllDocuments } from 'yaml'
import { WAIT_MS_MAX } from './eventually.js'

export const overlays = ['staging', 'production'] as const
export type Overlay = (typeof overlays)[number]

/** An object in the form that Kubernetes receives. */
export type Manifest = {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
}

/** The parts of one environment. */
export type Manifests = {
  readonly documents: readonly Manifest[]
  /** The variables of the pods, without the secrets. */
  readonly settings: Readonly<Record<string, string>>
}

/** Stand-ins for the real secrets, which only a deployer can read. */
export const secrets = {
  MONGODB_URI: 'mongodb://user:hunter2@mongodb:27017/?replicaSet=rs0',
  JWT_SECRET: 'a secret of the tests, with far more than 32 bytes',
} as const

const run = promisify(execFile)
const ROOT = '.k8s'

/** Whether overlays can be built here. */
export const hasKubectl = spawnSync('kubectl', ['version', '--client=true']).status === 0

/**
 * The objects in the source files, and the settings of an overlay. Needs no program. Other changes of the
 * overlay are not included.
 */
export async function readWritten(overlay: Overlay): Promise<Manifests> {
  const settings = await Promise.all(
    ['base', `overlays/${overlay}`].map((folder) => readSettings(join(ROOT, folder, 'settings.env'))),
  )
  const components = await readdir(join(ROOT, 'components'))
  const folders = ['base', ...components.map((name) => join('components', name))]
  const documents = await Promise.all(folders.map((folder) => readResources(join(ROOT, folder))))
  return { documents: documents.flat(), settings: Object.assign({}, ...settings) }
}

/** The objects that kubectl builds in a fresh clone, from an overlay or an example. */
export async function buildFolder(folder: string): Promise<Manifests> {
  const { stdout } = await run('kubectl', ['kustomize', join(ROOT, folder)], { timeout: WAIT_MS_MAX })
  const documents = parseDocuments(stdout)
  return { documents, settings: settingsIn(documents) }
}

/** The objects that `make deploy` applies, with a Secret made of the secrets of the tests. */
export async function buildDeployed(overlay: Overlay): Promise<Manifests> {
  const folder = await mkdtemp(join(tmpdir(), 'benefits-manifests-'))
  try {
    await cp(ROOT, folder, { recursive: true })
    const path = join(folder, 'deploy', overlay)
    const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`)
    await writeFile(join(path, 'secrets.env'), lines.join(''))
    const { stdout } = await run('kubectl', ['kustomize', path], { timeout: WAIT_MS_MAX })
    const documents = parseDocuments(stdout)
    return { documents, settings: settingsIn(documents) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The one object of a kind, in the type of that kind. A separate test compiles it. */
export function only<T>({ documents }: Manifests, kind: string): T {
  const [found, ...more] = documents.filter((document) => document.kind === kind)
  if (!found || more.length > 0) throw new Error(`there must be one ${kind}`)
  return found as T
}

async function readSettings(path: string): Promise<NodeJS.Dict<string>> {
  return parseEnv(await readFile(path, 'utf8'))
}

/** The resources that a kustomization adds. Its patches appear only in the built objects. */
async function readResources(folder: string): Promise<readonly Manifest[]> {
  const { resources = [] } = parse(await readFile(join(folder, 'kustomization.yaml'), 'utf8'))
  const paths: readonly string[] = resources
  const texts = await Promise.all(paths.map((path) => readFile(join(folder, path), 'utf8')))
  return texts.flatMap(parseDocuments)
}

function parseDocuments(text: string): readonly Manifest[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw new Error(String(document.errors[0]))
    return document.toJS()
  })
}

function settingsIn(documents: readonly Manifest[]): Readonly<Record<string, string>> {
  const [map, ...more] = documents.filter(({ kind }) => kind === 'ConfigMap')
  if (map && 'data' in map && more.length === 0) return Object(map.data)
  throw new Error('there must be one ConfigMap, the settings')
}
