import { dirname, join } from 'node:path'
import type { DemoStage } from './demo-stage.ts'

const barbara = `apiVersion: tenure.dev/v1alpha1
kind: Employee
metadata:
  name: barbara-liskov
  labels: { department: engineering, site: london, kind: employee }
spec:
  employeeNumber: "1011"
  givenName: Barbara
  familyName: Liskov
  workEmail: barbara.liskov@acme.example
  title: Head of Languages
  department: Engineering
  manager: { name: grace-hopper }
  groups: [engineering]
  employment:
    startDate: "2026-03-02"
    timeZone: Europe/London
`

/** Exit codes of the command line that the story turns on. */
const done = 0
const changes = 2
const withheld = 3

/** Output short enough to be shown as it is. */
const whole = { head: 80, tail: 40 }

/** Tells the story chapter by chapter. False as soon as a command does not end as the story says. */
export async function tellStory(stage: DemoStage): Promise<boolean> {
  const chapters = [firstApply, peopleMove, handMadeDrift, badCommit]
  stage.say(
    'Tenure keeps Okta and Microsoft Entra ID as a folder of YAML says. Both tenants below are simulated on this machine;\n' +
      'they already hold strangers, groups, an administrative unit and a group filled by a rule. (Flags that point the\n' +
      'commands at simulated tenants are left out of what is shown.)',
  )
  for (const chapter of chapters) if (!(await chapter(stage))) return unexpected(stage)
  stage.say(`
That is the whole story. Try it yourself:
  npm run demo -- --keep                                    tenants and loop stay up: edit the YAML and watch
  npm run --silent tenure -- validate examples/acme         check manifests without a network
  npm run --silent tenure -- simulate                       the two tenants alone, for your own experiments
  npm run --silent tenure -- --help                         everything else
The README has the first ten minutes with a real Okta org and a real Entra tenant.`)
  return true
}

function unexpected(stage: DemoStage): false {
  stage.say(
    '\nThe demo did not go as told: the last command above ended in another way. Please report what it printed.',
  )
  return false
}

async function firstApply(stage: DemoStage): Promise<boolean> {
  stage.chapter(
    'Twelve people, four mappings, two providers',
    'First the marker groups, by which everything Tenure manages is known; then the plan.',
  )
  if ((await stage.tenure(['init', '--create'], whole)) !== done) return false
  const file = join(dirname(stage.dir), 'plan.json')
  if ((await stage.tenure(['plan', '--out', file], { head: 28, tail: 2 })) !== changes) return false
  stage.say(
    '\nThe plan was reviewed; apply carries out exactly that one, and would refuse if the world had changed since:',
  )
  if ((await stage.tenure(['apply', '--plan', file, '--yes'], whole)) !== done) return false
  stage.say('\nA second plan finds nothing to do:')
  return (await stage.tenure(['plan'], whole)) === done
}

async function peopleMove(stage: DemoStage): Promise<boolean> {
  stage.chapter(
    'A joiner, a mover and a leaver',
    'Three commits: somebody starts, somebody changes department, somebody has left.',
  )
  await stage.add('people/barbara-liskov.yaml', barbara)
  await stage.edit('people/john-patterson.yaml', [
    ['title: Account Executive', 'title: Solutions Engineer'],
    ['department: Sales', 'department: Engineering'],
    ['groups: [sales]', 'groups: [engineering]'],
  ])
  await stage.edit('people/peter-drucker.yaml', [
    ['startDate: "2020-03-02"', 'startDate: "2020-03-02"\n    endDate: "2026-03-01"'],
  ])
  if ((await stage.tenure(['apply', '--yes'], whole)) !== done) return false
  return (await stage.tenure(['plan'], whole)) === done
}

interface Named {
  readonly id: string
}

async function handMadeDrift(stage: DemoStage): Promise<boolean> {
  stage.chapter(
    'Drift made by hand',
    'An hour later an administrator takes Alan out of a group in the Okta console, and gives him another title. The next plan\n' +
      'sees both, says what differs and why, and apply puts it right. What nobody declared, such as the Chess Club, is left alone.',
  )
  await stage.advance('1h')
  const alan = (await stage.okta('GET', '/api/v1/users/alan.turing@acme.example')) as Named
  const [group] = (await stage.okta('GET', '/api/v1/groups?q=Engineering-Core')) as readonly Named[]
  await stage.okta('DELETE', `/api/v1/groups/${group?.id}/users/${alan.id}`)
  await stage.okta('POST', `/api/v1/users/${alan.id}`, { profile: { title: 'Grand Vizier' } })
  if ((await stage.tenure(['plan'], whole)) !== changes) return false
  if ((await stage.tenure(['apply', '--yes'], whole)) !== done) return false
  return (await stage.tenure(['plan'], whole)) === done
}

async function badCommit(stage: DemoStage): Promise<boolean> {
  stage.chapter(
    'A bad commit',
    'Somebody deletes a third of the files. Nobody loses anything: what arrives together is judged together, and it is more\n' +
      'than guard.block allows. The set is withheld under its hash, and the exit code is 3.',
  )
  const names = ['ada-lovelace', 'alan-turing', 'katherine-johnson', 'linus-torvalds']
  const revert = await stage.remove(names.map(name => `people/${name}.yaml`))
  if ((await stage.tenure(['apply', '--yes'], whole)) !== withheld) return false
  stage.say(
    '\nIf that was meant, the hash above releases exactly this set and nothing else: tenure apply acme --approve sha256:…\n' +
      'It was not: the commit is reverted, and there is nothing to do.',
  )
  await revert()
  return (await stage.tenure(['plan'], whole)) === done
}
