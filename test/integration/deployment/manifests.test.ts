import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Deployment } from 'kubernetes-types/apps/v1.js'
import type { CronJob, Job } from 'kubernetes-types/batch/v1.js'
import type { Container, PodSpec, Secret, Service } from 'kubernetes-types/core/v1.js'
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.js'
import { stringify } from 'yaml'
import { readConfig } from '../../../src/config.js'
import { CLOSE_MS_MAX } from '../../../src/service/authorizer.js'
import { prometheusRule } from '../../../tools/deploy/prometheus-rule.js'
import { readRuleGroups } from '../../../tools/deploy/rule-groups.js'
import { knownVariables } from '../../support/known-variables.js'
import { wrongTypes } from '../../support/manifest-types.js'
import {
  buildDeployed,
  buildFolder,
  hasKubectl,
  type Manifest,
  type Manifests,
  only,
  overlays,
  readWritten,
  secrets,
} from '../../support/manifests.js'

const podOf = (workload: Deployment | Job): PodSpec => {
  const spec = workload.spec?.template.spec
  if (!spec) throw new Error('it has no pod')
  return spec
}

const containerOf = (workload: Deployment | Job): Container => {
  const [container, ...more] = podOf(workload).containers
  if (!container || more.length > 0) throw new Error('a pod must have one container')
  return container
}

const portNamed = ({ ports = [] }: Container, name: string) =>
  ports.find((port) => port.name === name)?.containerPort

