import type { AttributeName } from '../../model/ids.ts'
import { graphUser } from './account.ts'
import type { Desk } from './desk.ts'
import { DeniedError, RefusedError } from './errors.ts'
import { patchUser, readUser } from './requests.ts'
import { bodyWith, entraAttribute, storedValue } from './schema.ts'

/** Values by attribute name; null clears. */
export type Values = ReadonlyMap<AttributeName, string | null>

/** One property that was refused, with the attributes in it. */
export interface RefusedAttributes {
  readonly names: readonly AttributeName[]
  readonly error: RefusedError | DeniedError
}

/** What came of writing attributes. */
export interface Written {
  readonly refused: readonly RefusedAttributes[]
  readonly requestId: string | undefined
}

/**
 * Writes attributes so that one that is refused keeps back none of the others: what is refused for holders of admin roles goes in a
 * request of its own, and a refused request is repeated property by property.
 */
export async function writeAttributes(desk: Desk, id: string, values: Values): Promise<Written> {
  const whole = await withSiblings(desk, id, values)
  const refused: RefusedAttributes[] = []
  let requestId: string | undefined
  for (const batch of batches(whole)) {
    const written = await writeBatch(desk, id, batch)
    refused.push(...written.refused)
    requestId = written.requestId ?? requestId
  }
  return { refused, requestId }
}

const outer = (name: AttributeName): string => name.split('.')[0] ?? name

/** Nested values are written with their siblings, since a nested object may be replaced as a whole. */
async function withSiblings({ client, signal }: Desk, id: string, values: Values): Promise<Values> {
  const nested = new Set([...values.keys()].filter(name => name.includes('.')).map(outer))
  if (nested.size === 0) return values
  const { body } = await client.sendWhenVisible(readUser(id, ['id', ...nested]), [id], signal)
  const user = graphUser(body)
  const whole = new Map(values)
  for (const name of nested) {
    for (const inner of Object.keys((user?.[name] ?? {}) as object)) {
      const sibling = entraAttribute(`${name}.${inner}`)
      const value = sibling === undefined || user === undefined ? undefined : storedValue(sibling, user)
      if (value !== undefined && !whole.has(`${name}.${inner}`)) whole.set(`${name}.${inner}`, value)
    }
  }
  return whole
}

function batches(values: Values): readonly Values[] {
  const plain = new Map<AttributeName, string | null>()
  const sensitive = new Map<AttributeName, string | null>()
  const late = new Map<AttributeName, string | null>()
  for (const [name, value] of values) {
    const known = entraAttribute(name)
    const batch = known?.sensitive === true ? sensitive : known?.afterCreate === true ? late : plain
    batch.set(name, value)
  }
  return [plain, sensitive, late].filter(batch => batch.size > 0)
}

async function writeBatch(desk: Desk, id: string, batch: Values): Promise<Written> {
  const { client, signal } = desk
  try {
    const { requestId } = await client.sendWhenVisible(patchUser(id, bodyWith(batch)), [id], signal)
    return { refused: [], requestId }
  } catch (error) {
    if (!(error instanceof RefusedError || error instanceof DeniedError)) throw error
    const parts = byProperty(batch)
    if (parts.length === 1) return { refused: [{ names: [...batch.keys()], error }], requestId: undefined }
    const written: Written[] = []
    for (const part of parts) written.push(await writeBatch(desk, id, part))
    return {
      refused: written.flatMap(one => one.refused),
      requestId: written.findLast(one => one.requestId !== undefined)?.requestId,
    }
  }
}

function byProperty(values: Values): readonly Values[] {
  const parts = new Map<string, Map<AttributeName, string | null>>()
  for (const [name, value] of values) {
    const part = parts.get(outer(name)) ?? new Map<AttributeName, string | null>()
    parts.set(outer(name), part.set(name, value))
  }
  return [...parts.values()]
}

/** What was refused, for people. */
export function refusedWords(refused: readonly RefusedAttributes[]): string {
  return refused.map(({ names, error }) => `${names.join(', ')}: ${error.message}`).join(' ')
}
