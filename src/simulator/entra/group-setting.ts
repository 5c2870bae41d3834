/** What an organisation set for one group, such as `AllowToAddGuests`. */
export interface GroupSetting {
  readonly id: string
  readonly displayName: string
  readonly templateId: string
  readonly values: readonly { readonly name: string; readonly value: string }[]
}
