import assert from 'node:assert/strict'
import { test } from 'vitest'
import { type Given, type Still, subjectOf, untilStill } from '../../../../test/harden-still.ts'
import ports from './ports.ts'
import user from './user.ts'

const still = (dockerfile: string, more: Omit<Given, 'dockerfile'> = {}): Promise<Still> =>
  untilStill(ports, { dockerfile, ...more })

const becomes = async (before: string, after: string, more: Omit<Given, 'dockerfile'> = {}): Promise<Still> => {
  const result = await still(before, more)
  assert.equal(result.text, after)
  assert.equal((await still(after, { ...more, context: result.files })).text, after, 'twice changes nothing')
  return result
}

const stockSed =
  "sed -i -e '/^user /d' -e 's,^pid .*,pid /tmp/nginx.pid;,' \\\n        -e 's,^http {,http { client_body_temp_path /tmp/client_body_temp; proxy_temp_path /tmp/proxy_temp; fastcgi_temp_path /tmp/fastcgi_temp; uwsgi_temp_path /tmp/uwsgi_temp; scgi_temp_path /tmp/scgi_temp;,' \\\n        /etc/nginx/nginx.conf"

test('nginx as it comes: a step changes its files, and EXPOSE and HEALTHCHECK follow', async () => {
  await becomes(
    'FROM nginx:1.27\nCOPY site /usr/share/nginx/html\nEXPOSE 80/tcp\nHEALTHCHECK CMD curl -f http://localhost/ || exit 1\n',
    `FROM nginx:1.27\nCOPY site /usr/share/nginx/html\nRUN ${stockSed} \\\n    && sed -i 's/\\(listen *\\(\\[::\\]:\\)*\\)80\\([; ]\\)/\\18080\\3/' /etc/nginx/conf.d/default.conf\nEXPOSE 8080/tcp\nHEALTHCHECK CMD curl -f http://localhost:8080/ || exit 1\n`,
  )
})

test('nginx with a site of the context: the file is edited, comments are not', async () => {
  const { files, text } = await becomes(
    'FROM nginx:1.27-alpine\nCOPY nginx/default.conf /etc/nginx/conf.d/default.conf\nCOPY dist /usr/share/nginx/html\nEXPOSE 80 443\n',
    `FROM nginx:1.27-alpine\nCOPY nginx/default.conf /etc/nginx/conf.d/default.conf\nCOPY dist /usr/share/nginx/html\nRUN ${stockSed}\nEXPOSE 8080 8443\n`,
    {
      context: {
        'nginx/default.conf':
          'server {\r\n  # listen 80;\r\n  listen 80;\r\n  listen [::]:80 default_server;\r\n  listen 443 ssl;\r\n  location / { proxy_pass http://api:80; }\r\n}\r\n',
      },
    },
  )
  assert.equal(
    files['nginx/default.conf'],
    'server {\r\n  # listen 80;\r\n  listen 8080;\r\n  listen [::]:8080 default_server;\r\n  listen 8443 ssl;\r\n  location / { proxy_pass http://api:80; }\r\n}\r\n',
  )
  const whole = await untilStill(user, { dockerfile: text, context: files })
  assert.match(whole.text, /nginx\.conf\nUSER 101:101\nEXPOSE 8080 8443\n/)
})

test('nginx with a main configuration of the context needs no step', async () => {
  const conf =
    'user nginx;\nworker_processes auto;\npid /var/run/nginx.pid;\nevents {}\nhttp {\n  server { listen 0.0.0.0:80; }\n}\n'
  const { files } = await becomes(
    'FROM nginx\nCOPY nginx.conf /etc/nginx/nginx.conf\n',
    'FROM nginx\nCOPY nginx.conf /etc/nginx/nginx.conf\n',
    {
      context: { 'nginx.conf': conf },
    },
  )
  assert.equal(
    files['nginx.conf'],
    'worker_processes auto;\npid /tmp/nginx.pid;\nevents {}\nhttp {\n    client_body_temp_path /tmp/client_body_temp;\n    proxy_temp_path /tmp/proxy_temp;\n    fastcgi_temp_path /tmp/fastcgi_temp;\n    uwsgi_temp_path /tmp/uwsgi_temp;\n    scgi_temp_path /tmp/scgi_temp;\n  server { listen 0.0.0.0:8080; }\n}\n',
  )
})

test('nginx whose configuration nobody can look into stays with root, and that is said by the user', async () => {
  for (const [dockerfile, context] of [
    ['FROM alpine AS b\nFROM nginx\nCOPY --from=b /x.conf /etc/nginx/nginx.conf\n', {}],
    ['FROM nginx\nCOPY t /etc/nginx/templates/\n', { t: 'listen ${PORT};' }],
    ['FROM nginx\nRUN echo "server { listen 80; }" > /etc/nginx/conf.d/default.conf\n', {}],
  ] as const) {
    assert.equal((await still(dockerfile, { context })).text, dockerfile)
    const { text, left } = await untilStill(user, { dockerfile, context })
    assert.equal(text, dockerfile)
    assert.match(left?.leftOut ?? '', /nginx starts as root/)
  }
})

