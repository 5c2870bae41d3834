import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { crds } from '../../src/api/schemas.ts'
import { runProgram } from '../../src/cli/program.ts'
import type { Terminal } from '../../src/cli/terminal.ts'
import { compileCrd } from '../../src/source/schema.ts'
import { chart, describeWith, type KubeObject, objectsIn, renderChart, root, run } from './render.ts'

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  readonly resourceNames?: readonly string[]
}

interface Container {
  readonly image: string
  readonly args: readonly string[]
  readonly env: readonly { readonly name: string; readonly value?: string }[]
  readonly securityContext: object
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[]
}

interface PodSpec {
  readonly containers: readonly [Container]
  readonly securityContext?: object
  readonly volumes: readonly { readonly name: string }[]
  readonly [field: string]: unknown
}

function only(objects: readonly KubeObject[], kind: string, name?: string): KubeObject {
  const found = objects.filter(object => object.kind === kind && (name === undefined || object.metadata.name === name))
  const [one] = found
  if (found.length !== 1 || !one) throw new Error(`${found.length} of ${kind} ${name ?? ''}`)
  return one
}

const kindsOf = (objects: readonly KubeObject[]) => [...new Set(objects.map(({ kind }) => kind))].sort()
const templateOf = (objects: readonly KubeObject[]) =>
  (only(objects, 'Deployment').spec as { template: { metadata: KubeObject['metadata']; spec: PodSpec } }).template
const containerOf = (objects: readonly KubeObject[]) => templateOf(objects).spec.containers[0]

/** What `tenure COMMAND --help` says. */
async function helpOf(command: string): Promise<string> {
  const said: string[] = []
  const terminal: Terminal = {
    out: text => said.push(text),
    err: text => said.push(text),
    progress: () => undefined,
    confirm: async () => false,
    color: false,
    interactive: false,
  }
  await runProgram([command, '--help'], { terminal, env: {}, signal: new AbortController().signal })
  return said.join('\n')
}

/** What Tenure's account may do, as `namespace verb resource`; `*` is every namespace, and a name stands behind. */
function rightsOf(objects: readonly KubeObject[]): Set<string> {
  const bound = objects.filter(({ kind, subjects }) => /Binding$/.test(kind) && subjects !== undefined)
  const rights = bound.flatMap(({ metadata: { namespace = '*' }, roleRef }) => {
    const { kind, name } = roleRef as { kind: string; name: string }
    const role = objects.find(
      one => one.kind === kind && one.metadata.name === name && (one.metadata.namespace ?? '*') === namespace,
    )
    if (!role) throw new Error(`no ${kind} ${name} in ${namespace}`)
    return (role.rules as Rule[]).flatMap(({ resources, verbs, resourceNames = [''] }) =>
      verbs.flatMap(verb =>
        resources.flatMap(resource => resourceNames.map(one => `${namespace} ${verb} ${resource} ${one}`.trim())),
      ),
    )
  })
  return new Set(rights)
}

const about = (rights: Set<string>, resource: string) =>
  [...rights].filter(right => right.split(' ')[2] === resource).sort()

