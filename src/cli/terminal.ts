import { createInterface } from 'node:readline/promises'

/** Where a command reads from and writes to. */
export interface Terminal {
  /** Results. */
  out(text: string): void
  /** Errors, warnings and progress. */
  err(text: string): void
  readonly color: boolean
  /** Somebody sits in front of it. */
  readonly interactive: boolean
  /** Asks a question that only `yes` answers in the affirmative. */
  confirm(question: string): Promise<boolean>
  /** Shows how far long work is, on one line that is overwritten; nothing unless somebody looks. */
  progress(text: string): void
}

/** The terminal of this process. */
export function processTerminal(env: Readonly<Record<string, string | undefined>>): Terminal {
  const { stdin, stdout, stderr } = process
  const color = Boolean(stdout.isTTY) && (env.NO_COLOR ?? '') === ''
  const live = Boolean(stderr.isTTY)
  let shown = false
  const wipe = (): void => {
    if (shown) stderr.write('\r\u001b[2K')
    shown = false
  }
  return {
    out(text) {
      wipe()
      stdout.write(ended(text))
    },
    err(text) {
      wipe()
      stderr.write(ended(text))
    },
    color,
    interactive: Boolean(stdin.isTTY) && Boolean(stdout.isTTY),
    async confirm(question) {
      wipe()
      const prompt = createInterface({ input: stdin, output: stdout })
      try {
        return (await prompt.question(`${question} `)).trim().toLowerCase() === 'yes'
      } finally {
        prompt.close()
      }
    },
    progress(text) {
      if (!live) return
      wipe()
      stderr.write(text)
      shown = text !== ''
    },
  }
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}
