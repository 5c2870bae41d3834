import { describe, expect, it } from 'vitest'
import { withOwner } from './write-owner.ts'

const before = `# our Okta org
apiVersion: tenure.dev/v1alpha1
kind: Employee
metadata: { name: ada }
---
apiVersion: tenure.dev/v1alpha1
kind: IdentityProvider # the only one
metadata: { name: okta }
spec:
  ownership:
    marker: tenure-managed   # do not rename
    adopt: Never
  mode: Enforce
`

describe('writing the owner into a manifest', () => {
  it('adds one line and leaves every other character', () => {
    const after = withOwner(before, 6, 'people-7f3a')
    expect(after).toBe(before.replace('    marker:', '    owner: people-7f3a\n    marker:'))
  })

  it('refuses where an owner stands, where the mapping is written in one line, and in another kind', () => {
    expect(withOwner(before.replace('adopt: Never', 'owner: x'), 6, 'y')).toBeUndefined()
    expect(withOwner('kind: IdentityProvider\nspec: { ownership: { marker: m } }\n', 1, 'y')).toBeUndefined()
    expect(withOwner(before, 2, 'y')).toBeUndefined()
  })
})
