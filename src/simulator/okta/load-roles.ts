import type { Field } from './field.ts'
import type { CustomRole } from './iam.ts'
import type { RoleAssignment } from './objects.ts'
import type { Org } from './org.ts'

/** Role assignments; groups are named by id, since a role may be loaded before the groups are. */
export function rolesOf(org: Org, field: Field): RoleAssignment[] {
  return field.list().map(item => {
    if (item.isText) return org.role(item.text())
    const fields = item.object(
      'id',
      'type',
      'permissions',
      'customRole',
      'resourceSet',
      'groups',
      'apps',
      'label',
      'created',
    )
    const groups = fields.groups.absent ? undefined : fields.groups.texts()
    const role = org.role(fields.type.text('CUSTOM'), fields.permissions.texts(), groups)
    const custom = fields.customRole.absent ? undefined : customRoleNamed(org, fields.customRole)
    return {
      ...role,
      id: fields.id.text(role.id),
      label: fields.label.text(custom?.label ?? role.label),
      created: fields.created.time(role.created),
      ...(custom === undefined ? {} : { customRole: custom.id }),
      ...(fields.resourceSet.absent ? {} : { resourceSet: resourceSetNamed(org, fields.resourceSet) }),
      ...(fields.apps.absent ? {} : { apps: fields.apps.texts() }),
    }
  })
}

function customRoleNamed(org: Org, field: Field): CustomRole {
  const given = field.text()
  for (const role of org.customRoles.values()) if (role.id === given || role.label === given) return role
  throw field.wrong(`there is no custom role ${given}`)
}

function resourceSetNamed(org: Org, field: Field): string {
  const given = field.text()
  for (const set of org.resourceSets.values()) if (set.id === given || set.label === given) return set.id
  throw field.wrong(`there is no resource set ${given}`)
}
