const encoder = new TextEncoder()

/** A body that is written while it is read. */
export class Stream implements AsyncIterable<Uint8Array> {
  readonly #chunks: Uint8Array[] = []
  #wake: () => void = () => {}
  #end: { readonly error?: unknown } | undefined
  readonly #onEnd: (() => void)[] = []

  /** Runs once the stream is over, for whatever reason. */
  onEnd(effect: () => void): void {
    if (this.#end === undefined) this.#onEnd.push(effect)
    else effect()
  }

  get isOver(): boolean {
    return this.#end !== undefined
  }

  write(text: string): void {
    if (this.#end !== undefined) return
    this.#chunks.push(encoder.encode(text))
    this.#wake()
  }

  /** Ends it in good order. */
  end(): void {
    this.#finish({})
  }

  /** Breaks it, as a connection that is reset; what was not read yet is lost. */
  cut(error: unknown): void {
    this.#chunks.length = 0
    this.#finish({ error })
  }

  #finish(end: { readonly error?: unknown }): void {
    if (this.#end !== undefined) return
    this.#end = end
    for (const effect of this.#onEnd.splice(0)) effect()
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const chunk = this.#chunks.shift()
        if (chunk !== undefined) {
          yield chunk
          continue
        }
        if (this.#end !== undefined) {
          if ('error' in this.#end) throw this.#end.error
          return
        }
        await new Promise<void>(resolve => {
          this.#wake = resolve
        })
      }
    } finally {
      this.end()
    }
  }
}
