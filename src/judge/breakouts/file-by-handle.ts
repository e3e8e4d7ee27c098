import { breakoutPath } from '../breakout-path.ts'

export default breakoutPath({
  code: 'E4',
  summary: 'DAC_READ_SEARCH opens any file of the host by its number',
  links: ['https://man7.org/linux/man-pages/man2/open_by_handle_at.2.html'],
  *find(scene) {
    const { container, root } = scene
    if (container.privileged.value || !root || !scene.has('DAC_READ_SEARCH')) return
    const bind = container.mounts.find(({ type }) => type === 'bind')
    yield {
      title: 'DAC_READ_SEARCH: any file of the host can be read',
      severity: 'critical',
      chain: [
        scene.holds('DAC_READ_SEARCH'),
        root.part,
        bind
          ? { text: `\`${bind.source}\` is a file or folder of the host`, at: bind.at }
          : { text: '/etc/hostname and /etc/hosts, which engines mount into every container, are files of the host' },
      ],
      depends: root.depends,
      gets: 'reads /etc/shadow, keys of SSH, tokens of other containers; no other capability is needed',
      close: { title: 'Take DAC_READ_SEARCH away', wishes: scene.without('DAC_READ_SEARCH') },
    }
  },
})
