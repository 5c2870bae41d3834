/** Ids as Okta makes them: 20 characters, the first three say what it is (`00u` user, `00g` group, `0oa` app …). */

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** `length` letters and digits drawn from `random` (a number in [0, 1) each time). */
export function randomText(random: () => number, length: number): string {
  const codes: number[] = []
  for (let index = 0; index < length; index += 1)
    codes.push(alphabet.charCodeAt(Math.floor(random() * alphabet.length)))
  return String.fromCharCode(...codes)
}

/** A new 20-character id; all ids of one org end alike, as they do in a real one. */
export function newId(random: () => number, prefix: string): string {
  return [prefix, randomText(random, 17 - prefix.length), '5d7'].join('')
}

/** `length` hexadecimal digits drawn from `random`. */
export function hexText(random: () => number, length: number): string {
  let text = ''
  for (let index = 0; index < length; index += 1) text += Math.floor(random() * 16).toString(16)
  return text
}
