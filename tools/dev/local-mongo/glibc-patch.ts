/**
 * The bytes by which the pinned builds, made for glibc 2.38, load on glibc 2.36 as well. They need 2.38 for
 * seven symbols only, and each has an older version that does the same. Each patch is an offset and the bytes
 * there, both hexadecimal. The rows of a program are the parts of its dynamic tables:
 *
 * - `.dynsym`: `__isoc23_strtol` and three like it lose their prefix: the offset of the name moves behind it.
 * - `.gnu.version`: the seven symbols point at the older version of the same library.
 * - `.gnu.version_r`: the two entries of 2.38, now unused, take hash and name of an older version.
 * - `.dynstr`: `__isoc23_sscanf` and `__isoc23_fscanf` become `__isoc99_...`.
 *
 * The table fits these two files alone: the caller verifies the checksum of the program before and after.
 */
const patches = {
  mongod: [
    '880:0c a18:09 a90:5c b20:83',
    '447698:03 4476b6:14 4476ba:03 4476c4:03 4476d0:03 447790:0d 447b4e:14',
    '4a2b78:751a6909 4a2b80:d511 4a2d08:751a6909 4a2d10:d511',
    '71e9b6:3939 1912220:3939',
  ],
  mongos: [
    '688:03fb b50:b4 e50:30 2470:44',
    '3a089e:03 3a0904:03 3a092a:0c 3a0942:11 3a0944:03 3a0b1c:03 3a0d4a:11',
    '3edf2c:751a6909 3edf34:00 3ee0bc:751a6909 3ee0c4:00',
    'a4b561:3939 11a67ae:3939',
  ],
} as const

/** Patches a program of the package in memory. */
export function patchForOlderGlibc(program: keyof typeof patches, image: Buffer): void {
  for (const patch of patches[program].join(' ').split(' ')) {
    const [offset = '', bytes = ''] = patch.split(':')
    image.write(bytes, Number.parseInt(offset, 16), 'hex')
  }
}
