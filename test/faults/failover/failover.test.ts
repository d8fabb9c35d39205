import { describeCampaign } from '../harness/short-form.js'
import { failover, standard } from './failover.js'

const fault = failover({ rounds: 1, kinds: ['STEP_DOWN', 'KILL'], profile: standard })

describeCampaign('a failover campaign in short: the primary steps down once and is killed once', fault)
