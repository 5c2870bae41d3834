import { ManifestError } from '../model/errors.ts'

/** Throws ManifestError for what is no `HOST:PORT`. */
export function listenAddress(text: string): { readonly host: string; readonly port: number } {
  const match = /^(.*):(\d{1,5})$/.exec(text)
  const port = Number(match?.[2])
  if (!match || port > 65_535)
    throw new ManifestError(`--http: "${text}" is not HOST:PORT; write it like 127.0.0.1:8080`)
  return { host: (match[1] ?? '').replace(/^\[(.*)\]$/, '$1'), port }
}
