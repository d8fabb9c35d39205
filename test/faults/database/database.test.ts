import { describeCampaign } from '../harness/short-form.js'
import { database } from './database.js'

describeCampaign('a service that starts before its database', database('LATE'))
describeCampaign('a service whose database loses its primary', database('NO_PRIMARY'))
