import { appRoutes } from './apps.ts'
import type { Route } from './call.ts'
import { groupRoutes } from './groups.ts'
import { lifecycleRoutes } from './lifecycle.ts'
import { linkedRoutes } from './linked.ts'
import { logRoutes } from './logs.ts'
import { memberRoutes } from './members.ts'
import { roleRoutes } from './roles.ts'
import { ruleRoutes } from './rule-routes.ts'
import { schemaRoutes } from './schema-routes.ts'
import { userRoutes } from './users.ts'

/** Every operation the simulated org answers. */
export const routes: readonly Route[] = [
  ...userRoutes,
  ...lifecycleRoutes,
  ...memberRoutes,
  ...groupRoutes,
  ...ruleRoutes,
  ...schemaRoutes,
  ...linkedRoutes,
  ...roleRoutes,
  ...appRoutes,
  ...logRoutes,
]
