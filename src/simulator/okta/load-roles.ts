import type { Field } from './field.ts'
import type { RoleAssignment } from './objects.ts'
import type { Org } from './org.ts'

/** Role assignments; groups are named by id, since a role may be loaded before the groups are. */
export function rolesOf(org: Org, field: Field): RoleAssignment[] {
  return field.list().map(item => {
    if (item.isText) return org.role(item.text())
    const { id, type, permissions, groups, label, created } = item.object(
      'id',
      'type',
      'permissions',
      'groups',
      'label',
      'created',
    )
    const role = org.role(type.text('CUSTOM'), permissions.texts(), groups.absent ? undefined : groups.texts())
    return { ...role, id: id.text(role.id), label: label.text(role.label), created: created.time(role.created) }
  })
}
