// Shows the OpenAPI document, and fills in the token that a service in development gives.

/** A development token is valid for an hour. */
const TOKEN_REFRESH_MS = 30 * 60 * 1_000

const ui = globalThis.SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
  // The default asks another host.
  validatorUrl: null,
  onComplete: async () => {
    await authorize()
    setInterval(authorize, TOKEN_REFRESH_MS)
  },
})

async function authorize() {
  const response = await fetch('/dev/token')
  if (!response.ok) return
  const { token } = await response.json()
  ui.preauthorizeApiKey('bearer', token)
}
