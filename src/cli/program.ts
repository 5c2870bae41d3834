import { Argument, Command, CommanderError, Option } from 'commander'
import { type CommonFlags, configOf, instantOf } from '../config.ts'
import { TenureError } from '../model/errors.ts'
import { version } from '../version.ts'
import type { OperatorFlags } from './operator.ts'
import { clockSpeed, collected, lineNumber, names, portNumber, seconds } from './option-values.ts'
import type { Surroundings } from './surroundings.ts'

/**
 * Runs one command line (without the program's own name) and gives its exit code. Errors that a person can mend are one sentence on
 * standard error; a stack is shown only with --verbose.
 */
export async function runProgram(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { terminal } = surroundings
  const state = { code: 0 }
  const program = programFor(surroundings, state)
  try {
    await program.parseAsync([...args], { from: 'user' })
    return state.code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1
    if (surroundings.signal.aborted && !(error instanceof TenureError)) {
      terminal.err('stopped: the command was interrupted before it was done; run it again')
      return 1
    }
    terminal.err(`error: ${error instanceof Error ? error.message : String(error)}`)
    if (args.includes('--verbose') && error instanceof Error && error.stack) terminal.err(error.stack)
    else if (!(error instanceof TenureError))
      terminal.err('This is a fault of Tenure itself; run it again with --verbose and report what it says.')
    return 1
  }
}

interface State {
  code: number
}

function programFor(surroundings: Surroundings, state: State): Command {
  const { terminal } = surroundings
  const program = new Command('tenure')
    .description(
      'Keeps Okta and Microsoft Entra ID exactly as your git repository says, for as long as each person works for you.',
    )
    .version(version)
    .exitOverride()
    .showHelpAfterError('(--help tells what there is)')
    .configureOutput({
      writeOut: text => terminal.out(text),
      writeErr: text => terminal.err(text),
    })
  addValidate(program, surroundings, state)
  addPlan(program, surroundings, state)
  addApply(program, surroundings, state)
  addRun(program, surroundings, state)
  addInit(program, surroundings, state)
  addOperator(program, surroundings, state)
  addAudit(program, surroundings, state)
  addSimulate(program, surroundings, state)
  addDemo(program, surroundings, state)
  for (const command of program.commands) inherit(command, program)
  return program
}

/** Sub-commands report and end the way the program does. */
function inherit(command: Command, program: Command): void {
  command.copyInheritedSettings(program)
  for (const sub of command.commands) inherit(sub, program)
}

const directory = (): Argument => new Argument('<dir>', 'folder of YAML manifests')

const output = (...choices: string[]): Option =>
  new Option('-o, --output <format>', 'how to print').choices(choices).default('text')

const verbose = (): Option => new Option('--verbose', 'everything in full, and a stack for every error')

function withProviders(command: Command): Command {
  return command
    .option('--audit <file>', 'the audit log, which is the durable record (default: <dir>/.tenure/audit.jsonl)')
    .option('--now <time>', 'work as if it were this time, such as 2026-03-02T09:00:00Z (simulated tenants only)')
    .option('--clock-url <url>', 'follow the clock of simulated tenants at this control address')
    .option('--allow-insecure-providers', 'allow plain http to a provider on this machine')
    .addOption(verbose())
}

const approve = (): Option =>
  new Option('--approve <hash>', 'release the withheld set with this hash; may be given again').argParser(
    (hash: string, before: readonly string[] | undefined) => [...(before ?? []), hash],
  )

function addValidate(program: Command, { terminal, signal }: Surroundings, state: State): void {
  program
    .command('validate')
    .summary('check manifests without a network')
    .description(
      'Checks schema, expressions and everything between manifests, without a network.\nExit: 0 valid, 1 findings.',
    )
    .argument('<dir...>', 'folders or files of YAML manifests')
    .addOption(output('text', 'json'))
    .addOption(verbose())
    .action(async (dirs: string[], flags: { output: 'text' | 'json' }) => {
      const { validate } = await import('./validate.ts')
      state.code = await validate(dirs, flags, terminal, signal)
    })
}

