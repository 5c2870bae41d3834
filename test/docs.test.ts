import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runProgram } from '../src/cli/program.ts'
import type { Terminal } from '../src/cli/terminal.ts'
import { parseManifests } from '../src/source/parse.ts'
import { directorySource } from '../src/source/yaml.ts'
import { inFolder } from './support/folder.ts'

const root = join(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const pages = [...readdirSync(root), ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map(name => `docs/${name}`)].filter(
  name => name.endsWith('.md'),
)
