import { describeCampaign } from '../harness/short-form.js'
import { failover, recommended } from './failover.js'

const fault = failover({ rounds: 1, kinds: ['STEP_DOWN', 'KILL'], profile: recommended })

describeCampaign('a failover campaign in short: the primary steps down once and is killed once', fault)
