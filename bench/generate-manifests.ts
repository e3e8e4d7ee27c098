/** Varied, realistic Compose projects and Kubernetes streams from a seed: what the bench judges when it is given no folder. */
import { generator } from './generate.ts'

const images = [
  'nginx:1.27',
  'postgres:17',
  'redis:7',
  'ghcr.io/acme/web:2.3.1',
  'rabbitmq:4-management',
  'python:3.12-slim',
  'traefik:v3',
]
const names = ['web', 'db', 'cache', 'queue', 'worker', 'proxy', 'metrics', 'admin']

export const generateCompose = (seed: number): string => {
  const random = generator(seed + 11)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!
  const lines: string[] = ['x-logging: &logging', '  driver: json-file', '  options: {max-size: "10m"}', '', 'services:']
  for (const name of names.slice(0, 1 + Math.floor(random() * 5))) {
    lines.push(`  ${name}:`, `    image: ${pick(images)}`, '    restart: unless-stopped', '    logging: *logging')
    if (random() < 0.7) lines.push('    ports:', `      - "${8000 + Math.floor(random() * 100)}:80"`)
    if (random() < 0.8)
      lines.push(
        '    environment:',
        `      APP_ENV: production`,
        `      DATABASE_HOST: db`,
        `      LEVEL: \${LEVEL:-info}`,
        '      TZ: "Europe/Berlin"',
      )
    if (random() < 0.7) lines.push('    volumes:', `      - ./${name}:/data`, `      - ${name}-data:/var/lib/${name}`)
    if (random() < 0.1) lines.push('    privileged: true')
    if (random() < 0.15) lines.push('      # the agent asks the engine', '    security_opt:', '      - no-new-privileges:true')
    if (random() < 0.2) lines.push('    cap_add: [NET_ADMIN]')
    if (random() < 0.3)
      lines.push('    healthcheck:', `      test: ["CMD", "curl", "-f", "http://127.0.0.1"]`, '      interval: 30s')
  }
  return `${lines.join('\n')}\n`
}

export const generateManifests = (seed: number): string => {
  const random = generator(seed + 23)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!
  const documents: string[] = []
  for (const name of names.slice(0, 1 + Math.floor(random() * 2))) {
    const context =
      random() < 0.4
        ? '        securityContext:\n          allowPrivilegeEscalation: false\n          capabilities:\n            drop: ["ALL"]\n          readOnlyRootFilesystem: true\n          runAsNonRoot: true\n'
        : ''
    documents.push(
      `apiVersion: apps/v1\nkind: ${pick(['Deployment', 'StatefulSet', 'DaemonSet'])}\nmetadata:\n  name: ${name}\n  labels: &labels\n    app: ${name}\nspec:\n  replicas: 2\n` +
        `  selector:\n    matchLabels: *labels\n  template:\n    metadata:\n      labels: *labels\n    spec:\n${random() < 0.1 ? '      hostNetwork: true\n' : ''}      containers:\n      - name: ${name}\n` +
        `        image: ${pick(images)}\n        ports:\n        - containerPort: 8080\n${context}        env:\n        - name: LEVEL\n          value: info\n        - name: DB_PASSWORD\n          valueFrom:\n` +
        `            secretKeyRef: {name: db, key: password}\n        resources:\n          limits: {cpu: 500m, memory: 256Mi}\n        livenessProbe:\n          httpGet: {path: /healthz, port: 8080}\n` +
        `        volumeMounts:\n        - name: data\n          mountPath: /data\n      volumes:\n      - name: data\n        ${random() < 0.2 ? 'hostPath: {path: /var/log}' : 'emptyDir: {}'}\n`,
      `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\nspec:\n  selector:\n    app: ${name}\n  ports:\n  - port: 80\n    targetPort: 8080\n`,
    )
  }
  return documents.join('---\n')
}