test('Apache: of its own image, and of PHP’s', async () => {
  await becomes(
    'FROM httpd:2.4\nCOPY public /usr/local/apache2/htdocs/\nEXPOSE 80\n',
    "FROM httpd:2.4\nCOPY public /usr/local/apache2/htdocs/\nRUN sed -i 's/^Listen 80$/Listen 8080/' /usr/local/apache2/conf/httpd.conf \\\n    && chown 33:33 /usr/local/apache2/logs\nEXPOSE 8080\n",
  )
  const { text } = await still('FROM php:8.3-apache\nCOPY . /var/www/html\n')
  assert.match(text, /ports\.conf \\\n {4}&& sed -i 's\/:80>\/:8080>\/' \/etc\/apache2\/sites-available\/\*\.conf\n$/)
})

test('ports in ENV and in the start command', async () => {
  await becomes(
    'FROM python:3.12\nCOPY . .\nENV PORT=80 DB_PORT=80\nEXPOSE 80\nCMD ["uvicorn", "a:app", "--host", "0.0.0.0", "--port", "80"]\n',
    'FROM python:3.12\nCOPY . .\nENV PORT=8080 DB_PORT=80\nEXPOSE 8080\nCMD ["uvicorn", "a:app", "--host", "0.0.0.0", "--port", "8080"]\n',
  )
  await becomes(
    'FROM python:3.12\nCOPY . .\nEXPOSE 80\nCMD gunicorn -b 0.0.0.0:80 a:app\n',
    'FROM python:3.12\nCOPY . .\nEXPOSE 8080\nCMD gunicorn -b 0.0.0.0:8080 a:app\n',
  )
  await becomes(
    'FROM mcr.microsoft.com/dotnet/aspnet:6.0\nCOPY out .\nEXPOSE 80\nENTRYPOINT ["dotnet", "a.dll"]\n',
    'FROM mcr.microsoft.com/dotnet/aspnet:6.0\nCOPY out .\nENV ASPNETCORE_URLS=http://+:8080\nEXPOSE 8080\nENTRYPOINT ["dotnet", "a.dll"]\n',
  )
  await becomes(
    'FROM node:22\nCOPY . .\nEXPOSE 80\nCMD ["node", "a.js"]\n',
    'FROM node:22\nCOPY . .\nENV PORT=8080\nEXPOSE 8080\nCMD ["node", "a.js"]\n',
    { context: { 'a.js': 'app.listen(process.env.PORT || 80)' }, stacks: [{ ports: [{ value: 80, by: 'a.js' }] }] },
  )
})

test('a program that nobody can tell keeps its port, and what that means is said', async () => {
  const dockerfile = 'FROM node:22\nCOPY . .\nEXPOSE 80\nCMD ["node", "a.js"]\n'
  const { text, left } = await still(dockerfile, {
    context: { 'a.js': 'app.listen(80)' },
    stacks: [{ ports: [{ value: 80, by: 'a.js' }] }],
  })
  assert.equal(text, dockerfile)
  assert.match(left?.leftOut ?? '', /port 80/)
  assert.match(left?.check?.[0] ?? '', /ip_unprivileged_port_start/)
})

test('Compose and Kubernetes lead their ports to the new one', async () => {
  const { files } = await still('FROM nginx:1.27\nCOPY site /usr/share/nginx/html\nEXPOSE 80\n', {
    context: {
      'compose.yaml':
        'services:\n  web:\n    build: .\n    image: acme/shop:1\n    ports:\n      - "80:80" # all\n      - target: 80\n        published: 81\n    healthcheck:\n      test: ["CMD", "curl", "-f", "http://localhost"]\n  other:\n    image: nginx\n    ports: ["82:80"]\n',
      'k8s.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec:\n  selector: {matchLabels: {app: shop}}\n  template:\n    metadata: {labels: {app: shop}}\n    spec:\n      containers:\n        - name: web\n          image: acme/shop:1\n          ports:\n            - containerPort: 80\n          livenessProbe:\n            httpGet: {path: /, port: 80}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: shop}\nspec:\n  selector: {app: shop}\n  ports:\n    - port: 80\n---\napiVersion: v1\nkind: Service\nmetadata: {name: other}\nspec:\n  selector: {app: other}\n  ports:\n    - port: 80\n      targetPort: 80\n',
    },
  })
  assert.equal(
    files['compose.yaml'],
    'services:\n  web:\n    build: .\n    image: acme/shop:1\n    ports:\n      - "80:8080" # all\n      - target: 8080\n        published: 81\n    healthcheck:\n      test: ["CMD", "curl", "-f", "http://localhost:8080"]\n  other:\n    image: nginx\n    ports: ["82:80"]\n',
  )
  assert.match(files['k8s.yaml']!, /containerPort: 8080\n {10}livenessProbe:\n {12}httpGet: \{path: \/, port: 8080\}/)
  assert.match(files['k8s.yaml']!, /- port: 80\n {6}targetPort: 8080\n---/)
  assert.match(files['k8s.yaml']!, /- port: 80\n {6}targetPort: 80\n$/)
})

