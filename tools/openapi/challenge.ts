import type { Schema } from './bounds.js'

/** The path of the challenge's endpoint. */
export const CHALLENGE_PATH = '/v1/transactions/authorizer'

/** The endpoint of the challenge. Its contract is not in the proto files, so it is written here. */
export const challengeOperation: Schema = {
  operationId: 'Challenge_authorize',
  tags: ['Challenge'],
  summary: 'Decides a purchase by the contract of the challenge',
  description: `The answer has HTTP status 200 and a code, whatever happens: also without a token, for a malformed body, and when the
service cannot decide. The headers of the answer say why.

Each request is a purchase of its own, unless the header \`Idempotency-Key\` names it: a repeat with the same key gets
the answer of the first request.`,
  security: [{ bearer: ['transactions:authorize'] }],
  parameters: [
    {
      name: 'fallback',
      in: 'query',
      description: 'Whether the free balance (CASH) may pay what the wallets of the MCC cannot.',
      schema: { type: 'boolean', default: true },
    },
    {
      name: 'Idempotency-Key',
      in: 'header',
      description: 'Names the purchase: it is its transaction_id. Absent: the service makes one.',
      schema: { type: 'string', pattern: '^[!-~]{1,128}$' },
    },
  ],
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/ChallengeRequest' },
        example: {
          account: '6712b3eb3ec7354864d4274f',
          totalAmount: 12.0,
          mcc: '5411',
          merchant: 'PADARIA DO ZE               SAO PAULO BR',
        },
      },
    },
  },
  responses: {
    200: {
      description: 'The decision, or 07 for an error.',
      headers: {
        'X-Reason': {
          description: 'Why: the reason of the decision or of the error, such as INSUFFICIENT_BALANCE.',
          schema: { type: 'string' },
        },
        'X-Error': {
          description: 'The error in a sentence. Absent when the purchase was decided.',
          schema: { type: 'string' },
        },
        'X-Transaction-Id': {
          description: 'The transaction_id of the purchase, for its reversal. Absent after an error.',
          schema: { type: 'string' },
        },
      },
      content: { 'application/json': { schema: { $ref: '#/components/schemas/ChallengeResponse' } } },
    },
  },
}

export const challengeSchemas: Readonly<Record<string, Schema>> = {
  ChallengeRequest: {
    type: 'object',
    description: 'A purchase.',
    properties: {
      account: {
        type: 'string',
        description: 'Id of the account.',
        pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$',
      },
      totalAmount: {
        type: ['number', 'string'],
        description:
          'Amount in reais, with at most two decimals and without an exponent. The service reads its digits exactly.',
        minimum: 0.01,
        maximum: 9_999_999_999.99,
        pattern: '^[0-9]{1,10}(?:\\.[0-9]{1,2})?$',
      },
      mcc: { type: 'string', description: 'Merchant category code.', pattern: '^[0-9]{4}$' },
      merchant: {
        type: 'string',
        description: 'Name and place of the merchant (ISO 8583 DE43), or a bare name. Optional.',
        maxLength: 99,
        pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$',
      },
    },
    required: ['account', 'totalAmount', 'mcc'],
  },
  ChallengeResponse: {
    type: 'object',
    description: 'The decision.',
    properties: {
      code: {
        type: 'string',
        description: '"00" approved, "51" insufficient balance, "07" anything else.',
        enum: ['00', '51', '07'],
      },
    },
    required: ['code'],
  },
}
