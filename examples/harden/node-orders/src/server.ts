import { randomUUID } from 'node:crypto'
import compression from 'compression'
import express from 'express'
import helmet from 'helmet'
import { pino } from 'pino'
import { pinoHttp } from 'pino-http'
import { loadPrices, order, totalOf } from './prices.js'

const log = pino({ name: 'orders-api' })
const prices = await loadPrices()
const app = express()

app.use(helmet(), compression(), pinoHttp({ logger: log }), express.json({ limit: '64kb' }))

app.get('/health', (_request, response) => {
  const sample = order.parse({ lines: [...prices.keys()].map(sku => ({ sku, count: 1 })) })
  response.json({ status: 'ok', service: 'orders-api', articles: prices.size, sample: totalOf(sample, prices) })
})

app.get('/articles', (_request, response) => {
  response.json([...prices.values()])
})

app.post('/orders', (request, response) => {
  const parsed = order.safeParse(request.body)
  if (!parsed.success) {
    response.status(422).json({ problems: parsed.error.issues })
    return
  }
  response.status(201).json({ id: randomUUID(), cents: totalOf(parsed.data, prices) })
})

const port = Number(process.env.PORT ?? 3000)
const server = app.listen(port, () => log.info({ port }, 'listening'))
process.on('SIGTERM', () => server.close(() => process.exit(0)))
