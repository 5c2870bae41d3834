import { badRequest } from './reply.ts'

/** Whether an object matches a `$search`. */
export type SearchTest = (read: (property: string) => unknown) => boolean

const SEARCHABLE = new Set('displayName mail userPrincipalName givenName surname description mailNickname'.split(' '))
/** Searched by words; other properties by their beginning. */
const TOKENIZED = new Set(['displayName', 'description'])

/** Words as the directory's search sees them: broken at spaces, signs, between letters and digits, and where the case changes. */
function words(text: string): readonly string[] {
  const parted = text.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').replace(/(\p{L})(\p{N})|(\p{N})(\p{L})/gu, '$1$3 $2$4')
  return parted.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

function clauseTest(clause: string): SearchTest {
  const match = /^"([^":]+):((?:[^"\\]|\\.)*)"$/.exec(clause.trim())
  const [, property = '', given = ''] = match ?? []
  if (match === null || !SEARCHABLE.has(property)) {
    throw badRequest(`Syntax error: the $search clause '${clause}' must be of the form "property:value".`)
  }
  const value = given.replace(/\\(.)/g, '$1')
  if (!TOKENIZED.has(property))
    return read =>
      String(read(property) ?? '')
        .toLowerCase()
        .startsWith(value.toLowerCase())
  const wanted = words(value)
  return read => {
    const held = words(String(read(property) ?? ''))
    return wanted.every(word => held.some(candidate => candidate.startsWith(word)))
  }
}

/** Reads a `$search`: clauses `"property:value"` with AND and OR between them; throws 400 for anything else. */
export function searching(text: string | undefined): SearchTest | undefined {
  if (text === undefined) return undefined
  const clauses = (part: string): string[] => part.split(/\s+AND\s+/)
  const alternatives = text.split(/\s+OR\s+/).map(part => clauses(part).map(clauseTest))
  return read => alternatives.some(tests => tests.every(test => test(read)))
}
