import { expect } from 'chai'
import fc from 'fast-check'
import {
  readDynamicTables,
  readName,
  readVersionNeeds,
  UnexpectedElfError,
} from '../../../../tools/dev/local-mongo/elf-image.js'
import { retargetElf } from '../../../../tools/dev/local-mongo/elf-retarget.js'
import type { SyntheticElf } from './synthetic-elf.js'
import { hashOf, NEEDS, SYMBOLS, syntheticElf } from './synthetic-elf.js'

describe('retargetElf', () => {
  it('binds the seven symbols of glibc 2.38 to older ones and keeps the rest', () => {
    expect(boundSymbols(retargetElf(syntheticElf().image))).to.deep.equal([
      '',
      'malloc of libc.so.6 GLIBC_2.2.5',
      'strtol of libc.so.6 GLIBC_2.2.5',
      '__isoc99_sscanf of libc.so.6 GLIBC_2.7',
      'strtoll of libc.so.6 GLIBC_2.2.5',
      'strtoul of libc.so.6 GLIBC_2.2.5',
      'strtoull of libc.so.6 GLIBC_2.2.5',
      'fmod of libm.so.6 GLIBC_2.2.5',
      '__isoc99_fscanf of libc.so.6 GLIBC_2.7',
      'arc4random of libc.so.6 GLIBC_2.36',
      'main',
    ])
  })

  it('needs no glibc newer than 2.36', () => {
    const output = retargetElf(syntheticElf().image)
    const needs = readVersionNeeds(output, readDynamicTables(output))
    expect(needs.map((need) => `${need.file} ${need.name} ${need.index}`)).to.deep.equal([
      'libm.so.6 GLIBC_2.2.5 13',
      'libm.so.6 GLIBC_2.2.5 19',
      'libc.so.6 GLIBC_2.2.5 3',
      'libc.so.6 GLIBC_2.7 20',
      'libc.so.6 GLIBC_2.36 37',
      'libc.so.6 GLIBC_2.2.5 12',
    ])
  })

  it('gives the renamed entries the hash of their new name, which the loader compares first', () => {
    const output = retargetElf(syntheticElf().image)
    const needs = readVersionNeeds(output, readDynamicTables(output))
    for (const need of needs) expect(output.readUInt32LE(need.offset), need.name).to.equal(hashOf(need.name))
  })

  it('does not change its input', () => {
    const { image } = syntheticElf()
    const before = Buffer.from(image)
    retargetElf(image)
    expect(image.equals(before)).to.equal(true)
  })

  it('changes no length and no byte outside its four tables', () => {
    const { image, layout } = syntheticElf()
    const output = retargetElf(image)
    expect(output.length).to.equal(image.length)
    expect(output.subarray(0, layout.symbols).equals(image.subarray(0, layout.symbols))).to.equal(true)
    expect(output.subarray(layout.sections).equals(image.subarray(layout.sections))).to.equal(true)
  })

  it('rejects its own output', () => {
    const output = retargetElf(syntheticElf().image)
    expect(() => retargetElf(output)).to.throw(UnexpectedElfError, 'unexpected libraries of GLIBC_2.38: none')
  })

  for (const { what, image, says } of rejections()) {
    it(`rejects ${what}`, () => {
      expect(() => retargetElf(image)).to.throw(UnexpectedElfError, says)
    })
  }

  it('throws only UnexpectedElfError, whatever bytes are changed or missing', () => {
    const { image } = syntheticElf()
    const discrepancy = fc.array(fc.tuple(fc.nat(image.length - 1), fc.nat(255)), { maxLength: 6 })
    const length = fc.oneof(fc.constant(image.length), fc.nat(image.length))
    const property = fc.property(discrepancy, length, (changes, kept) => {
      const damaged = Buffer.from(image)
      for (const [at, byte] of changes) damaged.writeUInt8(byte, at)
      expectRewriteOrRejection(damaged.subarray(0, kept))
    })
    fc.assert(property, { numRuns: 5_000 })
  })

  it('throws only UnexpectedElfError, whatever fields of its tables are overwritten', () => {
    const { image, layout } = syntheticElf()
    const field = fc.integer({ min: 0, max: (image.length - layout.symbols) / 4 - 1 })
    const value = fc.oneof(fc.nat(64), fc.nat(image.length * 2), fc.integer({ min: 0, max: 0xffffffff }))
    const property = fc.property(
      fc.array(fc.tuple(field, value), { minLength: 1, maxLength: 4 }),
      (changes) => {
        const damaged = Buffer.from(image)
        for (const [at, word] of changes) damaged.writeUInt32LE(word, layout.symbols + at * 4)
        expectRewriteOrRejection(damaged)
      },
    )
    fc.assert(property, { numRuns: 5_000 })
  })
})