function addPlan(program: Command, { terminal, env, signal }: Surroundings, state: State): void {
  const command = program
    .command('plan')
    .summary('show what apply would do')
    .description(
      'Reads manifests and providers and prints what would be done; writes to no provider.\n' +
        'Exit: 0 nothing to do, 2 changes, 3 some withheld by the guard, 1 error.',
    )
    .addArgument(directory())
    .addOption(output('text', 'json', 'markdown'))
    .option('--out <file>', 'also write the plan as JSON, for apply --plan')
    .addOption(approve())
  withProviders(command).action(
    async (dir: string, flags: CommonFlags & { output: 'text' | 'json' | 'markdown'; out?: string }) => {
      const { plan } = await import('./plan.ts')
      state.code = await plan(configOf(dir, flags, env), flags, terminal, signal)
    },
  )
}

function addApply(program: Command, { terminal, env, signal }: Surroundings, state: State): void {
  const command = program
    .command('apply')
    .summary('make the providers match')
    .description(
      'Plans as "plan" does, asks, and carries the plan out.\n' +
        'Exit: 0 done, 3 some withheld by the guard, 4 some operations failed, 1 error.',
    )
    .addArgument(directory())
    .addOption(output('text', 'json'))
    .option('-y, --yes', 'do not ask', false)
    .option('--plan <file>', 'carry out only this plan, made by plan --out; refuse when the world has changed')
    .addOption(approve())
  withProviders(command).action(
    async (dir: string, flags: CommonFlags & { output: 'text' | 'json'; yes: boolean; plan?: string }) => {
      const { apply } = await import('./apply.ts')
      state.code = await apply(configOf(dir, flags, env), flags, terminal, signal)
    },
  )
}

interface RunFlags extends CommonFlags {
  readonly http: string
  readonly logLevel: string
  readonly logFormat: 'json' | 'pretty'
  readonly settle: number
}

function addRun(program: Command, { terminal, env, signal }: Surroundings, state: State): void {
  const command = program
    .command('run')
    .summary('apply continuously')
    .description('Applies on every change of a file or at a provider, until it is stopped (SIGTERM or SIGINT).')
    .addArgument(directory())
    .option('--http <host:port>', 'metrics, health and status', '127.0.0.1:8080')
    .addOption(logLevel())
    .addOption(logFormat())
    .option('--settle <seconds>', 'how long a deletion must last before it counts', seconds, 30)
    .addOption(approve())
  withProviders(command).action(async (dir: string, flags: RunFlags) => {
    const { run } = await import('./run.ts')
    const { http, logLevel, logFormat, settle } = flags
    state.code = await run(
      configOf(dir, flags, env),
      { http, logLevel, logFormat, settleMs: settle * 1000 },
      terminal,
      signal,
    )
  })
}

function addOperator(program: Command, surroundings: Surroundings, state: State): void {
  program
    .command('operator')
    .summary('apply the custom resources of a cluster continuously')
    .description(
      'Keeps the providers as Employees, GroupMappings and IdentityProviders in a cluster say, until it is stopped.',
    )
    .option('--namespaces <names>', 'namespaces to serve, with commas between; all by default', names, [])
    .option('--operator-namespace <name>', "where the Leases are (default: the pod's own)")
    .option('--identity <name>', 'name of this replica (default: POD_NAME, else the host name)')
    .option('--kubeconfig <file>', "a kubeconfig (default: the pod's account, else KUBECONFIG)")
    .option('--http <host:port>', 'metrics and health', '0.0.0.0:8080')
    .addOption(logLevel())
    .addOption(logFormat())
    .option('--settle <seconds>', 'how long a deletion must last before it counts', seconds, 30)
    .option('--allow-insecure-providers', 'allow plain http to tenants on this machine', false)
    .option('--allow-provider-host <host>', "a host beside the vendors' own (repeatable)", collected, [])
    .addOption(verbose())
    .action(async (flags: OperatorFlags) => {
      const { operator } = await import('./operator.ts')
      state.code = await operator(flags, surroundings)
    })
}