test('a configuration that another stage copies out of the context as it is', async () => {
  const { files, text } = await still(
    'FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm run build\nFROM nginx\nCOPY --from=build /app/.nginx/site.conf /etc/nginx/conf.d/default.conf\n',
    { context: { '.nginx/site.conf': 'server { listen 80; }\n' } },
  )
  assert.equal(files['.nginx/site.conf'], 'server { listen 8080; }\n')
  assert.match(text, /RUN sed [\s\S]*nginx\.conf\n$/)
})

test('a healthcheck of Compose without a scheme', async () => {
  const { files } = await still('FROM nginx:1.27\n', {
    context: {
      'compose.yaml':
        'services:\n  web:\n    build: .\n    healthcheck:\n      test: curl -f localhost:80/ok && curl my-localhost:80 && curl localhost\n',
    },
  })
  assert.match(files['compose.yaml']!, /test: curl -f localhost:8080\/ok && curl my-localhost:80 && curl localhost\n$/)
})

test('who names the service with its old port is told of', async () => {
  const given: Given = {
    dockerfile: 'FROM nginx:1.27\n',
    context: {
      'compose.yaml': 'services:\n  web:\n    build: .\n  test:\n    image: acme/test\n    command: curl http://web/\n',
    },
  }
  const subject = await subjectOf(given, given.dockerfile, new Map(Object.entries(given.context!)))
  const outcome = ports.apply(subject)
  assert.ok(outcome && 'edits' in outcome)
  assert.match(outcome.check!.join(), /`compose\.yaml` names `web` under its old port: write 8080 there/)
})

test('nginx of a distribution gets its folders once, also where its configuration comes from the context', async () => {
  await becomes(
    'FROM debian:13-slim\nRUN apt-get update && apt-get install -y nginx\nCOPY nginx.conf /etc/nginx/\nCMD ["nginx", "-g", "daemon off;"]\n',
    'FROM debian:13-slim\nRUN apt-get update && apt-get install -y nginx\nCOPY nginx.conf /etc/nginx/\nRUN chown -R 33:33 /var/lib/nginx /var/log/nginx\nCMD ["nginx", "-g", "daemon off;"]\n',
    { context: { 'nginx.conf': 'events {}\nhttp { server { listen 8080; } }\n' } },
  )
})

test('an nginx that was built by hand keeps its files where nobody knows: nothing is changed', async () => {
  const given = {
    dockerfile:
      'FROM debian:13-slim\nCOPY nginx.conf /etc/nginx/\nCMD ["/usr/local/nginx/sbin/nginx", "-c", "/etc/nginx/nginx.conf"]\n',
    context: { 'nginx.conf': 'events {}\nhttp { server { listen 80; } }\n' },
  }
  assert.equal((await untilStill(ports, given)).text, given.dockerfile)
  const { left } = await untilStill(user, given)
  assert.match(left?.leftOut ?? '', /nginx starts as root, and it was built here/)
})

test('a configuration that is mounted when it starts is not in the image: it stays with root, and that is said', async () => {
  const dockerfile = 'FROM nginx:1.27\nCOPY s /usr/share/nginx/html\nEXPOSE 80\n'
  const pod =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    - name: web\n      image: acme/web\n      volumeMounts: [{name: c, mountPath: /etc/nginx/conf.d}]\n  volumes: [{name: c, configMap: {name: c}}]\n'
  const contexts: readonly Record<string, string>[] = [
    { 'pod.yaml': pod },
    { 'compose.yaml': 'services:\n  web:\n    build: .\n    volumes: ["./n.conf:/etc/nginx/nginx.conf:ro"]\n' },
  ]
  for (const context of contexts) {
    const { text, files } = await still(dockerfile, { context })
    assert.deepEqual([text, files], [dockerfile, context])
    assert.match(
      (await untilStill(user, { dockerfile, context })).left?.leftOut ?? '',
      /web brings its configuration from outside/,
    )
  }
})

test('the site that comes with the image is changed once beside a main configuration of the context', async () => {
  await becomes(
    'FROM nginx:1.30\nCOPY nginx.conf /etc/nginx/nginx.conf\n',
    "FROM nginx:1.30\nCOPY nginx.conf /etc/nginx/nginx.conf\nRUN sed -i 's/\\(listen *\\(\\[::\\]:\\)*\\)80\\([; ]\\)/\\18080\\3/' /etc/nginx/conf.d/default.conf\n",
    { context: { 'nginx.conf': 'events {}\nhttp {\n  include /etc/nginx/conf.d/*.conf;\n}\n' } },
  )
  const given = {
    dockerfile:
      "FROM nginx:1.30\nCOPY nginx.conf /etc/nginx/nginx.conf\nRUN sed -i 's/\\(listen *\\(\\[::\\]:\\)*\\)80\\([; ]\\)/\\18080\\3/' /etc/nginx/conf.d/default.conf\n",
    context: { 'nginx.conf': 'pid /tmp/nginx.pid;\nevents {}\nhttp {\n  include /etc/nginx/conf.d/*.conf;\n}\n' },
  }
  assert.match((await untilStill(user, given)).text, /USER 101:101/)
})
