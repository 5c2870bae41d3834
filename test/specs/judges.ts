import type { Exchange } from '../../src/simulator/exchange.ts'
import { readGraphDescription, readOktaDescription } from './descriptions.ts'
import { explained } from './deviations.ts'
import { graphJudge } from './graph.ts'
import { oktaJudge } from './okta.ts'
import { type Judge, line } from './verdict.ts'

const judges = new Map<Exchange['tenant'], Judge>()

function judgeOf(tenant: Exchange['tenant']): Judge {
  const known = judges.get(tenant)
  if (known !== undefined) return known
  const judge = tenant === 'okta' ? oktaJudge(readOktaDescription()) : graphJudge(readGraphDescription())
  judges.set(tenant, judge)
  return judge
}

/** A line for each thing in which an answer differs from its vendor's description, but for what is known and explained. */
export function departuresOf(exchange: Exchange): readonly string[] {
  const departures = judgeOf(exchange.tenant)(exchange)
  return departures.map(line).filter(departure => explained(departure) === undefined)
}
