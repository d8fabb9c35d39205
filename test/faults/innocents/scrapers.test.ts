import { expect } from 'chai'
import { besidePurchases, usePopulation } from './population.js'

const SCRAPERS = 8
const PAGES_OF_EACH = 4

describe('scrapers of the metrics', function () {
  this.timeout(300_000)
  const fixture = usePopulation()

  it('get every compressed page that they request, and delay no purchase', async () => {
    const { httpUrl, grpcAddress } = fixture().service
    const scraper = async () => {
      for (let page = 0; page < PAGES_OF_EACH; page++) {
        const response = await fetch(`${httpUrl}/metrics`, { headers: { 'accept-encoding': 'gzip' } })
        const text = await response.text()
        expect([response.status, response.headers.get('content-encoding')]).to.deep.equal([200, 'gzip'])
        expect(text).to.include('\nbenefits_connections ')
      }
    }
    await besidePurchases(grpcAddress, () => Promise.all(Array.from({ length: SCRAPERS }, scraper)))
  })
})
