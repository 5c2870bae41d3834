import { createHash } from 'node:crypto'

function dashed(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}

/** A version 4 GUID from a source of random numbers, so that a seed repeats it. */
export function randomGuid(random: () => number): string {
  let hex = ''
  for (let word = 0; word < 4; word += 1)
    hex += (4_294_967_296 + Math.floor(random() * 4_294_967_296)).toString(16).slice(1)
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return dashed(`${hex.slice(0, 12)}4${hex.slice(13, 16)}${variant}${hex.slice(17)}`)
}

/** The same GUID for the same name, always. */
export function namedGuid(name: string): string {
  return dashed(createHash('sha256').update(name).digest('hex'))
}

/** The sixteen bytes of a GUID in the order in which Entra writes them into ids: the first three fields the other way round. */
export function guidBytes(guid: string): Buffer {
  const bytes = Buffer.from(guid.replaceAll('-', ''), 'hex')
  bytes.subarray(0, 4).reverse()
  bytes.subarray(4, 6).reverse()
  bytes.subarray(6, 8).reverse()
  return bytes
}

/** The security identifier that Entra derives from an object id. */
export function securityIdentifier(id: string): string {
  const word = (from: number, to: number): number => Number.parseInt(id.slice(from, to), 16)
  const halves = word(14, 18) * 0x10000 + word(9, 13)
  const third = word(19, 23) * 0x10000 + word(24, 28)
  return `S-1-12-1-${word(0, 8)}-${halves}-${reversed(third)}-${reversed(word(28, 36))}`
}

/** The four bytes of a word the other way round. */
function reversed(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0
}
