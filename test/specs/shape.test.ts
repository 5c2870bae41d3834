import { describe, expect, test } from 'vitest'
import { compactOpenApi } from './openapi.ts'
import { ShapeChecker } from './shape.ts'

const description = {
  components: {
    schemas: {
      Status: { type: 'string', enum: ['ACTIVE', 'STAGED'] },
      Thing: {
        type: 'object',
        required: ['id', 'secret'],
        properties: {
          id: { type: 'string' },
          secret: { type: 'string', writeOnly: true },
          count: { type: 'integer', nullable: true },
          status: { allOf: [{ $ref: '#/components/schemas/Status' }, { description: 'of the thing' }] },
          since: { type: 'string', format: 'date-time' },
          free: { type: 'object', additionalProperties: { type: 'boolean' } },
          parts: { type: 'array', items: { $ref: '#/components/schemas/Part' } },
        },
      },
      Embedding: {
        allOf: [{ $ref: '#/components/schemas/Thing' }, { type: 'object', properties: { more: { type: 'number' } } }],
      },
      Part: {
        type: 'object',
        properties: { kind: { type: 'string' } },
        discriminator: {
          propertyName: 'kind',
          mapping: { BIG: '#/components/schemas/Big', SMALL: '#/components/schemas/Small' },
        },
      },
      Big: {
        allOf: [
          { $ref: '#/components/schemas/Part' },
          { type: 'object', required: ['size'], properties: { size: { type: 'number' } } },
        ],
      },
      Small: { allOf: [{ $ref: '#/components/schemas/Part' }] },
      Either: { oneOf: [{ type: 'string' }, { type: 'object', properties: { a: { type: 'string' } } }] },
    },
  },
  paths: {
    '/things/{thingId}': {
      get: {
        responses: {
          200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
          404: { $ref: '#/components/responses/Gone' },
          204: { description: 'nothing' },
        },
      },
    },
  },
}

const { shapes, operations } = compactOpenApi({
  ...description,
  components: {
    ...description.components,
    responses: { Gone: { content: { 'application/json': { schema: { type: 'string' } } } } },
  },
})
const checker = new ShapeChecker(shapes)
const faults = (name: string, value: unknown): readonly string[] =>
  checker.faults({ is: 'named', name }, value).map(({ pointer, says }) => `${pointer} ${says}`)

describe('a value held against an OpenAPI schema', () => {
  test('fits with everything in its place, nulls where they may be and no property that is only written', () => {
    const thing = { id: 'a', count: null, status: 'ACTIVE', since: '2026-03-02T09:00:00.000Z', free: { any: true } }
    expect(faults('Thing', thing)).toEqual([])
    expect(faults('Embedding', { ...thing, more: 1 })).toEqual([])
  })

  test.each([
    ['a wrong type', { id: 1 }, ['/id 1 is no string']],
    ['a null', { id: null }, ['/id null is no string']],
    ['a missing property', {}, [' "id" is missing']],
    ['an unknown property', { id: 'a', shade: 1 }, [' "shade" is unknown']],
    ['a value outside an enumeration', { id: 'a', status: 'GONE' }, ['/status "GONE" is none of ACTIVE, STAGED']],
    ['a time that is none', { id: 'a', since: 'yesterday' }, ['/since "yesterday" is no date-time']],
    ['a fraction for a whole number', { id: 'a', count: 1.5 }, ['/count 1.5 is no integer']],
    ['a wrong value among free names', { id: 'a', free: { x: 1 } }, ['/free/x 1 is no boolean']],
    ['a list that is none', { id: 'a', parts: {} }, ['/parts {} is no list']],
    ['something else than an object', 'text', [' "text" is no object']],
    ['every fault at once', { count: 'x', y: 0 }, [' "id" is missing', '/count "x" is no integer', ' "y" is unknown']],
  ])('shows %s', (_, value, expected) => {
    expect(faults('Thing', value)).toEqual(expected)
  })

  test('is looked at as the subtype that its discriminator names', () => {
    expect(faults('Part', { kind: 'BIG', size: 1 })).toEqual([])
    expect(faults('Part', { kind: 'BIG' })).toEqual([' "size" is missing'])
    expect(faults('Part', { kind: 'SMALL', size: 1 })).toEqual([' "size" is unknown'])
  })

  test('may be any of several alternatives; the nearest one says what is wrong', () => {
    expect(faults('Either', 'x')).toEqual([])
    expect(faults('Either', { a: 'x' })).toEqual([])
    expect(faults('Either', { a: 1 })).toEqual(['/a 1 is no string'])
  })

  test('belongs to an answer by operation and status, referenced ones too', () => {
    expect(operations).toEqual({
      'GET /things/{}': {
        200: { is: 'named', name: 'Thing' },
        204: null,
        404: { is: 'scalar', type: 'string' },
      },
    })
  })
})
