export type { OktaState } from './state.ts'
export { type OktaTenant, oktaTenant } from './tenant.ts'
