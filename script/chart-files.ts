/**
 * Makes the chart's templates of custom resource definitions and admission policies from crds/ and config/policies/, and the copies of the
 * former in config/crds (kustomize reads no file above its own folder). The originals stay the contract: what is put in is labels,
 * annotations and switches.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Document, isMap, parseAllDocuments } from 'yaml'
import { writeOrCheck } from './generated-files.ts'

const root = join(import.meta.dirname, '..')
const script = 'script/chart-files'

interface Origin {
  readonly folder: string
  readonly name: string
  readonly text: string
}

const originsIn = (folder: string): Origin[] =>
  readdirSync(join(root, folder))
    .filter(name => name.endsWith('.yaml') && name !== 'kustomization.yaml')
    .sort()
    .map(name => ({ folder, name, text: readFileSync(join(root, folder, name), 'utf8') }))

const marked = ({ folder, name }: Origin): string => `Made from ${folder}/${name} by ${script}. Do not edit.`

/** What stands for template text while the rest is still YAML; put in as `key: value` lines of their own. */
const labels = '__labels__'
const annotations = '__annotations__'
const actions = '__actions__'

/** The text with what Helm would take for its own written so that it comes out as it is. */
const escaped = (text: string): string => text.replaceAll(/\{\{|\}\}/g, braces => `{{ "${braces}" }}`)

function printed(document: Document): string {
  return escaped(
    document.toString({ lineWidth: 0, indentSeq: false, flowCollectionPadding: false }).replace(/^---\n/, ''),
  )
    .replace(/^( *)__labels__: true\n/m, '  labels:\n    {{- include "tenure.labels" . | nindent 4 }}\n')
    .replace(/^( *)__actions__: true\n/m, '  validationActions: {{ toJson .Values.policies.actions }}\n')
}

function withMetadata(document: Document, keys: readonly string[]): void {
  const metadata = document.get('metadata')
  if (!isMap(metadata)) throw new Error('every object needs metadata')
  metadata.flow = false
  for (const taken of ['labels', 'annotations'])
    if (metadata.has(taken)) throw new Error(`metadata.${taken} would be lost: ${script} puts in its own`)
  for (const key of keys) metadata.set(key, true)
}

/** The annotations of a definition: whether Helm keeps it, and whether a policy does. */
const crdAnnotations = `  {{- if or .Values.crds.keep .Values.crds.protect }}
  annotations:
    {{- if .Values.crds.keep }}
    helm.sh/resource-policy: keep
    {{- end }}
    {{- if .Values.crds.protect }}
    tenure.dev/deletion-protection: "true"
    {{- end }}
  {{- end }}
`

function crdTemplate(origin: Origin): string {
  const [document] = parseAllDocuments(origin.text) as Document[]
  if (document === undefined) throw new Error(`${origin.name} is empty`)
  withMetadata(document, [labels, annotations])
  const text = printed(document).replace(/^ *__annotations__: true\n/m, () => crdAnnotations)
  return `{{- /* ${marked(origin)} */}}\n{{- if .Values.crds.install }}\n${text}{{- end }}\n`
}

function policyTemplate(origin: Origin): string {
  const documents = parseAllDocuments(origin.text) as Document[]
  const texts = documents.map(document => {
    withMetadata(document, [labels])
    if (document.get('kind') !== 'ValidatingAdmissionPolicyBinding') return printed(document)
    document.deleteIn(['spec', 'validationActions'])
    document.setIn(['spec', actions], true)
    return printed(document)
  })
  return `{{- /* ${marked(origin)} */}}\n{{- if .Values.policies.install }}\n${texts.join('---\n')}{{- end }}\n`
}

const crds = originsIn('crds')
const policies = originsIn('config/policies')
const files = new Map<string, string>()
for (const origin of crds) {
  files.set(`charts/tenure/templates/crds/${origin.name}`, crdTemplate(origin))
  files.set(`config/crds/${origin.name}`, `# ${marked(origin)}\n${origin.text}`)
}
for (const origin of policies) files.set(`charts/tenure/templates/policies/${origin.name}`, policyTemplate(origin))
writeOrCheck(files, script, ['charts/tenure/templates/crds', 'charts/tenure/templates/policies', 'config/crds'])
