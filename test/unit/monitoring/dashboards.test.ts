import { expect } from 'chai'
import { type Panel, type Place, readDashboards } from '../../monitoring/dashboards.js'

/** Columns of a dashboard. */
const WIDTH = 24

function overlap(one: Place, other: Place): boolean {
  const apart =
    one.x + one.w <= other.x ||
    other.x + other.w <= one.x ||
    one.y + one.h <= other.y ||
    other.y + other.h <= one.y
  return !apart
}

const dashboards = readDashboards()

describe('dashboards', () => {
  it('exist, each with a unique id', () => {
    expect(dashboards).to.not.be.empty
    expect(new Set(dashboards.map(({ uid }) => uid)).size).to.equal(dashboards.length)
  })

  for (const { title, schemaVersion, panels } of dashboards) {
    describe(title, () => {
      const shown: readonly Panel[] = panels.filter(({ type }) => type !== 'row')

      it('has a schema that Grafana knows', () => {
        expect(schemaVersion).to.equal(39)
      })

      it('has rows, each with panels below it', () => {
        const rows = panels.flatMap(({ type }, place) => (type === 'row' ? [place] : []))
        expect(rows[0]).to.equal(0)
        for (const place of rows) expect(panels[place + 1]?.type).to.be.oneOf(['stat', 'timeseries'])
      })

      it('has panels with unique ids', () => {
        expect(new Set(panels.map(({ id }) => id)).size).to.equal(panels.length)
      })

      it('has no panels that overlap or exceed the width', () => {
        for (const [index, { gridPos: one, title: name }] of panels.entries()) {
          expect(one.x + one.w, name).to.be.at.most(WIDTH)
          const others = panels.slice(index + 1).filter(({ gridPos }) => overlap(one, gridPos))
          expect(others.map((other) => `${name} and ${other.title}`)).to.deep.equal([])
        }
      })

      for (const { title: name, description, fieldConfig, targets = [] } of shown) {
        it(`gives "${name}" a description and a unit`, () => {
          expect(name).to.match(/\w/)
          expect(description).to.have.length.above(20)
          expect(fieldConfig?.defaults.unit).to.match(/\w/)
          expect(targets).to.not.be.empty
          expect(new Set(targets.map(({ refId }) => refId)).size).to.equal(targets.length)
        })
      }
    })
  }
})
