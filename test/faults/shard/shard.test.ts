import { describeCampaign } from '../harness/short-form.js'
import { shard } from './shard.js'

describeCampaign('a campaign of moved chunks in short: two moves', shard(2))
