import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Azure shared access key',
  why: 'It sends and receives the messages of a Service Bus, Event Hub or IoT Hub, and with Manage rights changes its queues.',
  revoke: 'Regenerate the keys of its policy under Shared access policies.',
  link: 'https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas',
  keywords: ['sharedaccesskey='],
  pattern: /\bSharedAccessKey=(?<secret>[A-Za-z0-9+/]{43}=)/g,
  prefix: /^$/,
  samples: {
    real: () => [
      `Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${sampleText(43)}=`,
      `HostName=a.azure-devices.net;SharedAccessKeyName=owner;SharedAccessKey=${sampleText(43, undefined, 2)}=`,
    ],
    not: () => ['SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=<key>', `SharedAccessKey=${sampleText(20)}=`],
  },
} satisfies Detector