/** Requirements for all manifests, in the source files and as built. */
function describeManifests(manifests: () => Manifests): void {
  const deployment = () => only<Deployment>(manifests(), 'Deployment')
  const job = () => only<Job>(manifests(), 'Job')
  const verifyJob = (): Job => ({ ...only<CronJob>(manifests(), 'CronJob').spec?.jobTemplate })
  const config = () => readConfig({ ...manifests().settings, ...secrets })

  it('set only variables that the service reads', () => {
    const named = [deployment(), job(), verifyJob()].flatMap((workload) => containerOf(workload).env ?? [])
    const names = [...Object.keys(manifests().settings), ...named.map(({ name }) => name)]
    expect(knownVariables()).to.include.members(names)
  })

  it('set values that the service accepts', () => {
    expect(config()).to.include({
      host: '0.0.0.0',
      jwtRequireScope: true,
      seedExamples: false,
    })
  })

  it('set no secret among the settings', () => {
    expect(Object.keys(manifests().settings).filter((name) => /SECRET|URI|KEY$/.test(name))).to.deep.equal([])
  })

  it('name the ports of the service', () => {
    const container = containerOf(deployment())
    expect({ grpc: portNamed(container, 'grpc'), http: portNamed(container, 'http') }).to.deep.equal({
      grpc: config().grpcPort,
      http: config().httpPort,
    })
    const { ports = [] } = only<Service>(manifests(), 'Service').spec ?? {}
    expect(ports.map(({ port, targetPort }) => ({ port, targetPort }))).to.deep.equal([
      { port: config().grpcPort, targetPort: 'grpc' },
      { port: config().httpPort, targetPort: 'http' },
    ])
  })

  it('use the plaintext port for health, and the process alone for liveness', () => {
    const { startupProbe, readinessProbe, livenessProbe } = containerOf(deployment())
    const port = config().grpcHealthPort ?? config().grpcPort
    expect([startupProbe?.grpc?.port, readinessProbe?.grpc?.port]).to.deep.equal([port, port])
    expect(livenessProbe?.httpGet).to.deep.equal({ path: '/livez', port: 'http' })
  })

  it('run commands that the image contains', () => {
    const words = [job(), verifyJob()].map((workload) => containerOf(workload).args)
    expect(words).to.deep.equal([['dist/schema.js'], ['dist/verify.js']])
    for (const [path = ''] of words.map((args = []) => args))
      expect(existsSync(path.replace(/^dist(.*)\.js$/, 'src$1.ts'))).to.equal(true)
  })

  it('give a pod enough time to stop', () => {
    const { terminationGracePeriodSeconds = 0 } = podOf(deployment())
    const { seconds = 0 } = containerOf(deployment()).lifecycle?.preStop?.sleep ?? {}
    expect(seconds).to.be.above(0)
    const neededMs = seconds * 1_000 + config().shutdownTimeoutMs + CLOSE_MS_MAX
    expect(terminationGracePeriodSeconds * 1_000).to.be.above(neededMs)
  })

  it('let no container run as root, write to its files, or have unneeded privileges', () => {
    for (const workload of [deployment(), job(), verifyJob()]) {
      const pod = podOf(workload)
      const { securityContext, resources } = containerOf(workload)
      expect(securityContext).to.deep.equal({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
      expect(pod.securityContext).to.deep.include({
        runAsNonRoot: true,
        runAsUser: 10_001,
        seccompProfile: { type: 'RuntimeDefault' },
      })
      expect(pod.automountServiceAccountToken).to.equal(false)
      expect(resources?.limits).to.have.property('memory')
      expect(resources?.requests).to.have.keys('cpu', 'memory')
    }
  })
}

describe('the Kubernetes manifests in the repository', () => {
  for (const overlay of overlays) {
    describe(`with the settings of ${overlay}`, () => {
      let manifests: Manifests
      before(async () => {
        manifests = await readWritten(overlay)
      })
      describeManifests(() => manifests)
    })
  }
})

if (hasKubectl) {
  for (const overlay of overlays) {
    describe(`the overlay ${overlay} in a fresh clone`, () => {
      it('builds with kubectl alone, and expects an external Secret', async () => {
        const manifests = await buildFolder(join('overlays', overlay))
        const [, hidden] = containerOf(only<Deployment>(manifests, 'Deployment')).envFrom ?? []
        expect(hidden?.secretRef?.name).to.equal('benefits-authorizer-secrets')
        expect(manifests.documents.filter(({ kind }) => kind === 'Secret')).to.deep.equal([])
      })
    })

    describe(`the deployed overlay ${overlay}`, () => {
      let manifests: Manifests
      before(async () => {
        manifests = await buildDeployed(overlay)
      })
      describeManifests(() => manifests)

      it('gives the pods settings and secrets under names that change with the content', () => {
        const [settings, hidden] = containerOf(only<Deployment>(manifests, 'Deployment')).envFrom ?? []
        const names = manifests.documents.map(({ metadata }) => metadata.name)
        expect(names).to.include(settings?.configMapRef?.name).and.include(hidden?.secretRef?.name)
        expect(settings?.configMapRef?.name).to.match(/^benefits-authorizer-settings-\w{10}$/)
        expect(hidden?.secretRef?.name).to.match(/^benefits-authorizer-secrets-\w{10}$/)
      })

      it('uses TLS with files from a folder of a Secret, so that they can be renewed', () => {
        const { grpcTlsCertFile, grpcTlsKeyFile, grpcTlsClientCaFile, grpcHealthPort } = readConfig({
          ...manifests.settings,
          ...secrets,
        })
        const deployment = only<Deployment>(manifests, 'Deployment')
        const mounts = containerOf(deployment).volumeMounts ?? []
        for (const mount of mounts)
          expect(mount).to.include({ readOnly: true }).and.not.have.property('subPath')
        const pathOf = (name: string) => mounts.find((mount) => mount.name === name)?.mountPath
        expect([grpcTlsCertFile, grpcTlsKeyFile, grpcTlsClientCaFile]).to.deep.equal([
          `${pathOf('tls')}/tls.crt`,
          `${pathOf('tls')}/tls.key`,
          `${pathOf('client-ca')}/ca.crt`,
        ])
        expect(podOf(deployment).volumes).to.have.deep.members([
          // 0440.
          { name: 'tls', secret: { secretName: 'benefits-authorizer-tls', defaultMode: 288 } },
          {
            name: 'client-ca',
            secret: {
              secretName: 'benefits-authorizer-client-ca',
              defaultMode: 288,
              items: [{ key: 'ca.crt', path: 'ca.crt' }],
            },
          },
        ])
        expect(portNamed(containerOf(deployment), 'health')).to.equal(grpcHealthPort)
      })

      it('shows the secrets only in the Secret', () => {
        const others = manifests.documents.filter(({ kind }) => kind !== 'Secret')
        const text = JSON.stringify(others)
        expect(Object.values(secrets).filter((secret) => text.includes(secret))).to.deep.equal([])
      })

      it('has its own namespace, which admits only restricted pods', () => {
        const { metadata } = only<Manifest>(manifests, 'Namespace')
        const elsewhere = manifests.documents.filter((document) => document.kind !== 'Namespace')
        expect(new Set(elsewhere.map((document) => document.metadata.namespace))).to.deep.equal(
          new Set([metadata.name]),
        )
        expect(metadata).to.have.nested.property(
          'labels.pod-security\\.kubernetes\\.io/enforce',
          'restricted',
        )
      })

      it('spreads the pods over nodes and zones', () => {
        const spread = podOf(only<Deployment>(manifests, 'Deployment')).topologySpreadConstraints ?? []
        expect(spread.map(({ topologyKey }) => topologyKey)).to.have.members([
          'kubernetes.io/hostname',
          'topology.kubernetes.io/zone',
        ])
        const required = spread.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule')
        expect(required.map(({ nodeTaintsPolicy }) => nodeTaintsPolicy)).to.deep.equal(
          overlay === 'production' ? ['Honor'] : [],
        )
      })

      it('allows DNS queries to the cluster’s DNS and to a node cache', () => {
        const policies = manifests.documents.filter(({ kind }) => kind === 'NetworkPolicy')
        const needs: NetworkPolicy = Object(
          policies.find(({ metadata }) => metadata.name === 'benefits-authorizer-needs'),
        )
        const [names] = needs.spec?.egress ?? []
        expect(names?.ports?.map(({ port }) => port)).to.deep.equal([53, 53])
        expect(names?.to?.flatMap(({ ipBlock }) => ipBlock ?? [])).to.deep.equal([
          { cidr: '169.254.20.10/32' },
        ])
      })

      it('includes the Prometheus rules, each group once, in its own namespace', async () => {
        const monitor = only<Manifest>(manifests, 'ServiceMonitor')
        const rule = prometheusRule(stringify(monitor), readRuleGroups())
        expect(rule?.metadata).to.deep.equal(monitor.metadata).and.have.property('namespace')
        const names = rule?.spec.groups.map(({ name }) => name) ?? []
        expect(names).to.have.lengthOf(new Set(names).size).and.not.empty
        expect(await wrongTypes(rule ? [rule] : [])).to.deep.equal([])
      })

      it('denies by default: only calls and metrics come in, only required traffic goes out', () => {
        const policies = manifests.documents.filter(({ kind }) => kind === 'NetworkPolicy')
        expect(policies.map(({ metadata }) => metadata.name)).to.have.members([
          'deny-all',
          'benefits-authorizer-calls',
          'benefits-authorizer-needs',
        ])
      })
    })
  }

  describe('the examples for GitOps tools', () => {
    for (const [example, kind] of [
      ['external-secret', 'ExternalSecret'],
      ['sops-secret', 'Secret'],
    ] as const) {
      it(`contain the Secret that the pods expect: ${example}`, async () => {
        const manifests = await buildFolder(join('examples', example))
        const [, hidden] = containerOf(only<Deployment>(manifests, 'Deployment')).envFrom ?? []
        const { metadata } = only<Manifest>(manifests, kind)
        expect(metadata.name).to.equal(hidden?.secretRef?.name)
        expect(metadata.namespace).to.equal('benefits-staging')
      })
    }

    it('never show a value that SOPS has encrypted', async () => {
      const { stringData } = only<Secret>(await buildFolder('examples/sops-secret'), 'Secret')
      expect(Object.keys(stringData ?? {})).to.have.members(Object.keys(secrets))
      for (const value of Object.values(stringData ?? {})) expect(value).to.match(/^ENC\[AES256_GCM,/)
    })
  })
} else
  process.stderr.write(
    'kubectl is not here: the overlays were checked as they are written, not as they are built\n',
  )

describe('all objects', () => {
  it('have exactly the fields of the API', async () => {
    const all = [readWritten('staging'), ...(hasKubectl ? overlays.map(buildDeployed) : [])]
    const documents = (await Promise.all(all)).flatMap((manifests) => manifests.documents)
    expect(await wrongTypes(documents)).to.deep.equal([])
  })
})

describe('the check of the manifests', () => {
  it('finds an unknown field, a field of another type, and a missing field', async () => {
    const { documents } = await readWritten('staging')
    const service = documents.find(({ kind }) => kind === 'Service')
    const budget = documents.find(({ kind }) => kind === 'PodDisruptionBudget')
    const wrong = await wrongTypes([
      { ...Object(service), spec: { clusterIp: 'None' } },
      { ...Object(budget), spec: { maxUnavailable: true } },
      { ...Object(service), spec: { ports: [{ name: 'grpc' }] } },
    ])
    const [unknown, type, missing, ...more] = wrong.filter((line) => line.includes('error TS'))
    expect(more).to.deep.equal([])
    expect(unknown).to.include('"clusterIp"')
    expect(type).to.include("Type 'true' is not assignable")
    expect(missing).to.include("Property 'port' is missing")
  })
})
