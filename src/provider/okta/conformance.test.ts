import { describeConformance } from '../conformance.ts'
import { oktaWorld } from './testing/world.ts'

describeConformance('the Okta provider', oktaWorld)
