/** A node of a structural schema, as far as the CRDs of this project go. Everything else is refused by the linter. */
export interface StructuralSchema {
  readonly type?: string
  readonly description?: string
  readonly format?: string
  readonly enum?: readonly string[]
  readonly default?: unknown
  readonly nullable?: boolean
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, StructuralSchema>>
  readonly additionalProperties?: StructuralSchema
  readonly items?: StructuralSchema
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map'
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[]
}

/** A CEL rule on a node: `self` is the value there, `oldSelf` what it was before an update. */
export interface ValidationRule {
  readonly rule: string
  readonly message?: string
  readonly messageExpression?: string
  readonly reason?: string
  /** Where below the node the fault is shown, as `.a.b`. */
  readonly fieldPath?: string
}

/** A CustomResourceDefinition with the parts that decide what is valid. */
export interface CustomResourceDefinition {
  readonly spec: {
    readonly group: string
    readonly names: { readonly kind: string; readonly plural: string }
    readonly versions: readonly CrdVersion[]
  }
}

/** One version of a kind. There is one only so far. */
export interface CrdVersion {
  readonly name: string
  readonly schema: { readonly openAPIV3Schema: StructuralSchema }
}
