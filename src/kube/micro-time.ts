/** A time as Leases and Events have it: with exactly six digits of a fraction; three are refused. */
export function microTime(date: Date): string {
  return date.toISOString().replace('Z', '000Z')
}
