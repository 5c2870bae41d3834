/** Just enough DER to write an X.509 certificate. */

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  if (content.length < 128) return Buffer.concat([Buffer.from([tag, content.length]), content])
  const size = Buffer.from(content.length.toString(16).padStart(content.length > 255 ? 4 : 2, '0'), 'hex')
  return Buffer.concat([Buffer.from([tag, 0x80 | size.length]), size, content])
}

/** SEQUENCE of the parts. */
export const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts)

/** SET of the parts. */
export const setOf = (...parts: readonly Buffer[]): Buffer => tagged(0x31, ...parts)

/** A positive INTEGER from its big-endian bytes. */
export const integer = (bytes: Buffer): Buffer => {
  const first = bytes[0] ?? 0
  return tagged(0x02, first > 127 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes)
}

/** BOOLEAN TRUE. */
export const yes = (): Buffer => tagged(0x01, Buffer.from([0xff]))

/** NULL. */
export const nothing = (): Buffer => Buffer.from([0x05, 0])

/** OCTET STRING. */
export const octets = (content: Buffer): Buffer => tagged(0x04, content)

/** BIT STRING; `unused` bits of the last byte do not count. */
export const bits = (content: Buffer, unused = 0): Buffer => tagged(0x03, Buffer.from([unused]), content)

/** UTF8String. */
export const utf8 = (text: string): Buffer => tagged(0x0c, Buffer.from(text, 'utf8'))

/** GeneralizedTime or UTCTime, as RFC 5280 asks: UTCTime up to 2049. */
export function time(at: Date): Buffer {
  const digits = at.toISOString().replace(/[-:T]/g, '').slice(0, 14)
  return at.getUTCFullYear() < 2050
    ? tagged(0x17, Buffer.from(`${digits.slice(2)}Z`))
    : tagged(0x18, Buffer.from(`${digits}Z`))
}

/** OBJECT IDENTIFIER from dotted numbers. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const groups = [arc & 0x7f]
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return tagged(0x06, Buffer.from(bytes))
}

/** A constructed context-specific element `[number]`. */
export const context = (number: number, ...parts: readonly Buffer[]): Buffer => tagged(0xa0 | number, ...parts)

/** A primitive context-specific element `[number]`. */
export const contextBytes = (number: number, content: Buffer): Buffer => tagged(0x80 | number, content)