type Rejection = { readonly what: string; readonly image: Buffer; readonly says: string }

function rejections(): readonly Rejection[] {
  return [
    { what: 'an empty file', image: Buffer.alloc(0), says: 'not an ELF file' },
    { what: 'a script', image: Buffer.from('#!/bin/sh\nexit 0\n'), says: 'not an ELF file' },
    {
      what: 'a truncated header',
      image: syntheticElf().image.subarray(0, 63),
      says: 'the ELF header is incomplete',
    },
    {
      what: 'a 32-bit file',
      image: damaged((elf) => elf.image.writeUInt8(1, 4)),
      says: 'not a 64-bit ELF file',
    },
    {
      what: 'a big-endian file',
      image: damaged((elf) => elf.image.writeUInt8(2, 5)),
      says: 'not a little-endian ELF file',
    },
    {
      what: 'a file for ARM',
      image: damaged((elf) => elf.image.writeUInt16LE(183, 18)),
      says: 'not for x86-64: machine 183',
    },
    {
      what: 'section headers of another size',
      image: damaged((elf) => elf.image.writeUInt16LE(40, 58)),
      says: 'section headers of 40 bytes',
    },
    {
      what: 'more sections than a program has',
      image: damaged((elf) => elf.image.writeUInt16LE(1_001, 60)),
      says: '1001 sections, more than 1000',
    },
    {
      what: 'a truncated section header table',
      image: syntheticElf().image.subarray(0, -1),
      says: 'out of bounds: the section header table',
    },
    {
      what: 'a section header table beyond all memory',
      image: damaged((elf) => elf.image.writeBigUInt64LE(2n ** 64n - 1n, 40)),
      says: 'out of bounds: the section header table',
    },
    {
      what: 'a section beyond the end',
      image: damaged((elf) => elf.image.writeBigUInt64LE(2n ** 63n, sectionAt(elf, 1) + 24)),
      says: 'out of bounds: a section of type 11',
    },
    {
      what: 'a file without symbols',
      image: damaged((elf) => elf.image.writeUInt32LE(1, sectionAt(elf, 1) + 4)),
      says: '0 sections .dynsym',
    },
    {
      what: 'a file without version needs',
      image: damaged((elf) => elf.image.writeUInt32LE(1, sectionAt(elf, 4) + 4)),
      says: '0 sections .gnu.version_r',
    },
    {
      what: 'two tables of version indexes',
      image: damaged((elf) => elf.image.writeUInt32LE(0x6fffffff, sectionAt(elf, 2) + 4)),
      says: '2 sections .gnu.version instead of one',
    },
    {
      what: 'symbols that link to no string table',
      image: damaged((elf) => elf.image.writeUInt32LE(99, sectionAt(elf, 1) + 40)),
      says: 'section 99, which does not exist',
    },
    {
      what: 'a symbol table that ends within a symbol',
      image: damaged((elf) => elf.image.writeBigUInt64LE(25n, sectionAt(elf, 1) + 32)),
      says: 'not a multiple of 24',
    },
    {
      what: 'fewer version indexes than symbols',
      image: damaged((elf) => elf.image.writeBigUInt64LE(2n, sectionAt(elf, 3) + 32)),
      says: 'one entry for each symbol',
    },
    {
      what: 'a need that leaves its table',
      image: damaged((elf) => elf.image.writeUInt32LE(100_000, elf.layout.needs + 8)),
      says: 'an entry leaves .gnu.version_r',
    },
    {
      what: 'needs that overlap',
      image: damaged((elf) => elf.image.writeUInt32LE(8, elf.layout.needs + 12)),
      says: '.gnu.version_r entries overlap',
    },
    {
      what: 'a name outside the string table',
      image: damaged((elf) => elf.image.writeUInt32LE(0xffffffff, elf.layout.needs + 4)),
      says: 'name offset 4294967295 is outside',
    },
    {
      what: 'a string table without an end',
      image: damaged((elf) => elf.image.fill('x', elf.layout.strings, elf.layout.versions)),
      says: 'is outside the string table',
    },
    {
      what: 'two needs with one index',
      image: syntheticElf(SYMBOLS, [...NEEDS, { file: 'libc.so.6', name: 'GLIBC_2.9', index: 3 }]).image,
      says: 'share one index',
    },
    {
      what: 'a program for a still newer glibc',
      image: syntheticElf(SYMBOLS, [...NEEDS, { file: 'libc.so.6', name: 'GLIBC_2.39', index: 40 }]).image,
      says: 'unexpected version: it needs GLIBC_2.39 of libc.so.6',
    },
    {
      what: 'a program that needs 2.38 of another library',
      image: syntheticElf(SYMBOLS, [...NEEDS, { file: 'libmvec.so.1', name: 'GLIBC_2.38', index: 40 }]).image,
      says: 'unexpected libraries of GLIBC_2.38: libc.so.6, libm.so.6, libmvec.so.1',
    },
    {
      what: 'an eighth symbol',
      image: syntheticElf([...SYMBOLS, { name: 'strlcpy', version: 12 }]).image,
      says: 'unexpected symbol set: strlcpy of libc.so.6',
    },
    {
      what: 'a symbol of the wrong library',
      image: syntheticElf([...SYMBOLS, { name: 'fmod', version: 12 }]).image,
      says: 'unexpected symbol set: fmod of libc.so.6',
    },
    {
      what: 'six symbols',
      image: syntheticElf(SYMBOLS.filter(({ name }) => name !== 'fmod')).image,
      says: 'unexpected symbol set: fmod occurs 0 times',
    },
    {
      what: 'a symbol that occurs twice',
      image: syntheticElf([...SYMBOLS, { name: '__isoc23_strtol', version: 12 }]).image,
      says: 'unexpected symbol set: __isoc23_strtol occurs 2 times',
    },
    {
      what: 'a program without the older version',
      image: syntheticElf(
        SYMBOLS,
        NEEDS.filter(({ name }) => name !== 'GLIBC_2.7'),
      ).image,
      says: 'missing older version GLIBC_2.7 of libc.so.6',
    },
    {
      what: 'a name that another symbol shares',
      image: syntheticElf([...SYMBOLS, { name: '__isoc23_sscanf', version: 3 }]).image,
      says: 'another symbol shares the name of __isoc23_sscanf',
    },
  ]
}

function damaged(discrepancy: (elf: SyntheticElf) => void): Buffer {
  const elf = syntheticElf()
  discrepancy(elf)
  return elf.image
}

function sectionAt(elf: SyntheticElf, index: number): number {
  return elf.layout.sections + index * 64
}

function expectRewriteOrRejection(image: Buffer): void {
  try {
    expect(retargetElf(image).length).to.equal(image.length)
  } catch (error) {
    expect(error).to.be.instanceOf(UnexpectedElfError)
  }
}

function boundSymbols(image: Buffer): readonly string[] {
  const tables = readDynamicTables(image)
  const needs = readVersionNeeds(image, tables)
  return Array.from({ length: tables.symbols.size / 24 }, (_, position) => {
    const name = readName(image, tables.strings, image.readUInt32LE(tables.symbols.offset + position * 24))
    const index = image.readUInt16LE(tables.versions.offset + position * 2)
    const need = needs.find((candidate) => candidate.index === index)
    return need ? `${name} of ${need.file} ${need.name}` : name
  })
}
