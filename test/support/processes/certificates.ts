import {
  type Authority,
  type CertificateRequest,
  createAuthority,
  type Identity,
  issueCertificate,
} from '../../../tools/dev/certificates/certificate.js'

const HOUR_MS = 3_600_000

/** A period, in hours from now. */
export function hours(from: number, to: number) {
  return { from: new Date(Date.now() + from * HOUR_MS), to: new Date(Date.now() + to * HOUR_MS) }
}

/** An authority that is valid for a day. */
export function authority(name: string): Authority {
  return createAuthority(name, hours(-1, 24))
}

/** A certificate for this machine, valid for an hour, with the given changes. */
export function serverIdentity(issuer: Authority, request: Partial<CertificateRequest> = {}): Identity {
  const hosts = ['localhost', '127.0.0.1']
  return issueCertificate(issuer, {
    name: 'server',
    use: 'server',
    hosts,
    validity: hours(-1, 1),
    ...request,
  })
}

/** A certificate for a client, valid for an hour, with the given changes. */
export function clientIdentity(issuer: Authority, request: Partial<CertificateRequest> = {}): Identity {
  return issueCertificate(issuer, {
    name: 'switch',
    use: 'client',
    hosts: [],
    validity: hours(-1, 1),
    ...request,
  })
}