function logLevel(): Option {
  return new Option('--log-level <level>', 'what to log')
    .choices(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
}

function logFormat(): Option {
  return new Option('--log-format <format>', 'how to log').choices(['json', 'pretty']).default('json')
}

function addInit(program: Command, { terminal, env, signal }: Surroundings, state: State): void {
  const command = program
    .command('init')
    .summary('check credentials, permissions and marker groups')
    .description(
      'Checks at each provider what Tenure needs there and says what is missing for which feature.\n' +
        'Exit: 0 everything needed is there, 1 something is missing.',
    )
    .addArgument(directory())
    .option('--create', 'make the owner id and the marker groups where the credential may', false)
    .option('--take-over', 'move ownership to this directory', false)
  withProviders(command).action(async (dir: string, flags: CommonFlags & { create: boolean; takeOver: boolean }) => {
    const { init } = await import('./init.ts')
    state.code = await init(configOf(dir, flags, env), flags, terminal, signal)
  })
}

function addAudit(program: Command, { terminal }: Surroundings, state: State): void {
  const audit = program
    .command('audit')
    .summary('check the audit log')
    .description('Works on the hash-chained audit log.')
  audit
    .command('verify')
    .summary('find any line that was changed, removed or moved')
    .description('Checks the hash chain of an audit log.\nExit: 0 the chain is whole, 1 it is broken.')
    .argument('<file>', 'audit log, such as people/.tenure/audit.jsonl')
    .option('--accept <line>', 'go on writing after the break at this line, which stays on record', lineNumber)
    .addOption(output('text', 'json'))
    .addOption(verbose())
    .action(async (file: string, flags: { accept?: number; output: 'text' | 'json' }) => {
      const { auditVerify } = await import('./audit.ts')
      state.code = await auditVerify(file, flags, terminal)
    })
}

interface SimulateFlags {
  readonly seed?: string
  readonly oktaPort: number
  readonly entraPort: number
  readonly controlPort: number
  readonly quota: 'on' | 'off'
  readonly lag: 'on' | 'off'
  readonly speed: number
  readonly now?: string
  readonly readyFile?: string
}

function addSimulate(program: Command, { terminal, signal }: Surroundings, state: State): void {
  const onOff = (flag: string, text: string): Option => new Option(flag, text).choices(['on', 'off']).default('off')
  program
    .command('simulate')
    .summary('run an Okta org and an Entra tenant on this machine')
    .description(
      'Prints one line of JSON when ready: where the tenants are and how to sign in. Runs until it is stopped.',
    )
    .option('--seed <file>', 'what the tenants hold, as GET /state of the control port gives it')
    .option('--okta-port <n>', 'port of the Okta org (0: any)', portNumber, 0)
    .option('--entra-port <n>', 'port of the Entra tenant (0: any)', portNumber, 0)
    .option('--control-port <n>', 'port of the control API (0: any)', portNumber, 0)
    .addOption(onOff('--quota <on|off>', "the vendors' rate limits"))
    .addOption(onOff('--lag <on|off>', "the vendors' read-after-write delays"))
    .option('--speed <n>', "how many seconds pass on the tenants' clock in one second", clockSpeed, 1)
    .option('--now <time>', "where the tenants' clock starts", (text: string) => {
      instantOf(text)
      return text
    })
    .option('--ready-file <file>', 'also write the line of JSON here')
    .addOption(verbose())
    .action(async (flags: SimulateFlags) => {
      const { simulate } = await import('./simulate.ts')
      state.code = await simulate(flags, terminal, signal)
    })
}

function addDemo(program: Command, { terminal, env, signal }: Surroundings, state: State): void {
  program
    .command('demo')
    .summary('the whole story in under a minute, on simulated tenants')
    .description('Starts both simulated tenants, applies an example company to them and shows what happens to it.')
    .option('--keep', 'leave tenants and loop running, so that edits of the YAML can be watched', false)
    .addOption(verbose())
    .action(async (flags: { keep: boolean }) => {
      const { demo } = await import('./demo.ts')
      state.code = await demo({ ...flags, command: runProgram }, { terminal, env, signal })
    })
}
