import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { benefits } from '../../e2e/cli/benefits.js'
import { JWT_SECRET } from '../../support/clients/token.js'
import { useTempFolder } from '../../support/temp-folder.js'
import { besidePurchases, usePopulation } from './population.js'

const HEADER = 'id,match,name,city,country,mcc\n'
/** The maximum of one import. */
const RULES_MAX = 100_000

describe('a back office that imports rules', () => {
  const fixture = usePopulation()
  const folder = useTempFolder()

  async function importing(text: string): Promise<unknown> {
    const file = join(folder(), 'rules.csv')
    writeFileSync(file, text)
    const { code, stdout, stderr } = await run('rules', 'import', file)
    expect(code, stderr).to.equal(0)
    return JSON.parse(stdout)
  }

  /** Runs a command against the service of this suite, beside purchases. */
  function run(...args: readonly string[]) {
    const { grpcAddress } = fixture().service
    const [host = '', port = ''] = grpcAddress.split(':')
    return besidePurchases(grpcAddress, () =>
      benefits([...args, '--timeout', '300'], { HOST: host, GRPC_PORT: port, JWT_SECRET }),
    )
  }

  function rules(count: number): string {
    const lines = Array.from({ length: count }, (_, number) => `q${number},PREFIX,LOJA ${number},,,5411`)
    return `${HEADER}${lines.join('\n')}\n`
  }

  const imports = (count: number, created: number) =>
    it(`imports ${count} rules at once`, async () => {
      const there = count - created
      expect(await importing(rules(count))).to.deep.equal({ created, changed: 0, unchanged: there })
    })

  imports(20_000, 20_000)

  it('imports an export of the service', async () => {
    const { stdout } = await run('rules', 'export')
    expect(await importing(stdout)).to.deep.equal({ created: 0, changed: 0, unchanged: 20_000 })
  })

  imports(RULES_MAX, 80_000)
})
