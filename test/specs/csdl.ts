/** A property of a type in Microsoft's metadata. */
export interface CsdlProperty {
  /** `Edm.String`, `graph.user`, `Collection(graph.group)`. */
  readonly type: string
  readonly required?: true
  /** A relationship, which answers only where it is expanded. */
  readonly link?: true
}

/** An entity, complex or enumeration type. */
export interface CsdlType {
  readonly entity?: true
  readonly open?: true
  readonly base?: string
  readonly properties: Readonly<Record<string, CsdlProperty>>
  /** Members of an enumeration. */
  readonly members?: readonly string[]
}

/** An action or function with the type it is called on. */
export interface CsdlOperation {
  readonly on?: string
  readonly function?: true
  readonly returns?: string
}

/** OData metadata brought down to what is needed to judge an answer. Names have the form `graph.user`. */
export interface CompactCsdl {
  readonly types: Readonly<Record<string, CsdlType>>
  readonly operations: Readonly<Record<string, readonly CsdlOperation[]>>
  /** Entity sets (`Collection(graph.user)`) and singletons (`graph.user`) by their segment. */
  readonly roots: Readonly<Record<string, string>>
}

const attribute = (tag: string, name: string): string | undefined => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]

/** Names as the metadata writes them, with the namespace's alias spelled out: `self.x` is of the schema it stands in. */
function qualified(type: string, namespace: string): string {
  const plain = (name: string): string => {
    if (name.startsWith('microsoft.graph.')) return name.replace('microsoft.graph.', 'graph.')
    return /^(graph|Edm)\./.test(name) ? name : `${namespace}.${name.split('.').at(-1)}`
  }
  const inner = /^Collection\((.*)\)$/.exec(type)?.[1]
  return inner === undefined ? plain(type) : `Collection(${plain(inner)})`
}

function propertiesOf(content: string, namespace: string): Record<string, CsdlProperty> {
  const properties: Record<string, CsdlProperty> = {}
  for (const [tag, kind] of content.matchAll(/<(Property|NavigationProperty)\s[^>]*>/g)) {
    const name = attribute(tag, 'Name')
    if (name === undefined) continue
    properties[name] = {
      type: qualified(attribute(tag, 'Type') ?? 'Edm.String', namespace),
      ...(attribute(tag, 'Nullable') === 'false' ? { required: true } : {}),
      ...(kind === 'NavigationProperty' ? { link: true } : {}),
    }
  }
  return properties
}

function typeOf(element: string, tag: string, namespace: string): CsdlType {
  const content = element.slice(tag.length)
  if (tag.startsWith('<EnumType')) {
    return { properties: {}, members: [...content.matchAll(/<Member Name="([^"]*)"/g)].map(([, name = '']) => name) }
  }
  const base = attribute(tag, 'BaseType')
  return {
    ...(tag.startsWith('<EntityType') ? { entity: true } : {}),
    ...(attribute(tag, 'OpenType') === 'true' ? { open: true } : {}),
    ...(base === undefined ? {} : { base: qualified(base, namespace) }),
    properties: propertiesOf(content, namespace),
  }
}

function operationOf(element: string, tag: string, namespace: string): CsdlOperation {
  const on = /<Parameter\s[^>]*>/.exec(element)?.[0]
  const returns = /<ReturnType\s[^>]*>/.exec(element)?.[0]
  const type = (given: string | undefined): string | undefined => given && attribute(given, 'Type')
  const [onType, returnType] = [attribute(tag, 'IsBound') === 'true' ? type(on) : undefined, type(returns)]
  return {
    ...(onType === undefined ? {} : { on: qualified(onType, namespace) }),
    ...(tag.startsWith('<Function') ? { function: true } : {}),
    ...(returnType === undefined ? {} : { returns: qualified(returnType, namespace) }),
  }
}

const ELEMENTS = /(<(EntityType|ComplexType|EnumType|Action|Function)\s[^>]*?>)(?:(?<=\/>)|[\s\S]*?<\/\2>)/g

/** Brings OData 4.0 metadata (CSDL in XML) into its compact form. */
export function compactCsdl(xml: string): CompactCsdl {
  const types: Record<string, CsdlType> = {}
  const operations: Record<string, CsdlOperation[]> = {}
  const roots: Record<string, string> = {}
  for (const schema of xml.split(/(?=<Schema )/).slice(1)) {
    const namespace = qualified(attribute(schema.slice(0, 300), 'Namespace') ?? '', '').replace(/^\./, '')
    const space = namespace === 'graph' || namespace === 'microsoft.graph' ? 'graph' : namespace
    for (const [element, tag = '', kind] of schema.matchAll(ELEMENTS)) {
      const name = attribute(tag, 'Name') ?? ''
      if (kind === 'Action' || kind === 'Function') {
        operations[name] = [...(operations[name] ?? []), operationOf(element, tag, space)]
      } else types[`${space}.${name}`] = typeOf(element, tag, space)
    }
    for (const [tag, kind] of schema.matchAll(/<(EntitySet|Singleton)\s[^>]*>/g)) {
      const type = qualified(attribute(tag, kind === 'EntitySet' ? 'EntityType' : 'Type') ?? '', space)
      roots[attribute(tag, 'Name') ?? ''] = kind === 'EntitySet' ? `Collection(${type})` : type
    }
  }
  return { types, operations, roots }
}
