/** An app role of a resource that a user, group or service principal holds. */
export interface AppRoleAssignment {
  readonly id: string
  readonly appRoleId: string
  readonly principalId: string
  readonly resourceId: string
  /** ISO 8601; null for a permission that was granted before. */
  readonly createdDateTime: string | null
}
