import { annotationCases, decidedCases, deletionCases, finalizerCases, mappingCases, type PolicyCase } from './cases.ts'
import { loosenCases } from './loosen-cases.ts'

/** By what they are about; judged by the API server, and without one. */
export const allCases: Readonly<Record<string, readonly PolicyCase[]>> = {
  deletion: deletionCases,
  'privileged mappings': mappingCases,
  decisions: decidedCases,
  annotations: annotationCases,
  finalizer: finalizerCases,
  loosening: loosenCases,
}
