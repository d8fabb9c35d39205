import { expect } from 'chai'
import { bufCurl } from '../support/clients/buf-curl.js'
import { askReflection, type ReflectionResponse } from '../support/clients/reflection-client.js'
import { signToken } from '../support/clients/token.js'
import { fundedAccount } from '../support/database/accounts.js'
import { useService } from '../support/processes/service-fixture.js'

const AUTHORIZATION_FILE = 'benefits/v1/authorization.proto'
const TIMESTAMP_FILE = 'google/protobuf/timestamp.proto'
const NETWORK_FILE = 'benefits/v1/network.proto'
const IMPORTED_FILES = [
  NETWORK_FILE,
  'google/protobuf/duration.proto',
  TIMESTAMP_FILE,
  'google/rpc/status.proto',
  'google/protobuf/any.proto',
]
const NOT_FOUND = 5

/** The files in an answer: a serialized FileDescriptorProto begins with its name. */
function filesIn(answer: ReflectionResponse | undefined): readonly string[] {
  const files = answer?.file_descriptor_response?.file_descriptor_proto ?? []
  return files.map((file) => file.subarray(2, 2 + (file[1] ?? 0)).toString())
}

describe('reflection', () => {
  const fixture = useService()

  for (const version of ['v1', 'v1alpha'] as const) {
    describe(version, () => {
      const ask = (question: object) => askReflection(fixture().service.grpcAddress, version, [question])

      it('lists the services', async () => {
        const [answer] = await ask({ list_services: '' })
        expect(answer?.list_services_response?.service.map(({ name }) => name)).to.have.members([
          'benefits.v1.AuthorizationService',
          'benefits.v1.CardRailService',
          'benefits.v1.AccountService',
          'benefits.v1.ActivityService',
          'benefits.v1.CategoryService',
          'benefits.v1.MerchantRuleService',
          'grpc.health.v1.Health',
          'grpc.reflection.v1.ServerReflection',
          'grpc.reflection.v1alpha.ServerReflection',
        ])
      })

      for (const symbol of [
        'benefits.v1.AuthorizationService',
        'benefits.v1.AuthorizationService.Authorize',
        'benefits.v1.AuthorizeRequest',
        'benefits.v1.Reason',
      ]) {
        it(`returns the file of ${symbol} and its imports`, async () => {
          const [answer] = await ask({ file_containing_symbol: symbol })
          expect(filesIn(answer)).to.deep.equal([AUTHORIZATION_FILE, ...IMPORTED_FILES])
        })
      }

      it('returns a file by its name', async () => {
        const [answer] = await ask({ file_by_filename: TIMESTAMP_FILE })
        expect(filesIn(answer)).to.deep.equal([TIMESTAMP_FILE])
      })

      it('returns no extensions of a message', async () => {
        const [answer] = await ask({ all_extension_numbers_of_type: 'benefits.v1.AuthorizeRequest' })
        expect(answer?.all_extension_numbers_response?.extension_number).to.deep.equal([])
      })

      for (const question of [
        { file_containing_symbol: 'benefits.v1.NoService' },
        { file_by_filename: 'no.proto' },
        { all_extension_numbers_of_type: 'no.Message' },
      ]) {
        it(`answers NOT_FOUND: ${JSON.stringify(question)}`, async () => {
          const [answer] = await ask(question)
          expect(answer?.error_response?.error_code).to.equal(NOT_FOUND)
        })
      }

      it('answers several questions on one stream, in order', async () => {
        const { service } = fixture()
        const questions = [{ file_by_filename: 'no.proto' }, { file_by_filename: TIMESTAMP_FILE }]
        const answers = await askReflection(service.grpcAddress, version, questions)
        expect(answers.map(filesIn)).to.deep.equal([[], [TIMESTAMP_FILE]])
      })
    })
  }

  it('lets buf curl list the methods', async () => {
    const { stdout } = await bufCurl(['--list-methods', `http://${fixture().service.grpcAddress}`])
    expect(stdout.split('\n')).to.include('benefits.v1.AuthorizationService/Authorize')
  })

  it('lets buf curl authorize a purchase without our proto files', async () => {
    const { core, service } = fixture()
    const account_id = await fundedAccount(core, { MEAL: 5_000n })
    const { stdout, stderr } = await bufCurl([
      ...['-H', `authorization: Bearer ${signToken()}`],
      ...['-d', JSON.stringify({ transaction_id: 'buf', account_id, amount: 1_000, mcc: '5811' })],
      `http://${service.grpcAddress}/benefits.v1.AuthorizationService/Authorize`,
    ])
    expect(stderr).to.equal('')
    expect(JSON.parse(stdout)).to.include({
      code: '00',
      decision: 'DECISION_APPROVED',
      category: 'MEAL',
      balance: '4000',
    })
  })
})
