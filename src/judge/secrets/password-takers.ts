/** What programs take as a password: one table for all who read commands. */

export type Taker = {
  /** As the program is called. */
  readonly programs: RegExp
  /** The rest holds behind this word only: `login` of `docker login`. */
  readonly after?: RegExp
  /** Options with a password as the next word, or behind `=`. */
  readonly options?: RegExp
  /** What stands in front of a password in the same word: `-p` of `mysql -px`. */
  readonly glued?: RegExp
  /** Options with `user:password`, or what else is between the two, in the next word, behind `=`, or in the same word. */
  readonly pairs?: RegExp
  /** Which of the words that are no options is one: the first is 0, the last `last`; `pair` where a user's name stands in front of it. */
  readonly operand?: number | 'last'
  readonly isPair?: true
  /** With one of these options only. */
  readonly with?: RegExp
}

/** What follows is an option by itself, or glued to its value. */
const short = (letters: string): Pick<Taker, 'options' | 'glued'> => ({
  options: new RegExp(`^-[${letters}]$`),
  glued: new RegExp(`^-[${letters}]=?(?=[^-=])`),
})

export const takers: readonly Taker[] = [
  // https://curl.se/docs/manpage.html#-u
  {
    programs: /^curl$/,
    pairs: /^(?:-[a-zA-Z#0:46]*[uU]$|-[uU](?=.)|--user(?:=|$)|--proxy-user(?:=|$))/,
    options: /^(?:--pass|--proxy-pass|--tlspassword|--oauth2-bearer)$/,
  },
  // https://httpie.io/docs/cli/authentication
  { programs: /^(?:https?|xh)$/, pairs: /^(?:-a$|--auth(?:=|$))/ },
  // https://lftp.yar.ru/lftp-man.html
  { programs: /^lftp$/, pairs: /^(?:-u$|--user(?:=|$))/ },
  // https://www.samba.org/samba/docs/current/man-html/smbclient.1.html
  {
    programs: /^(?:smb\w+|rpcclient|net|nmblookup|cifs\w*)$/,
    pairs: /^(?:-[a-zA-Z]*U$|-U(?=.)|--user(?:=|$))/,
  },
  { programs: /^(?:smbclient|rpcclient)$/, options: /^--pw-nt-hash$/ },
  // https://dev.mysql.com/doc/refman/8.4/en/connecting.html: no space between
  { programs: /^(?:mysql\w*|mariadb[\w-]*|mycli|xtrabackup|mariabackup|innobackupex)$/, glued: /^-p(?=.)/ },
  // https://dev.mysql.com/doc/refman/8.4/en/mysqladmin.html
  { programs: /^(?:mysqladmin|mariadb-admin)$/, after: /^(?:old-)?password$/, operand: 0 },
  { programs: /^sshpass$/, ...short('p') },
  // https://docs.docker.com/reference/cli/docker/login/ and those that took over its options
  {
    programs:
      /^(?:docker|podman|buildah|nerdctl|skopeo|oras|crane|helm|regctl|cosign|az|oc|cf|ibmcloud|heroku|conan|ko|jf|npm|glab|doctl)$/,
    after: /^(?:login|registry-login|set)$/,
    ...short('p'),
  },
  { programs: /^glab$/, after: /^login$/, ...short('t') },
  { programs: /^doctl$/, ...short('t') },
  // https://github.com/containers/skopeo/blob/main/docs/skopeo-copy.1.md
  {
    programs: /^(?:skopeo|podman|buildah|crictl|ctr|nerdctl)$/,
    pairs: /^(?:--(?:src-|dest-)?creds(?:=|$)|--auth(?:=|$)|-u$|--user(?:=|$))/,
  },
  { programs: /^az$/, ...short('p') },
  // https://man7.org/linux/man-pages/man8/useradd.8.html
  { programs: /^(?:useradd|usermod|groupadd|groupmod)$/, ...short('p') },
  // https://redis.io/docs/latest/develop/tools/cli/
  { programs: /^(?:redis|valkey|keydb)-(?:cli|benchmark)$/, options: /^(?:-a|--pass|--auth)$/, glued: /^-a(?=.)/ },
  // https://www.mongodb.com/docs/mongodb-shell/reference/options/
  { programs: /^mongo\w*$/, ...short('p') },
  // https://man.openbsd.org/ldapsearch
  { programs: /^(?:ldap\w+|ipa-\w[\w-]*|slap\w+)$/, ...short('w') },
  { programs: /^slappasswd$/, ...short('s') },
  // https://infozip.sourceforge.net/UnZip.html
  { programs: /^(?:zip|unzip|zipcloak)$/, ...short('P') },
  // https://7-zip.opensource.jp/chm/cmdline/switches/method.htm, https://www.win-rar.com
  { programs: /^(?:7z\w*|7za|7zr|unrar|rar|unar|lsar|arj)$/, glued: /^-(?:hp|p)(?=.)/ },
  // https://httpd.apache.org/docs/2.4/programs/htpasswd.html, https://mosquitto.org/man/mosquitto_passwd-1.html
  { programs: /^(?:htpasswd|mosquitto_passwd)$/, with: /^-[a-zA-Z0-9]*b/, operand: 'last' },
  // https://docs.openssl.org/master/man1/openssl-passwd/, https://docs.openssl.org/master/man1/openssl-passphrase-options/
  { programs: /^openssl$/, after: /^passwd$/, operand: 'last' },
  {
    programs: /^openssl$/,
    options: /^-(?:k|K|pass|hmac|macopt|psk|srppass)$/,
    pairs: /^-(?:pass(?:in|out|word)?|aes_?pass)$/,
  },
  { programs: /^mkpasswd$/, operand: 0 },
  // https://www.rabbitmq.com/docs/man/rabbitmqctl.8
  { programs: /^rabbitmqctl$/, after: /^(?:add_user|change_password|authenticate_user)$/, operand: 1 },
  // https://learn.microsoft.com/windows-server/administration/windows-commands/net-user
  { programs: /^net(?:\.exe|1)?$/i, after: /^user$/i, operand: 1 },
  { programs: /^(?:cmdkey|psexec|wmic)(?:\.exe)?$/i, glued: /^\/pass(?:word)?:(?=.)/i },
  // https://learn.microsoft.com/sql/tools/sqlcmd/sqlcmd-utility
  { programs: /^(?:sqlcmd|bcp|isql|osql)$/i, ...short('P') },
  // https://docs.oracle.com/en/database/oracle/oracle-database/19/sqpug/starting-SQL-Plus.html
  { programs: /^(?:sqlplus|sql|impdp|expdp|imp|exp|sqlldr|rman)$/, operand: 0, isPair: true },
  // https://developer.hashicorp.com/vault/docs/commands/login
  { programs: /^(?:vault|bao|cargo|wandb|pulumi|kamal|surge)$/, after: /^login$/, operand: 0 },
  { programs: /^snyk$/, after: /^auth$/, operand: 0 },
  { programs: /^ngrok$/, after: /^(?:add-)?authtoken$/, operand: 0 },
  { programs: /^cf$/, after: /^auth$/, operand: 1 },
  // https://getcomposer.org/doc/articles/authentication-for-private-packages.md, https://python-poetry.org/docs/repositories/
  {
    programs: /^(?:composer|composer\.phar|poetry)$/,
    after: /^(?:http-basic|gitlab-token|github-oauth|gitlab-oauth|bitbucket-oauth|bearer|pypi-token|custom-headers)\./,
    operand: 'last',
  },
  // https://bundler.io/man/bundle-config.1.html
  { programs: /^bundler?$/, after: /^config$/, operand: 'last', isPair: true },
  // https://min.io/docs/minio/linux/reference/minio-mc/mc-alias-set.html
  { programs: /^(?:mc|mcli)$/, after: /^(?:set|add)$/, operand: 3 },
  // https://manpages.debian.org/wpasupplicant/wpa_passphrase.8
  { programs: /^wpa_passphrase$/, operand: 1 },
  // https://mosquitto.org/man/mosquitto_pub-1.html, https://manpages.debian.org/ipmitool
  { programs: /^(?:mosquitto_(?:pub|sub|rr)|ipmitool)$/, ...short('P') },
  // https://the.earth.li/~sgtatham/putty/0.83/htmldoc/Chapter3.html#using-cmdline-pw
  { programs: /^(?:plink|pscp|psftp|putty)$/, options: /^-pw$/ },
  // https://cassandra.apache.org/doc/latest/cassandra/managing/tools/cqlsh.html and others with a user's name beside it
  {
    programs: /^(?:cqlsh|twine|nuget|dotnet|ftp|ncftp\w*|mysqlsh|nodetool|cypher-shell|impala-shell|beeline|snowsql)$/i,
    ...short('p'),
  },
  // https://web.mit.edu/kerberos/krb5-latest/doc/admin/admin_commands/kadmin_local.html
  { programs: /^(?:kadmin(?:\.local)?)$/, options: /^-w$/ },
]

/** Options with these names take one in every program. */
export const everywhere =
  /^--?(?:requirepass|masterauth|(?:src|dest|trust|key)?-?store-?pass|(?:src|dest)?-?key-?pass|pass-?phrase|(?:\w{1,20}-)?pass(?:word|wd)?|pwd|auth-?key|secret-?id|psk)$/i

/** What they are fed is a password, or a list of `user:password`. */
export const fed = (name: string, words: readonly string[]): 'value' | 'list' | undefined => {
  if (/^(?:chpasswd|newusers)$/.test(name)) return 'list'
  const has = (option: RegExp): boolean => words.some(word => option.test(word))
  if (has(/^--(?:(?:\w+-)?password-)?stdin$|^--with-token$|^--passphrase-fd(?:=0)?$|^--(?:pass|password)-file=-$/)) return 'value'
  if (name === 'sudo' && has(/^(?:-[A-Za-z]*S|--stdin)$/)) return 'value'
  if (name === 'saslpasswd2' && has(/^-\w*p/)) return 'value'
  if (name === 'htpasswd' && has(/^-\w*i/)) return 'value'
  if (name === 'smbpasswd' && has(/^-\w*s/)) return 'value'
  if (/^(?:passwd|su|cryptsetup|mkpasswd|kinit|gpg2?|vncpasswd|x11vnc|grub2?-mkpasswd-pbkdf2|oathtool)$/.test(name))
    return 'value'
  if (name === 'openssl' && words[0] === 'passwd' && has(/^-stdin$/)) return 'value'
  if (/^(?:docker|podman|kubectl)$/.test(name) && has(/^secret$/) && has(/^-$|^--from-file=.*\/dev\/stdin$/)) return 'value'
  if (name === 'vault' && words[0] === 'login' && has(/^-$/)) return 'value'
  return undefined
}
