import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { WAIT_MS_MAX } from '../eventually.js'

const folder = fileURLToPath(new URL('../../..', import.meta.url))
const buf = `${folder}/node_modules/.bin/buf`

export type BufCurl = { readonly exitCode: number; readonly stdout: string; readonly stderr: string }

/**
 * Runs `buf curl`, a client in another language, over plaintext gRPC. Without `--schema` it gets the contract
 * by reflection.
 */
export async function bufCurl(args: readonly string[]): Promise<BufCurl> {
  const command = ['curl', '--http2-prior-knowledge', '--protocol', 'grpc', ...args]
  return await new Promise((resolve) => {
    execFile(buf, command, { cwd: folder, timeout: WAIT_MS_MAX }, (error, stdout, stderr) => {
      resolve({ exitCode: error ? Number(error.code ?? 1) : 0, stdout, stderr })
    })
  })
}
