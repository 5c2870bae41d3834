/** The suite every provider must pass. How to run it stands at the top of `conformance/world.ts`. */
export { describeConformance } from './conformance/suite.ts'
export type {
  OutsideAccount,
  OutsideState,
  OutsideTenant,
  SeedGroup,
  World,
  WorldFault,
} from './conformance/world.ts'
