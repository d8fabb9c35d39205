import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { postmanCollection, postmanEnvironment } from './collection.js'
import { readContract } from './contract.js'
import { openApiDocument } from './document.js'

const document = openApiDocument(readContract())
write('.docs/openapi.json', document)
write('.docs/postman/benefits.postman_collection.json', postmanCollection(document))
write('.docs/postman/local.postman_environment.json', postmanEnvironment())

function write(path: string, content: unknown): void {
  const target = join(process.env['GENERATE_INTO'] ?? '.', path)
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, `${JSON.stringify(content, undefined, 2)}\n`)
}
