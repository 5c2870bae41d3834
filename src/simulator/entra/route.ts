import type { SimulatedReply } from '../kernel.ts'
import type { Call } from './call.ts'
import type { Needs } from './permissions.ts'

/** What answers one method of one path. `{}` in the path stands for an id, `{cast}` for `microsoft.graph.…`. */
export interface Route {
  readonly method: string
  readonly path: readonly string[]
  readonly needs: Needs
  readonly answer: (call: Call) => SimulatedReply
  /** Base cost of the read in resource units. */
  readonly cost: number
}

/** Hands out the licences that are due before anything is answered. */
function settled(answer: Route['answer']): Route['answer'] {
  return call => {
    const { clock, directory, licences } = call.world
    licences.settle({ directory: directory.truth, now: clock.now() })
    return answer(call)
  }
}

/** A route of a line such as `GET /users/{}`. */
export function route(line: string, needs: Needs, answer: Route['answer'], cost = 1): Route {
  const [method = '', path = ''] = line.split(' ')
  return {
    method,
    path: path.split('/').filter(segment => segment !== ''),
    needs,
    answer: settled(answer),
    cost,
  }
}
