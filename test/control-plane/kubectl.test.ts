import { beforeAll, expect, test } from 'vitest'
import { readCases } from './cases.ts'
import { readCrds } from './cluster.ts'
import { describeWithControlPlane } from './shared.ts'

const example = (name: string) => readCases('valid').find(one => one.name === name)?.objects[0] ?? {}
const columns = (table: string, row = 0) => (table.split('\n')[row] ?? '').trim().split(/\s{2,}/)

describeWithControlPlane('kubectl', cluster => {
  let namespace = ''
  const kubectl = (args: readonly string[], input?: object) =>
    cluster().kubectl([...args, `--namespace=${namespace}`], input ? { input: JSON.stringify(input) } : {})
  const setStatus = (conditions: readonly object[], observedGeneration: number) => {
    const status = { observedGeneration, phase: 'Active', conditions }
    return kubectl([
      'patch',
      'employee/ada-lovelace',
      '--subresource=status',
      '--type=merge',
      `--patch=${JSON.stringify({ status })}`,
    ])
  }
  const ready = (status: string, observedGeneration: number) => ({
    type: 'Ready',
    status,
    reason: status === 'True' ? 'InSync' : 'Pending',
    message: 'as declared',
    observedGeneration,
    lastTransitionTime: '2026-01-05T00:00:00Z',
  })
  const isReady = (timeout: string) => kubectl(['wait', '--for=condition=Ready', 'emp/ada-lovelace', timeout])

  beforeAll(async () => {
    namespace = await cluster().createNamespace('kubectl')
    for (const name of ['employee-minimal', 'mapping-by-groups', 'provider-okta-minimal']) {
      const object = example(name)
      const metadata = { ...(object.metadata as object), namespace }
      await kubectl(['apply', '--filename=-'], { ...object, metadata })
    }
  })

  test.each(readCrds().map(crd => [crd.spec.names.kind, crd] as const))(
    'shows the columns of an %s in the order of the CRD, the wide ones only when asked',
    async (_, { spec }) => {
      const [version] = spec.versions as unknown as [
        { additionalPrinterColumns: { name: string; priority?: number }[] },
      ]
      const title = ({ name }: { name: string }) => name.toUpperCase()
      const all = version.additionalPrinterColumns
      const narrow = await kubectl(['get', spec.names.plural])
      expect(columns(narrow)).toEqual(['NAME', ...all.filter(column => !column.priority).map(title)])
      expect(columns(await kubectl(['get', spec.names.plural, '--output=wide']))).toEqual(['NAME', ...all.map(title)])
    },
  )

  test('knows the kinds by their short names and all of them as tenure', async () => {
    const names = await kubectl(['get', 'emp,gmap,idp', '--output=name'])
    expect(
      names
        .trim()
        .split('\n')
        .map(name => name.split('/')[0]),
    ).toEqual(['employee.tenure.dev', 'groupmapping.tenure.dev', 'identityprovider.tenure.dev'])
    expect(await kubectl(['get', 'tenure', '--output=name'])).toBe(names)
  })

  test('waits for Ready of the generation that is there, not of an older one', async () => {
    await expect(isReady('--timeout=1s')).rejects.toThrow('timed out')
    await setStatus([ready('False', 1)], 1)
    await expect(isReady('--timeout=1s')).rejects.toThrow('timed out')
    await kubectl(['patch', 'emp/ada-lovelace', '--type=merge', '--patch={"spec":{"title":"Countess"}}'])
    await setStatus([ready('True', 1)], 1)
    await expect(isReady('--timeout=1s')).rejects.toThrow('timed out')
    await setStatus([ready('True', 2)], 2)
    expect(await isReady('--timeout=10s')).toContain('condition met')
    expect(columns(await kubectl(['get', 'emp']), 1).slice(0, -1)).toEqual([
      'ada-lovelace',
      '1001',
      'Active',
      'True',
      'InSync',
    ])
  })

  test('selects by the fields that the CRD makes selectable', async () => {
    const found = (selector: string) => kubectl(['get', 'emp', `--field-selector=${selector}`, '--output=name'])
    expect(await found('spec.employeeNumber=1001')).toBe('employee.tenure.dev/ada-lovelace\n')
    expect(await found('spec.employeeNumber=1002')).toBe('')
    await expect(found('spec.givenName=Ada')).rejects.toThrow('field label not supported')
  })

  test('explains every field of the spec in words', async () => {
    expect(await kubectl(['explain', 'employee.spec.employeeNumber'])).toContain('The number that joins this person')
  })
})
