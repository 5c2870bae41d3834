import { type Document, isScalar, Scalar, visit } from 'yaml'

/** A value without quotes that YAML 1.1, which kubectl reads, takes for something else than YAML 1.2, which we read. */
export interface AmbiguousScalar {
  readonly offset: number
  readonly text: string
  /** What it is to kubectl, in words. */
  readonly kubectlReads: string
}

const boolean = /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/
const truthy = /^(?:y|yes|on)$/i
const octal = /^[-+]?0[0-7_]*[1-7][0-7_]*$/
const binary = /^[-+]?0b[01_]+$/
const grouped = /^[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?$/
/** Cheap, and true for every text that holds such a scalar: only then is the tree walked. */
const suspect =
  /(?:^|[\s,:[{])(?:[yYnN]|yes|Yes|YES|on|On|ON|no|No|NO|off|Off|OFF|[-+]?0[0-9b_][0-9_]*|[-+]?[0-9][0-9_]*_[0-9_.]*)(?:$|[\s,:\]}])/m

/** Every such value and key of a document. */
export function ambiguousScalars(tree: Document.Parsed, text: string): readonly AmbiguousScalar[] {
  if (!suspect.test(text)) return []
  const found: AmbiguousScalar[] = []
  visit(tree, {
    Scalar: (_key, node) => {
      if (!isScalar(node) || node.type !== Scalar.PLAIN || node.tag || node.source === undefined) return
      const kubectlReads = otherReading(node.source)
      if (kubectlReads) found.push({ offset: node.range?.[0] ?? 0, text: node.source, kubectlReads })
    },
  })
  return found
}

/** What YAML 1.1 makes of a plain scalar where YAML 1.2 reads something else; `undefined` where both agree. */
function otherReading(source: string): string | undefined {
  if (boolean.test(source)) return truthy.test(source) ? 'true' : 'false'
  const digits = source.replaceAll('_', '')
  if (octal.test(source) && octalValue(digits) !== Number(source)) return `the number ${octalValue(digits)}`
  if (binary.test(source)) return 'a number'
  if (source.includes('_') && grouped.test(source)) return `the number ${Number(digits)}`
  return undefined
}

function octalValue(digits: string): number {
  const value = Number.parseInt(digits.replace(/^[-+]/, ''), 8)
  return digits.startsWith('-') ? -value : value
}
