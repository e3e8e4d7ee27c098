const bcrypt = require('bcrypt')
const fastify = require('fastify')({ logger: true })

const accounts = new Map()

fastify.get('/health', async () => {
  // A hash by the native module: proves that it was built for this system.
  const hash = await bcrypt.hash('probe', 4)
  return { status: 'ok', service: 'accounts', native: await bcrypt.compare('probe', hash), rounds: bcrypt.getRounds(hash) }
})

const credentials = {
  schema: {
    body: {
      type: 'object',
      required: ['name', 'password'],
      properties: { name: { type: 'string', maxLength: 64 }, password: { type: 'string', minLength: 8, maxLength: 72 } },
    },
  },
}

fastify.post('/accounts', credentials, async (request, reply) => {
  const { name, password } = request.body
  if (accounts.has(name)) return reply.code(409).send({ problem: 'exists' })
  accounts.set(name, await bcrypt.hash(password, 10))
  return reply.code(201).send({ name })
})

fastify.post('/sessions', credentials, async (request, reply) => {
  const { name, password } = request.body
  const hash = accounts.get(name)
  const known = hash !== undefined && (await bcrypt.compare(password, hash))
  return reply.code(known ? 201 : 401).send({ known })
})

fastify.listen({ host: '0.0.0.0', port: 4000 })