describeWith(['4'], 'the pods of the chart', () => {
  test('start the operator with what the values say', () => {
    const { args, env, image } = containerOf(
      renderChart({
        watchNamespaces: ['people', 'contractors'],
        providers: { allowedHosts: ['login.acme.example'], allowInsecure: true },
        log: { level: 'debug', format: 'pretty' },
        http: { port: 9090 },
        extraArgs: ['--settle=60'],
      }),
    )
    expect(image).toBe('tenure:0.1.0')
    expect(args).toEqual([
      'operator',
      '--http=0.0.0.0:9090',
      '--log-level=debug',
      '--log-format=pretty',
      '--namespaces=people,contractors',
      '--allow-provider-host=login.acme.example',
      '--allow-insecure-providers',
      '--settle=60',
    ])
    expect(env.map(({ name }) => name)).toEqual(['POD_NAME', 'POD_NAMESPACE'])
  })

  test('are given no flag that the command does not know', async () => {
    const help = await helpOf('operator')
    const values = { watchNamespaces: ['a'], providers: { allowedHosts: ['b'], allowInsecure: true } }
    const flags = containerOf(renderChart(values)).args.slice(1)
    const names = flags.map(flag => flag.split('=')[0] ?? '')
    expect(names.filter(name => !new RegExp(`^ +${name}\\b`, 'm').test(help))).toEqual([])
  })

  test('serve all namespaces unless some are named', () => {
    expect(containerOf(renderChart()).args.filter(arg => arg.startsWith('--namespaces'))).toEqual([])
  })

  test('take the image by digest when there is one, whatever the tag', () => {
    const digest = `sha256:${'0'.repeat(64)}`
    const image = { registry: 'registry.acme.example', repository: 'a/tenure', tag: 'v1', digest }
    expect(containerOf(renderChart({ image })).image).toBe(`registry.acme.example/a/tenure@${digest}`)
    expect(containerOf(renderChart({ image: { ...image, digest: '' } })).image).toBe(
      'registry.acme.example/a/tenure:v1',
    )
  })

  test('meet the restricted pod security standard, the test pod too', () => {
    const objects = renderChart()
    for (const spec of [templateOf(objects).spec, only(objects, 'Pod').spec as PodSpec]) {
      expect(spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 65_532,
        seccompProfile: { type: 'RuntimeDefault' },
      })
      expect(spec.containers[0].securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        capabilities: { drop: ['ALL'] },
      })
    }
  })

  test('get a token of an hour where the client looks for it, and no other', () => {
    const objects = renderChart()
    const { spec } = templateOf(objects)
    expect(spec.automountServiceAccountToken).toBe(false)
    expect(only(objects, 'ServiceAccount').automountServiceAccountToken).toBe(false)
    expect(only(objects, 'Pod').spec).toMatchObject({ automountServiceAccountToken: false })
    expect(spec.volumes).toEqual([
      {
        name: 'kube-api-access',
        projected: {
          // 0444: whoever the pod runs as.
          defaultMode: 0o444,
          sources: [
            { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
            { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
            { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
          ],
        },
      },
    ])
    expect(spec.containers[0].volumeMounts).toEqual([
      { name: 'kube-api-access', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
    ])
  })

  test('are found by the Service, the NetworkPolicy, the budget and the spread, which keep their selector when the chart is upgraded', () => {
    const objects = renderChart()
    const selector = {
      'app.kubernetes.io/name': 'tenure',
      'app.kubernetes.io/instance': 'tenure',
      'app.kubernetes.io/component': 'operator',
    }
    expect(templateOf(objects).metadata.labels).toMatchObject(selector)
    expect(only(objects, 'Deployment').spec).toMatchObject({ selector: { matchLabels: selector } })
    expect(only(objects, 'Service').spec).toMatchObject({ selector })
    expect(only(objects, 'NetworkPolicy').spec).toMatchObject({ podSelector: { matchLabels: selector } })
    expect(only(objects, 'PodDisruptionBudget').spec).toMatchObject({ selector: { matchLabels: selector } })
    const spread = templateOf(objects).spec.topologySpreadConstraints
    expect(spread).toHaveLength(2)
    expect(spread).toMatchObject([
      { labelSelector: { matchLabels: selector } },
      { labelSelector: { matchLabels: selector } },
    ])
    expect(only(objects, 'Pod').metadata.labels?.['app.kubernetes.io/component']).toBe('test')
  })

  test('start anew when the certificates to trust change, and only then', () => {
    const checksum = (extraCaCertificates: string) =>
      templateOf(renderChart({ extraCaCertificates })).metadata.annotations?.['checksum/config']
    expect(checksum('a')).not.toBe(checksum('b'))
    expect(checksum('')).toBeUndefined()
    const objects = renderChart({ extraCaCertificates: 'a' })
    const { env, volumeMounts } = containerOf(objects)
    const path = env.find(({ name }) => name === 'NODE_EXTRA_CA_CERTS')?.value
    const mount = volumeMounts.find(({ name }) => name === 'ca')
    expect(path).toBe(`${mount?.mountPath}/${Object.keys(only(objects, 'ConfigMap').data as object)[0]}`)
  })

  test('have a disruption budget when there is more than one', () => {
    expect(kindsOf(renderChart({ replicas: 1 }))).not.toContain('PodDisruptionBudget')
    expect(kindsOf(renderChart({ replicas: 2 }))).toContain('PodDisruptionBudget')
    expect(kindsOf(renderChart({ podDisruptionBudget: { enabled: false } }))).not.toContain('PodDisruptionBudget')
  })
})

describeWith(['4'], 'what Tenure may do in the cluster', () => {
  const everywhere = ['get', 'list', 'watch'].map(verb => `* ${verb} secrets`)

  test('is to read the three kinds, and to write their status and finalizers: never to make or to delete one', () => {
    for (const [values, places] of [
      [{}, ['*']],
      [{ watchNamespaces: ['people', 'contractors'] }, ['people', 'contractors']],
    ] as const) {
      const rights = rightsOf(renderChart(values))
      for (const kind of ['employees', 'groupmappings', 'identityproviders']) {
        const expected = places.flatMap(place =>
          ['get', 'list', 'patch', 'watch'].map(verb => `${place} ${verb} ${kind}`),
        )
        expect(about(rights, kind)).toEqual(expected.sort())
        expect(about(rights, `${kind}/status`)).toEqual(
          places.flatMap(place => [`${place} get ${kind}/status`, `${place} patch ${kind}/status`]).sort(),
        )
        expect(about(rights, `${kind}/finalizers`)).toEqual(
          places.map(place => `${place} update ${kind}/finalizers`).sort(),
        )
      }
    }
  })

  test('reaches Secrets in the served namespaces alone, read only', () => {
    expect(about(rightsOf(renderChart()), 'secrets')).toEqual(everywhere)
    const people = ['get', 'list', 'watch'].map(verb => `people ${verb} secrets`)
    expect(about(rightsOf(renderChart({ watchNamespaces: ['people'] })), 'secrets')).toEqual(people)
    expect(about(rightsOf(renderChart({ rbac: { secretNamespaces: ['people'] } })), 'secrets')).toEqual(people)
    const both = renderChart({ watchNamespaces: ['people'], rbac: { secretNamespaces: ['others'] } })
    expect(about(rightsOf(both), 'secrets')).toEqual(people)
  })

  test('writes Secrets for first credentials only if that is wanted', () => {
    const rights = about(
      rightsOf(renderChart({ watchNamespaces: ['people'], rbac: { firstCredentials: true } })),
      'secrets',
    )
    const verbs = ['create', 'delete', 'get', 'list', 'update', 'watch']
    expect(rights).toEqual(verbs.map(verb => `people ${verb} secrets`))
  })

  test('holds for Leases in its own namespace, by name where the namespaces are known', () => {
    const named = renderChart({ watchNamespaces: ['people', 'contractors'] })
    expect(about(rightsOf(named), 'leases')).toEqual([
      'tenure-system create leases',
      'tenure-system get leases tenure-contractors',
      'tenure-system get leases tenure-people',
      'tenure-system update leases tenure-contractors',
      'tenure-system update leases tenure-people',
    ])
    const all = ['create', 'get', 'update'].map(verb => `tenure-system ${verb} leases`)
    expect(about(rightsOf(renderChart()), 'leases')).toEqual(all)
  })

  test('makes Events in both groups where it serves, and in its own namespace', () => {
    const objects = renderChart({ watchNamespaces: ['people'] })
    const places = ['people', 'tenure-system'].flatMap(place => [`${place} create events`, `${place} patch events`])
    expect(about(rightsOf(objects), 'events')).toEqual(places)
    const rules = objects.flatMap(({ rules }) => (rules ?? []) as Rule[])
    for (const { apiGroups } of rules.filter(({ resources }) => resources.includes('events')))
      expect(apiGroups).toEqual(['', 'events.k8s.io'])
  })

  test('has nothing in the whole cluster but the name of the cluster, when namespaces are named', () => {
    const rights = rightsOf(renderChart({ watchNamespaces: ['people'] }))
    expect([...rights].filter(right => right.startsWith('*'))).toEqual(['* get namespaces kube-system'])
    expect(about(rights, 'namespaces')).toContain('people get namespaces people')
  })

  test('is bound to its own account, made or named', () => {
    for (const [serviceAccount, name] of [
      [{}, 'tenure'],
      [{ create: false, name: 'runner' }, 'runner'],
    ] as const) {
      const objects = renderChart({ serviceAccount })
      const subjects = objects.flatMap(({ subjects }) => (subjects ?? []) as { name: string; namespace: string }[])
      expect(new Set(subjects.map(one => `${one.namespace}/${one.name}`))).toEqual(new Set([`tenure-system/${name}`]))
      expect(templateOf(objects).spec.serviceAccountName).toBe(name)
    }
    expect(() => renderChart({ serviceAccount: { create: false } })).toThrow('serviceAccount.name is needed')
  })
})

describeWith(['4'], 'the roles for people', () => {
  const aggregated = (values: object, to: string) =>
    renderChart(values)
      .filter(({ metadata }) => metadata.labels?.[`rbac.authorization.k8s.io/aggregate-to-${to}`] === 'true')
      .map(({ metadata }) => metadata.name)

  test('are added to view and edit as wanted', () => {
    const edits = ['tenure-employees-edit', 'tenure-groupmappings-edit', 'tenure-identityproviders-edit']
    expect(aggregated({}, 'edit')).toEqual(edits)
    expect(aggregated({ rbac: { aggregateToEdit: false } }, 'edit')).toEqual([])
    expect(aggregated({}, 'view')).toEqual([])
    expect(aggregated({ rbac: { aggregateToView: true } }, 'view')).toEqual(['tenure-view'])
  })

  test('keep every verb of the policies out of all but the one that is never aggregated', () => {
    const objects = renderChart({ rbac: { aggregateToView: true } }).filter(({ kind }) => kind === 'ClusterRole')
    const known = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete']
    const special = (object: KubeObject) =>
      (object.rules as Rule[]).flatMap(({ verbs }) => verbs).filter(verb => !known.includes(verb))
    expect(objects.filter(object => special(object).length > 0).map(({ metadata }) => metadata.name)).toEqual([
      'tenure-safety',
    ])
    const policies = renderChart().filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')
    const asked = policies
      .filter(({ metadata }) => metadata.name !== 'tenure-cluster-protection')
      .flatMap(policy => [...JSON.stringify(policy).matchAll(/check\('([a-z-]+)'\)/g)].map(([, verb = '']) => verb))
      .filter(verb => !known.includes(verb))
    const given = special(only(objects, 'ClusterRole', 'tenure-safety'))
    expect(new Set([...asked, 'orphan', 'unblock', 'release'])).toEqual(new Set(given))
  })

  test('never give the finalizers subresource, which lets people take a finalizer off', () => {
    const people = renderChart().filter(({ metadata }) => /-(view|edit|safety)$/.test(metadata.name))
    expect(
      people
        .flatMap(({ rules }) => (rules as Rule[]).flatMap(({ resources }) => resources))
        .filter(name => name.includes('/')),
    ).toEqual([])
  })
})

describeWith(['4'], 'definitions and policies', () => {
  const definitions = (values: object) => renderChart(values).filter(({ kind }) => kind === 'CustomResourceDefinition')

  test('are those of crds/ and config/policies, word for word', () => {
    const originals = ['crds', 'config/policies'].flatMap(folder =>
      readdirSync(join(root, folder))
        .filter(name => name.endsWith('.yaml') && name !== 'kustomization.yaml')
        .flatMap(name => objectsIn(readFileSync(join(root, folder, name), 'utf8'))),
    )
    const names = new Set(originals.map(({ kind }) => kind))
    const specs = (objects: readonly KubeObject[]) =>
      new Map(objects.map(({ kind, metadata, spec }) => [`${kind} ${metadata.name}`, spec]))
    expect(specs(renderChart().filter(({ kind }) => names.has(kind)))).toEqual(specs(originals))
  })

  test('stay when the release goes, and may be protected, or left to somebody else', () => {
    const annotations = (values: object) =>
      definitions({ crds: values }).map(({ metadata }) => metadata.annotations ?? {})
    const keep = { 'helm.sh/resource-policy': 'keep' }
    const protect = { 'tenure.dev/deletion-protection': 'true' }
    expect(annotations({})).toEqual([keep, keep, keep])
    for (const one of annotations({ protect: true })) expect(one).toEqual({ ...keep, ...protect })
    expect(annotations({ keep: false })).toEqual([{}, {}, {}])
    expect(definitions({ crds: { install: false } })).toEqual([])
  })

  test('of policies: what becomes of a request is for the values to say', () => {
    const bindings = renderChart({ policies: { actions: ['Warn', 'Audit'] } }).filter(
      ({ kind }) => kind === 'ValidatingAdmissionPolicyBinding',
    )
    expect(bindings.length).toBeGreaterThan(4)
    for (const { spec } of bindings) expect(spec).toMatchObject({ validationActions: ['Warn', 'Audit'] })
    expect(
      kindsOf(renderChart({ policies: { install: false } })).filter(kind => kind.startsWith('Validating')),
    ).toEqual([])
  })

  test('are shown with examples that the definitions accept', () => {
    const { annotations } = parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8')) as KubeObject & {
      annotations: Record<string, string>
    }
    const examples = parse(annotations['artifacthub.io/crdsExamples'] ?? '') as KubeObject[]
    const shown = parse(annotations['artifacthub.io/crds'] ?? '') as { kind: string; name: string; version: string }[]
    expect(examples.map(({ kind }) => kind)).toEqual(crds.map(({ spec }) => spec.names.kind))
    expect(shown.map(({ name, version }) => `${name} ${version}`)).toEqual(
      crds.map(({ spec }) => `${spec.names.plural}.${spec.group} ${spec.versions[0]?.name}`),
    )
    for (const example of examples) {
      const crd = crds.find(({ spec }) => spec.names.kind === example.kind)
      if (!crd) throw new Error(example.kind)
      expect(compileCrd(crd).validate(example, undefined).findings).toEqual([])
    }
  })
})

describeWith(['3', '4'], 'the network of the chart', () => {
  const known = { apiVersions: ['monitoring.coreos.com/v1/ServiceMonitor'] }

  test('lets metrics in, and DNS, the API server and the providers out', () => {
    expect(only(renderChart(), 'NetworkPolicy').spec).toMatchObject({
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: [{ port: 'http', protocol: 'TCP' }] }],
      egress: [
        {
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 53, protocol: 'TCP' },
          ],
        },
        {
          ports: [
            { port: 443, protocol: 'TCP' },
            { port: 6443, protocol: 'TCP' },
          ],
        },
      ],
    })
  })

  test('lets the test pod in, whoever else may read metrics', () => {
    const objects = renderChart({ networkPolicy: { ingressFrom: [{ namespaceSelector: {} }] } })
    const { ingress } = only(objects, 'NetworkPolicy').spec as {
      ingress: { from: { podSelector?: { matchLabels: Record<string, string> } }[] }[]
    }
    const labels = ingress[0]?.from.at(-1)?.podSelector?.matchLabels ?? {}
    expect(Object.keys(labels).length).toBeGreaterThan(0)
    expect(only(objects, 'Pod').metadata.labels).toMatchObject(labels)
  })

  test.each(['3', '4'] as const)('is scraped where the cluster knows how, in Helm %s', helm => {
    const render = (renderMode: string, rendering: object) =>
      kindsOf(renderChart({ serviceMonitor: { enabled: true, renderMode } }, { helm, ...rendering })).includes(
        'ServiceMonitor',
      )
    expect(render('skipIfMissing', {})).toBe(false)
    expect(render('skipIfMissing', known)).toBe(true)
    expect(render('alwaysRender', {})).toBe(true)
    expect(render('failIfMissing', known)).toBe(true)
    expect(() => render('failIfMissing', {})).toThrow('install the Prometheus operator first')
    expect(kindsOf(renderChart({}, { helm, ...known }))).not.toContain('ServiceMonitor')
  })

  test('is scraped as the job tenure, at the port and path that the Service has', () => {
    const objects = renderChart({ serviceMonitor: { enabled: true } }, known)
    const service = only(objects, 'Service')
    const monitor = only(objects, 'ServiceMonitor').spec as {
      jobLabel: string
      endpoints: object[]
      selector: { matchLabels: object }
    }
    expect(service.metadata.labels?.[monitor.jobLabel]).toBe('tenure')
    expect(service.metadata.labels).toMatchObject(monitor.selector.matchLabels)
    expect(service.spec).toMatchObject({ ports: [{ name: 'http', targetPort: 'http' }] })
    expect(monitor.endpoints).toEqual([{ port: 'http', path: '/metrics', interval: '30s', scrapeTimeout: '10s' }])
  })
})

