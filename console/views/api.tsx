import { Command, Head } from '../parts/basics.js'
import { text } from '../text/text.js'

/** Links from the console to the API: its reference, and a call to copy. */
export function Api() {
  const { api } = text()
  const purchase = JSON.stringify({
    transactionId: 'purchase-1',
    accountId: '6712b3eb3ec7354864d4274f',
    amount: '1000',
    mcc: '5411',
    merchant: 'UBER EATS                   SAO PAULO BR',
  })
  return (
    <>
      <Head title={api.title} why={api.why} />
      <div class="api-links">
        <a class="card link-card" href="/docs">
          <h2>{api.docs}</h2>
          <p class="quiet">{api.docsWhy}</p>
        </a>
        <a class="card link-card" href="/openapi.json">
          <h2>{api.openapi}</h2>
          <p class="quiet">{api.openapiWhy}</p>
        </a>
      </div>
      <section>
        <h2>{api.curl}</h2>
        <p class="quiet">{api.curlWhy}</p>
        <Command>
          {`curl ${location.origin}/benefits.v1.AuthorizationService/Authorize \\
  -H "authorization: Bearer $(./benefits token)" \\
  -H 'content-type: application/json' \\
  -d '${purchase}'`}
        </Command>
      </section>
      <section>
        <h2>{api.grpc}</h2>
        <p class="quiet">{api.grpcWhy}</p>
        <Command>{`./benefits authorize --amount 10.00 --mcc 5411 --merchant "UBER EATS" --output json`}</Command>
      </section>
      <section>
        <h2>{api.token}</h2>
        <p class="quiet">{api.tokenWhy}</p>
        <Command>
          {'./benefits token --scope "transactions:authorize transactions:simulate accounts:read"'}
        </Command>
      </section>
    </>
  )
}
