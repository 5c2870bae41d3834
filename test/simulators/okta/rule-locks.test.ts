import { expect } from 'vitest'
import { type Bench, bench } from '../../../src/simulator/okta/testing/ask.ts'
import { rule } from '../rule.ts'
import { profile, refused, silent } from './people.ts'

const path = '/api/v1/groups/rules'

function org(switches: Readonly<Record<string, unknown>>): Bench {
  return bench({
    switches,
    users: [{ id: 'u1', profile }],
    groups: ['g1', 'g2'].map(id => ({ id, name: id })),
    rules: [{ id: 'r1', name: 'R', status: 'INACTIVE', expression: 'user.city=="x"', groups: ['g1'] }],
  })
}

const body = (group: string): unknown => ({
  type: 'group_rule',
  name: 'R2',
  conditions: { expression: { value: 'user.city=="y"', type: 'urn:okta:expression:1.0' } },
  actions: { assignUserToGroups: { groupIds: [group] } },
})

rule(
  {
    area: 'Group rules',
    says: 'a write to a rule soon after another one is 423 E0000239 "Policy priorities are being reconciled. Please try again later."; reads go on',
    source: 'Okta, Error codes',
    unconfirmed: 'ruleLockSeconds',
  },
  async () => {
    const busy = org({ ruleLockSeconds: 5 })
    silent(await busy.ask('POST', `${path}/r1/lifecycle/activate`))
    for (const [method, at] of [
      ['POST', path],
      ['PUT', `${path}/r1`],
      ['DELETE', `${path}/r1`],
      ['POST', `${path}/r1/lifecycle/deactivate`],
    ] as const)
      refused(
        await busy.ask(method, at, { body: body('g1') }),
        423,
        'E0000239',
        'Policy priorities are being reconciled. Please try again later.',
      )
    expect((await busy.ask('GET', path)).body.list).toHaveLength(1)
    busy.clock.advance(5)
    silent(await busy.ask('POST', `${path}/r1/lifecycle/deactivate`))
    expect((await org({}).ask('POST', path, { body: body('g1') })).status).toBe(200)
  },
)

rule(
  {
    area: 'Group rules',
    says: 'the first rules of an org can meet 409 E0000249 "Group rules are still being set up.  Please try again later."',
    source: 'Okta, Error codes',
    unconfirmed: 'ruleSetUpSeconds',
  },
  async () => {
    const young = org({ ruleSetUpSeconds: 10 })
    const make = () => young.ask('POST', path, { body: body('g1') })
    refused(await make(), 409, 'E0000249', 'Group rules are still being set up.  Please try again later.')
    young.clock.advance(10)
    expect((await make()).status).toBe(200)
  },
)

rule(
  {
    area: 'Group rules',
    says: 'PUT cannot give a rule other groups: they stay as they were, or it is 400 E0000001',
    source: 'Okta, Group Rules API',
    unconfirmed: 'ruleGroupsReplaced',
  },
  async () => {
    const reply = await org({}).ask('PUT', `${path}/r1`, { body: body('g2') })
    expect([reply.status, reply.body.at('name'), reply.body.at('actions', 'assignUserToGroups', 'groupIds')]).toEqual([
      200,
      'R2',
      ['g1'],
    ])
    const strict = org({ ruleGroupsReplaced: 'E0000001' })
    refused(await strict.ask('PUT', `${path}/r1`, { body: body('g2') }), 400, 'E0000001')
    expect((await strict.ask('PUT', `${path}/r1`, { body: body('g1') })).status).toBe(200)
  },
)
