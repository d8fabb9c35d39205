import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { readAlertExpectations, readRules } from '../../monitoring/rule-files.js'

const { alerts, recordings } = readRules()
const expectations = readAlertExpectations()
const runbook = readFileSync('.docs/runbook.md', 'utf8')
/** The text under "## Alerts", by alert. */
const sections = new Map(
  (/^## Alerts$(.*?)(?=^## |$(?![\s\S]))/ms.exec(runbook)?.[1] ?? '')
    .split(/^### /m)
    .slice(1)
    .map((section) => [section.split('\n', 1)[0] ?? '', section.slice(section.indexOf('\n')).trim()]),
)

describe('alerts', () => {
  it('each have a unique name', () => {
    const names = alerts.map(({ alert }) => alert)
    expect(names).to.have.length.above(20)
    expect(new Set(names).size).to.equal(names.length)
  })

  for (const { alert, for: lasting, labels, annotations } of alerts) {
    describe(alert, () => {
      it('has a duration and a severity', () => {
        expect(lasting).to.match(/^\d+[mh]$/)
        expect(labels?.['severity']).to.be.oneOf(['critical', 'warning'])
      })

      it('describes the problem, and links to the runbook', () => {
        expect(annotations).to.have.all.keys('summary', 'description', 'runbook_url')
        expect(annotations?.['summary']).to.match(/\.$/)
        expect(annotations?.['runbook_url']).to.equal(`.docs/runbook.md#${alert.toLowerCase()}`)
      })

      it('has a case in which it fires, and one in which it does not', () => {
        const cases = expectations.filter(({ alertname }) => alertname === alert)
        expect(cases.filter(({ exp_alerts = [] }) => exp_alerts.length > 0)).to.not.be.empty
        expect(cases.filter(({ exp_alerts = [] }) => exp_alerts.length === 0)).to.not.be.empty
      })

      it('has a section in the runbook', () => {
        expect(sections.get(alert)).to.have.length.above(100)
      })
    })
  }

  it('are the only alerts in the runbook and the cases', () => {
    const names = alerts.map(({ alert }) => alert)
    expect([...sections.keys()]).to.have.members(names)
    expect([...new Set(expectations.map(({ alertname }) => alertname))]).to.have.members(names)
  })
})

describe('recording rules', () => {
  it('each have a name of level, metric and operation', () => {
    const names = recordings.map(({ record }) => record)
    expect(new Set(names).size).to.equal(names.length).and.above(10)
    for (const name of names) expect(name).to.match(/^benefits:[a-z_]+:[a-z0-9_]+$/)
  })
})
