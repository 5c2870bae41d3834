import { appGrantRoutes } from './app-grants.ts'
import { appGroupRoutes } from './app-groups.ts'
import { appKeyRoutes } from './app-keys.ts'
import { appSecretRoutes } from './app-secrets.ts'
import { appUserRoutes } from './app-users.ts'
import { appRoutes } from './apps.ts'
import { bindingRoutes } from './bindings.ts'
import type { Route } from './call.ts'
import { credentialRoutes } from './credential-routes.ts'
import { customRoleRoutes } from './custom-roles.ts'
import { eventHookRoutes } from './event-hooks.ts'
import { factorRoutes } from './factors.ts'
import { ownerRoutes } from './group-owners.ts'
import { groupSchemaRoutes } from './group-schema.ts'
import { groupRoutes } from './groups.ts'
import { lifecycleRoutes } from './lifecycle.ts'
import { linkedRoutes } from './linked.ts'
import { logRoutes } from './logs.ts'
import { memberRoutes } from './members.ts'
import { principalLimitRoutes } from './principal-limits.ts'
import { resourceSetRoutes } from './resource-sets.ts'
import { roleTargetRoutes } from './role-targets.ts'
import { roleRoutes } from './roles.ts'
import { ruleRoutes } from './rule-routes.ts'
import { appSchemaRoutes } from './schema-apps.ts'
import { schemaRoutes } from './schema-routes.ts'
import { sessionRoutes } from './sessions.ts'
import { extraRoutes } from './user-extras.ts'
import { userRoutes } from './users.ts'

/** Every operation the simulated org answers. */
export const routes: readonly Route[] = [
  ...userRoutes,
  ...lifecycleRoutes,
  ...credentialRoutes,
  ...factorRoutes,
  ...sessionRoutes,
  ...extraRoutes,
  ...memberRoutes,
  ...groupRoutes,
  ...ownerRoutes,
  ...ruleRoutes,
  ...schemaRoutes,
  ...groupSchemaRoutes,
  ...appSchemaRoutes,
  ...linkedRoutes,
  ...roleRoutes,
  ...roleTargetRoutes,
  ...customRoleRoutes,
  ...resourceSetRoutes,
  ...bindingRoutes,
  ...appRoutes,
  ...appUserRoutes,
  ...appGroupRoutes,
  ...appGrantRoutes,
  ...appKeyRoutes,
  ...appSecretRoutes,
  ...logRoutes,
  ...eventHookRoutes,
  ...principalLimitRoutes,
]
