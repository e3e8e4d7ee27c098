/** The plainest Compose file and Kubernetes manifests for one image: what hardening begins with. */

/** `port`: the one in the container; undefined: it listens on none. */
export const composeFor = (name: string, port: number | undefined): string =>
  [
    'services:',
    `  ${name}:`,
    '    build: .',
    `    image: ${name}`,
    ...(port === undefined ? [] : ['    ports:', `      - "127.0.0.1:${port < 1024 ? port + 8000 : port}:${port}"`]),
    '    restart: unless-stopped',
    '',
  ].join('\n')

export const manifestFor = (name: string, port: number | undefined): string =>
  [
    'apiVersion: apps/v1',
    'kind: Deployment',
    'metadata:',
    `  name: ${name}`,
    'spec:',
    '  replicas: 2',
    '  selector:',
    '    matchLabels:',
    `      app: ${name}`,
    '  template:',
    '    metadata:',
    '      labels:',
    `        app: ${name}`,
    '    spec:',
    '      automountServiceAccountToken: false',
    '      containers:',
    `        - name: ${name}`,
    `          image: ${name}:1`,
    ...(port === undefined ? [] : ['          ports:', `            - containerPort: ${port}`]),
    ...(port === undefined
      ? []
      : [
          '---',
          'apiVersion: v1',
          'kind: Service',
          'metadata:',
          `  name: ${name}`,
          'spec:',
          '  selector:',
          `    app: ${name}`,
          '  ports:',
          `    - port: 80`,
          `      targetPort: ${port}`,
        ]),
    '',
  ].join('\n')
