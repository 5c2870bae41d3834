import { InvalidArgumentError } from 'commander'

/* What commands take as values of their options. Each throws InvalidArgumentError, which says what is taken. */

export function names(text: string): readonly string[] {
  const all = text.split(',').map(name => name.trim())
  if (all.some(name => !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)))
    throw new InvalidArgumentError('Give names of namespaces with commas between.')
  return all
}

export function collected(text: string, before: readonly string[]): readonly string[] {
  return [...before, text]
}

export function seconds(text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value < 0 || text.trim() === '')
    throw new InvalidArgumentError('Give a number of seconds.')
  return value
}

export function portNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('Give a port from 0 to 65535.')
  return Number(text)
}

export function clockSpeed(text: string): number {
  if (!/^\d{1,5}(\.\d+)?$/.test(text)) throw new InvalidArgumentError('Give a number from 0 (stands still) to 99999.')
  return Number(text)
}

export function lineNumber(text: string): number {
  if (!/^[1-9]\d{0,12}$/.test(text)) throw new InvalidArgumentError('Give the number of a line, from 1.')
  return Number(text)
}
