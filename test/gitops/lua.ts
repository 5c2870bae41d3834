import { spawnSync } from 'node:child_process'

/** What a health script says of an object. */
export interface Health {
  readonly status: string
  readonly message: string
}

/** The Lua 5.1 of this machine, or undefined. `LUA` names another program. */
export const lua: string | undefined = [process.env.LUA, 'lua5.1', 'lua', 'luajit'].find(
  name => name !== undefined && / 5\.1|JIT/.test(String(spawnSync(name, ['-v'], { encoding: 'utf8' }).output)),
)

/** A value as Lua writes it. */
function literal(value: unknown): string {
  if (value === null || value === undefined) return 'nil'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return `{${value.map(literal).join(', ')}}`
  if (typeof value !== 'object') return JSON.stringify(value)
  const fields = Object.entries(value).map(([key, one]) => `[${JSON.stringify(key)}] = ${literal(one)}`)
  return `{${fields.join(', ')}}`
}

/** Runs a script as Argo CD does: with obj, and of the libraries with no more than base and table. */
export function healthOf(script: string, object: unknown): Health {
  const names = [
    'assert',
    'error',
    'ipairs',
    'next',
    'pairs',
    'pcall',
    'select',
    'table',
    'tonumber',
    'tostring',
    'type',
  ]
  const program = `
local script = assert(loadstring(${JSON.stringify(script).replaceAll('\\n', '\\\n')}))
setfenv(script, { obj = ${literal(object)}, ${names.map(name => `${name} = ${name}`).join(', ')} })
local health = script()
io.write(health.status, '\\n', health.message or '')`
  const { status, stdout, stderr, error } = spawnSync(lua ?? 'lua5.1', ['-'], {
    input: program,
    encoding: 'utf8',
    timeout: 10_000,
  })
  if (error) throw error
  if (status !== 0) throw new Error(stderr)
  const [first = '', ...rest] = stdout.split('\n')
  return { status: first, message: rest.join('\n') }
}
