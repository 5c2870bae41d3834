import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parse } from 'yaml'
import { compactCsdl } from './csdl.ts'
import { compactPath, described, descriptionFiles, sourcePath } from './descriptions.ts'
import { type CompactOpenApi, compactOpenApi } from './openapi.ts'

const text = (name: string): string => readFileSync(sourcePath(name), 'utf8')

function oktaDescription(): CompactOpenApi {
  const parts = descriptionFiles.okta.map(name => compactOpenApi(parse(text(name), { maxAliasCount: -1 })))
  return {
    shapes: Object.assign({}, ...parts.toReversed().map(part => part.shapes)),
    operations: Object.assign({}, ...parts.map(part => part.operations)),
  }
}

/** Reading a description takes seconds, its compact form some milliseconds; so that is kept. */
function keep(path: string, make: () => unknown): void {
  if (existsSync(path)) return
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.${process.pid}`, JSON.stringify(make()))
  renameSync(`${path}.${process.pid}`, path)
}

/** Once per run: makes the compact descriptions that every test file reads, or says that there are none to read. */
export function setup(): void {
  if (described) {
    keep(compactPath('okta'), oktaDescription)
    keep(compactPath('entra'), () => compactCsdl(text(descriptionFiles.entra[0])))
  } else process.stdout.write("Answers are not held against the vendors' descriptions: ../shared/specs is not here.\n")
}
