/**
 * The lines of a stream of bytes, without their ends and without empty ones. A line, or a character, may go on in the next
 * piece. What follows the last line end is dropped: the stream was cut inside a line.
 */
export async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let open: string[] = []
  for await (const chunk of body) {
    const pieces = decoder.decode(chunk, { stream: true }).split('\n')
    const last = pieces.pop() ?? ''
    for (const piece of pieces) {
      const line = open.length === 0 ? piece : `${open.join('')}${piece}`
      open = []
      if (line.trim() !== '') yield line
    }
    if (last !== '') open.push(last)
  }
}
