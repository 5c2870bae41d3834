import type { Kind } from './schema.ts'

/** Where a round of a delta query stands; the client carries it as an opaque token. */
export interface DeltaPosition {
  /** Which directory it belongs to; loading a state makes another one. */
  readonly epoch: string
  /** Path behind the version, so that a token of users is none for groups. */
  readonly root: string
  readonly select: readonly string[] | undefined
  readonly ids: readonly string[] | undefined
  readonly kinds: readonly Kind[] | undefined
  /** Changes up to this number are known to the client, or will be once the first round is through. */
  readonly seq: number
  readonly issuedAt: number
  /** In the first round: the last object shown, and how much of its links. */
  readonly first: FirstRound | undefined
}

/** Position in the first round: objects in the order in which they came, then those in the bin. */
export interface FirstRound {
  readonly ordinal: number
  /** Set while the links of that object are not through: `[index of the link, ordinal of the last linked object]`. */
  readonly links: readonly [number, number] | undefined
  /** How many of the bin are through; undefined while live objects come. */
  readonly bin: number | undefined
}

/** The token as text. */
export function encodeDelta(position: DeltaPosition): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/** The position in a token, or undefined when it is none. */
export function decodeDelta(text: string): DeltaPosition | undefined {
  try {
    const position = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as DeltaPosition
    const sound = typeof position.seq === 'number' && typeof position.issuedAt === 'number'
    return sound && typeof position.root === 'string' ? position : undefined
  } catch {
    return undefined
  }
}
