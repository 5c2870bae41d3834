/** Letters to add, drop, change or swap to come from one word to another, without regard to case. */
function distance(from: string, to: string): number {
  const [a, b] = [from.toLowerCase(), to.toLowerCase()]
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? 0) + 1 : change
      next.push(Math.min(change, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}

/** The name a person probably meant, if one is near enough: at most a third of its letters differ. */
export function nearestName(word: string, names: Iterable<string>): string | undefined {
  if (word.length > 64) return undefined
  let best: { readonly name: string; readonly far: number } | undefined
  for (const name of names) {
    const far = distance(word, name)
    if (far <= Math.max(1, Math.floor(name.length / 3)) && (!best || far < best.far)) best = { name, far }
  }
  return best?.name
}
