import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Azure SignalR or Web PubSub access key',
  why: 'It sends messages to everyone who is connected, and signs tokens that let others in.',
  revoke: 'Regenerate it under Keys of the resource: az signalr key renew, or az webpubsub key regenerate.',
  link: 'https://learn.microsoft.com/azure/azure-signalr/signalr-howto-key-rotation',
  keywords: ['.signalr.net', '.webpubsub.azure.com'],
  pattern:
    /\bEndpoint=https:\/\/[a-z0-9-]{1,64}\.(?:service\.signalr\.net|webpubsub\.azure\.com)\/?;AccessKey=(?<secret>[A-Za-z0-9+/]{43}=|[A-Za-z0-9]{84})/gi,
  prefix: /^$/,
  samples: {
    real: () => [
      `Endpoint=https://a.service.signalr.net;AccessKey=${sampleText(43)}=;Version=1.0;`,
      `Endpoint=https://a.webpubsub.azure.com;AccessKey=${sampleText(43, undefined, 2)}=;Version=1.0;`,
    ],
    not: () => [
      'Endpoint=https://a.service.signalr.net;AccessKey=<key>;',
      'Endpoint=https://a.service.signalr.net;AuthType=azure.msi;',
    ],
  },
} satisfies Detector
