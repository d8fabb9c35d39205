import { expect } from 'chai'
import { glibcFit } from '../../../../tools/dev/local-mongo/glibc-version.js'

describe('glibcFit', () => {
  for (const version of ['2.38', '2.39', '2.41.9000', '3.0']) {
    it(`runs the program as built on ${version}`, () => expect(glibcFit(version)).to.equal('as-built'))
  }
  for (const version of ['2.36', '2.37']) {
    it(`runs the program patched on ${version}`, () => expect(glibcFit(version)).to.equal('patched'))
  }
  for (const version of ['2.35', '2.4', '1.99']) {
    it(`finds ${version} too old`, () => expect(glibcFit(version)).to.equal('too-old'))
  }
  for (const version of [undefined, '', 'musl']) {
    it(`treats ${JSON.stringify(version)} as another libc`, () =>
      expect(glibcFit(version)).to.equal('not-glibc'))
  }
})
