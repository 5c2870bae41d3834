/** The suite every provider must pass. How to run it stands at the top of `conformance/world.ts`. */
export { describeConformance } from './conformance/suite.ts'
export type {
  Feature,
  OutsideAccount,
  OutsideGroup,
  OutsideState,
  OutsideTenant,
  SeedAccount,
  SeedGroup,
  World,
  WorldFault,
} from './conformance/world.ts'
