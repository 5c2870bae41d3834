// Generated from crds/ by script/gen. Do not edit.

import type { CelSchema } from './cel-schema.ts'

/** The spec of an Employee, as expressions see it. */
export const employeeType: CelSchema = {
  type: 'object',
  properties: {
    employeeNumber: {
      type: 'string',
    },
    previousEmployeeNumbers: {
      type: 'array',
      items: {
        type: 'string',
      },
    },
    givenName: {
      type: 'string',
    },
    familyName: {
      type: 'string',
    },
    displayName: {
      type: 'string',
    },
    workEmail: {
      type: 'string',
    },
    personalEmail: {
      type: 'string',
    },
    phone: {
      type: 'object',
      properties: {
        work: {
          type: 'string',
        },
        mobile: {
          type: 'string',
        },
      },
    },
    title: {
      type: 'string',
    },
    department: {
      type: 'string',
    },
    division: {
      type: 'string',
    },
    organization: {
      type: 'string',
    },
    costCenter: {
      type: 'string',
    },
    employeeType: {
      type: 'string',
    },
    manager: {
      type: 'object',
      properties: {
        name: {
          type: 'string',
        },
      },
    },
    address: {
      type: 'object',
      properties: {
        street: {
          type: 'string',
        },
        locality: {
          type: 'string',
        },
        region: {
          type: 'string',
        },
        postalCode: {
          type: 'string',
        },
        country: {
          type: 'string',
        },
      },
    },
    preferredLanguage: {
      type: 'string',
    },
    groups: {
      type: 'array',
      items: {
        type: 'string',
      },
    },
    attributes: {
      type: 'object',
      additionalProperties: {
        type: 'string',
      },
    },
    employment: {
      type: 'object',
      properties: {
        startDate: {
          type: 'string',
        },
        endDate: {
          type: 'string',
        },
        timeZone: {
          type: 'string',
        },
        leaves: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              from: {
                type: 'string',
              },
              until: {
                type: 'string',
              },
              access: {
                type: 'string',
              },
            },
          },
        },
      },
    },
    suspended: {
      type: 'boolean',
    },
    retain: {
      type: 'boolean',
    },
    providers: {
      type: 'array',
      items: {
        type: 'string',
      },
    },
  },
}
