import type { CatalogAttribute } from '../../model/entitlement.ts'
import type { AttributeName } from '../../model/ids.ts'
import { listOf, objectOf, textOf } from './json.ts'

/** Attributes of the user schema by name. Source: Okta, Schemas API, user profile properties. */
export function schemaAttributes(schema: unknown): ReadonlyMap<AttributeName, CatalogAttribute> {
  const { base, custom } = objectOf(objectOf(schema).definitions)
  const properties = { ...objectOf(objectOf(base).properties), ...objectOf(objectOf(custom).properties) }
  return new Map(Object.entries(properties).map(([name, property]) => [name, attributeOf(property)]))
}

const types: Readonly<Record<string, NonNullable<CatalogAttribute['type']>>> = {
  string: 'Text',
  number: 'Number',
  integer: 'Integer',
  boolean: 'Boolean',
  array: 'TextList',
}

function attributeOf(property: unknown): CatalogAttribute {
  const { type, mutability, minLength, maxLength, items, ...said } = objectOf(property)
  const values = valuesOf(type === 'array' ? objectOf(items) : said)
  return {
    // `IMMUTABLE` can be set once and `WRITE_ONLY` cannot be compared, so neither can be kept right.
    writable: mutability === undefined || mutability === 'READ_WRITE',
    type: types[textOf(type) ?? ''] ?? 'Text',
    ...(typeof maxLength === 'number' ? { maxLength } : {}),
    ...(typeof minLength === 'number' ? { minLength } : {}),
    ...(values.length === 0 ? {} : { values }),
  }
}

function valuesOf(said: Readonly<Record<string, unknown>>): readonly string[] {
  const listed = listOf(said.enum).length > 0 ? listOf(said.enum) : listOf(said.oneOf).map(one => objectOf(one).const)
  return listed.filter(value => value !== undefined && value !== null).map(value => `${value}`)
}

/** The text that people write for a value as Okta shows it; undefined for one that is not set. */
export function textOfValue(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}`
  return Array.isArray(value) && value.length > 0 ? JSON.stringify(value) : undefined
}

/** What an attribute stores, by a value that it has; undefined where that tells nothing. */
export function typeOfValue(value: unknown): CatalogAttribute['type'] {
  if (typeof value === 'number') return 'Number'
  if (typeof value === 'boolean') return 'Boolean'
  return Array.isArray(value) ? 'TextList' : undefined
}

/** A text as it reads back once it is stored, or why Okta would not store it. An empty list is the same as unset. */
export type Fit =
  | { readonly kind: 'Fits'; readonly text: string | undefined }
  | { readonly kind: 'Fault'; readonly why: string }

/** Fits a text into an attribute; `known` is what the schema says of it, `limits` what Okta says of the attribute in general. */
export function fitted(text: string, known: CatalogAttribute | undefined, limits: Limits = {}): Fit {
  switch (known?.type ?? 'Text') {
    case 'Text':
      return fittedText(text, { ...limits, ...known })
    case 'Number':
    case 'Integer':
      return fittedNumber(text, known?.type === 'Integer')
    case 'Boolean':
      return /^(true|false)$/i.test(text)
        ? { kind: 'Fits', text: text.toLowerCase() }
        : { kind: 'Fault', why: 'Okta keeps true or false there' }
    case 'TextList':
      return fittedList(text, known?.values)
  }
}

type Limits = Pick<CatalogAttribute, 'minLength' | 'maxLength' | 'values'>

/** What we take to be the most where Okta does not say: the longest of all it does say. */
const longest = 4096

function fittedText(text: string, { minLength = 0, maxLength = longest, values }: Limits): Fit {
  const { length } = text
  if (length > maxLength) return { kind: 'Fault', why: `it has ${length} characters, Okta takes at most ${maxLength}` }
  if (length < minLength)
    return { kind: 'Fault', why: `it has ${length} characters, Okta takes no fewer than ${minLength}` }
  // Source: Okta, Users API: characters of four bytes in UTF-8 are not supported in user data.
  if (/[\u{10000}-\u{10FFFF}]/u.test(text))
    return { kind: 'Fault', why: 'Okta takes no characters beyond the basic plane, such as emoji' }
  return values === undefined || values.includes(text) ? { kind: 'Fits', text } : notAmong(values)
}

function notAmong(values: readonly string[]): Fit {
  const shown = values.slice(0, 10).join(', ')
  return { kind: 'Fault', why: `Okta takes only ${shown}${values.length > 10 ? ' and others' : ''}` }
}

function fittedNumber(text: string, whole: boolean): Fit {
  const value = Number(text)
  if (!Number.isFinite(value) || (whole && !Number.isSafeInteger(value)))
    return { kind: 'Fault', why: `Okta keeps a ${whole ? 'whole ' : ''}number there` }
  return { kind: 'Fits', text: `${value}` }
}

function fittedList(text: string, values: readonly string[] | undefined): Fit {
  const list = listIn(text)
  if (list === undefined)
    return { kind: 'Fault', why: 'Okta keeps a list there; write it as JSON, such as ["a","b"], or with commas' }
  if (values !== undefined && list.some(one => !values.includes(`${one}`))) return notAmong(values)
  return { kind: 'Fits', text: list.length === 0 ? undefined : JSON.stringify(list) }
}

function listIn(text: string): readonly unknown[] | undefined {
  if (!text.startsWith('['))
    return text
      .split(',')
      .map(one => one.trim())
      .filter(one => one !== '')
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) && list.every(one => typeof one === 'string' || typeof one === 'number')
      ? list
      : undefined
  } catch {
    return undefined
  }
}

/** A canonical text as the value that Okta stores; null, which clears, stays null. */
export function storedValue(text: string | null, type: CatalogAttribute['type']): unknown {
  if (text === null) return null
  switch (type ?? 'Text') {
    case 'Text':
      return text
    case 'Number':
    case 'Integer':
      return Number.isFinite(Number(text)) ? Number(text) : text
    case 'Boolean':
      return /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : text
    case 'TextList':
      return listIn(text) ?? text
  }
}
