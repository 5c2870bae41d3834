/** What CEL needs to know of a node of a structural schema: its type and its parts. */
export interface CelSchema {
  readonly type?: string
  readonly format?: string
  readonly properties?: Readonly<Record<string, CelSchema>>
  readonly items?: CelSchema
  readonly additionalProperties?: CelSchema
}
