import { describeCampaign } from './campaign-suite.ts'

describeCampaign('entra')
