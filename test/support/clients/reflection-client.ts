import { Client, credentials } from '@grpc/grpc-js'
import { WAIT_MS_MAX } from '../eventually.js'
import { methodNamed } from './contract.js'

/** A request to reflection: exactly one of these fields, as in the .proto. */
export type ReflectionRequest = {
  readonly list_services?: string
  readonly file_by_filename?: string
  readonly file_containing_symbol?: string
  readonly all_extension_numbers_of_type?: string
}

export type ReflectionResponse = {
  readonly list_services_response?: { readonly service: readonly { readonly name: string }[] }
  /** Serialized FileDescriptorProtos. */
  readonly file_descriptor_response?: { readonly file_descriptor_proto: readonly Buffer[] }
  readonly all_extension_numbers_response?: { readonly extension_number: readonly number[] }
  readonly error_response?: { readonly error_code: number; readonly error_message: string }
}

/** Sends questions to reflection on one stream, and returns the answers in order. */
export async function askReflection(
  address: string,
  version: 'v1' | 'v1alpha',
  questions: readonly ReflectionRequest[],
): Promise<readonly ReflectionResponse[]> {
  const service = `grpc.reflection.${version}.ServerReflection`
  const method = methodNamed<ReflectionRequest, ReflectionResponse>(service, 'ServerReflectionInfo')
  const client = new Client(address, credentials.createInsecure())
  try {
    return await new Promise((resolve, reject) => {
      const answers: ReflectionResponse[] = []
      const { path, requestSerialize, responseDeserialize } = method
      const options = { deadline: Date.now() + WAIT_MS_MAX }
      const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, options)
      stream.on('data', (answer) => answers.push(answer))
      stream.on('error', reject)
      stream.on('end', () => resolve(answers))
      for (const question of questions) stream.write(question)
      stream.end()
    })
  } finally {
    client.close()
  }
}