describeWith(['3', '4'], 'more of the chart', () => {
  test('takes more objects as YAML or as text, templates and all', () => {
    const values = {
      extraManifests: [
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: '{{ .Release.Name }}-a', namespace: 'x' } },
        'apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ .Release.Name }}-b\n  namespace: x\n',
      ],
    }
    const names = renderChart(values)
      .filter(({ kind }) => kind === 'Secret')
      .map(({ metadata }) => metadata.name)
    expect(names).toEqual(['tenure-a', 'tenure-b'])
  })

  test('is refused by a cluster that is too old for its policies and definitions', () => {
    for (const helm of ['3', '4'] as const) {
      const template = (version: string) => run(helm, ['template', 'tenure', chart, '--kube-version', version])
      expect(() => template('1.29.9')).toThrow('1.30.0')
      expect(template('1.30.0-eks-1')).toContain('kind: Deployment')
    }
  })

  // Helm 3 asks a cluster even for a dry run.
  test('says the next step after the installation, and what to mind', () => {
    const notes = (...set: string[]) => {
      const install = ['install', 'tenure', chart, '--namespace', 'tenure-system', '--dry-run=client', ...set]
      return run('4', install).split('NOTES:')[1]
    }
    expect(notes()).toContain('helm test tenure --namespace tenure-system')
    expect(notes()).toContain('It may read Secrets in every namespace')
    const narrow = notes('--set', 'watchNamespaces={people}', '--set', 'policies.install=false')
    expect(narrow).toContain('serves people')
    expect(narrow).not.toContain('every namespace')
    expect(narrow).toContain('policies are not installed by this release')
  })
})
