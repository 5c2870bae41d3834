import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A write that the API server was asked for, and its answer. */
export interface Write {
  readonly user: string
  readonly userAgent: string
  readonly verb: 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'
  /** Plural, with the subresource: `employees/status`. */
  readonly resource: string
  readonly namespace: string
  /** Empty where a list was written to. */
  readonly name: string
  /** HTTP status. */
  readonly code: number
  /** When it came in. */
  readonly at: Date
}

interface AuditEvent {
  readonly user: { readonly username: string }
  readonly userAgent?: string
  readonly verb: Write['verb']
  readonly objectRef?: {
    readonly resource?: string
    readonly subresource?: string
    readonly namespace?: string
    readonly name?: string
  }
  readonly responseStatus?: { readonly code?: number }
  readonly requestReceivedTimestamp: string
}

/** Every write but those of the API server itself, as it is answered. */
export const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'None', users: ['system:apiserver'] },
    { level: 'Metadata', verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'] },
    { level: 'None' },
  ],
}

/** Where the API server notes the writes. */
export const auditLog = (folder: string): string => join(folder, 'writes.jsonl')

function writeOf(line: string): Write {
  const {
    user,
    userAgent = '',
    verb,
    objectRef,
    responseStatus,
    requestReceivedTimestamp,
  } = JSON.parse(line) as AuditEvent
  const { resource = '', subresource, namespace = '', name = '' } = objectRef ?? {}
  return {
    user: user.username,
    userAgent,
    verb,
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    namespace,
    name,
    code: responseStatus?.code ?? 0,
    at: new Date(requestReceivedTimestamp),
  }
}

/** All writes so far, as they were answered. A last line that is still being written is left out. */
export function readWrites(folder: string): readonly Write[] {
  const file = auditLog(folder)
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return text.split('\n').slice(0, -1).map(writeOf)
}
