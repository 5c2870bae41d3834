// Generated from crds/ by script/gen. Do not edit.

/** What the API server and people note about an object, as far as this project reads it. */
export interface ObjectMeta {
  name: string
  namespace?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  uid?: string
  resourceVersion?: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
  finalizers?: string[]
}

/**
 * A label selector; an empty one matches everything.
 */
export interface LabelSelector {
  /**
   * Labels the Employee must have, with these values.
   */
  matchLabels?: Record<string, string>
  /**
   * Requirements the labels of the Employee must meet.
   */
  matchExpressions?: LabelSelectorMatchExpression[]
}
export interface LabelSelectorMatchExpression {
  /**
   * The name of a label.
   */
  key: string
  /**
   * How the label's value relates to values.
   */
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
  /**
   * The values of In and NotIn.
   */
  values?: string[]
}

/**
 * Where a secret is read from; exactly one is given.
 */
export interface SecretValue {
  secretRef?: SecretValueSecretRef
  /**
   * Name of an environment variable. For a directory of manifests; refused in the cluster.
   */
  env?: string
  /**
   * Path of a file. For a directory of manifests; refused in the cluster.
   */
  file?: string
}
/**
 * A key of a Secret of type tenure.dev/credentials in the same namespace.
 */
export interface SecretValueSecretRef {
  /**
   * Name of the Secret.
   */
  name: string
  /**
   * Key within the Secret.
   */
  key: string
}

/**
 * One condition of an object, as Kubernetes tools read it.
 */
export interface Condition {
  /**
   * The name of the condition.
   */
  type: string
  /**
   * True, False or Unknown.
   */
  status: 'True' | 'False' | 'Unknown'
  /**
   * Why, in one CamelCase word.
   */
  reason: string
  /**
   * Why, in a sentence for people.
   */
  message: string
  /**
   * When status last changed.
   */
  lastTransitionTime: string
  /**
   * The metadata.generation this condition is about.
   */
  observedGeneration?: number
}
