import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Manifest } from './manifests.js'

/** The fields that we use of kinds outside Kubernetes itself. */
const otherTypes = `
export type ServiceMonitor = {
  apiVersion: 'monitoring.coreos.com/v1'
  kind: 'ServiceMonitor'
  metadata: import('kubernetes-types/meta/v1').ObjectMeta
  spec: {
    selector: import('kubernetes-types/meta/v1').LabelSelector
    endpoints: { port: string; path?: string; interval?: string; scrapeTimeout?: string }[]
  }
}
export type PrometheusRule = {
  apiVersion: 'monitoring.coreos.com/v1'
  kind: 'PrometheusRule'
  metadata: import('kubernetes-types/meta/v1').ObjectMeta
  spec: { groups: { name: string; interval?: string; rules: (Recording | Alert)[] }[] }
}
export type ExternalSecret = {
  apiVersion: 'external-secrets.io/v1'
  kind: 'ExternalSecret'
  metadata: import('kubernetes-types/meta/v1').ObjectMeta
  spec: {
    refreshInterval: string
    secretStoreRef: { kind: 'SecretStore' | 'ClusterSecretStore'; name: string }
    target: { name: string; creationPolicy: 'Owner' | 'Orphan' | 'Merge' | 'None' }
    dataFrom: { extract: { key: string } }[]
  }
}
type Recording = { record: string; expr: string; labels?: Record<string, string> }
type Alert = {
  alert: string
  expr: string
  for?: string
  keep_firing_for?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
}
`

/** The module with the types of an API group; "core" has no name in \`apiVersion\`. */
const moduleOf = ({ apiVersion }: Manifest): string => {
  if (['monitoring.coreos.com/v1', 'external-secrets.io/v1'].includes(apiVersion)) return './other.js'
  const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion]
  return `kubernetes-types/${group.replace('.k8s.io', '')}/${version}`
}

/**
 * Compiles objects against the types that are generated from the API's schema. Reports unknown fields,
 * missing fields and fields of another type, one line each.
 */
export async function wrongTypes(documents: readonly Manifest[]): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'benefits-types-'))
  try {
    // SOPS removes its own part before Kubernetes sees the object.
    const lines = documents.map(
      (document, index) =>
        `export const ${document.kind}${index}: import('${moduleOf(document)}').${document.kind} = ${JSON.stringify({ ...document, sops: undefined })}`,
    )
    await writeFile(join(folder, 'other.ts'), otherTypes)
    await writeFile(join(folder, 'documents.ts'), lines.join('\n'))
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(settings))
    return await compile(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const settings = {
  compilerOptions: {
    strict: true,
    noEmit: true,
    module: 'esnext',
    moduleResolution: 'bundler',
    types: [],
    skipLibCheck: true,
    paths: { 'kubernetes-types/*': [resolve('node_modules/kubernetes-types/*')] },
  },
  files: ['documents.ts'],
}

function compile(folder: string): Promise<readonly string[]> {
  const tsc = resolve('node_modules/typescript/bin/tsc')
  return new Promise((done, fail) => {
    execFile(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], (error, stdout, stderr) => {
      // The compiler exits with 1 or 2 after errors, and prints them to standard output.
      if (error && stdout === '') fail(new Error(`the compiler did not run: ${stderr}`))
      else done(stdout.split('\n').filter((line) => line !== ''))
    })
  })
}
