/**
 * Which options of which tools take a value, from their manuals; and the reading of a command line by it.
 */
import type { ShellOption, ShellWord } from './script.ts'

/**
 * Per tool, the options that take a value in the next word (or attached: `-ovalue`, `--opt=value`). A `?` at the end: the value is optional
 * and only ever attached (`sed -i.bak`). Options not listed take a value only with `=`.
 * A key of two words holds what a subcommand adds. A row that is `=` and a key is the same as that one.
 */
const table: Readonly<Record<string, string>> = {
  // https://manpages.debian.org/apt-get
  'apt-get':
    '-o --option -c --config-file -t --target-release --default-release -a --host-architecture -P --build-profiles -q? --quiet? --color? --planner --solver',
  apt: '=apt-get',
  'apt-cache': '-o --option -c --config-file -p --pkg-cache -s --src-cache -q?',
  'apt-mark': '-o --option -c --config-file -f --file',
  'apt-key': '--keyring --keyserver --keyserver-options',
  'add-apt-repository': '-k --keyserver -c --component -p --pocket -P --ppa -U --uri -S --sourceslist',
  // https://manpages.debian.org/aptitude
  aptitude:
    '-o -t --target-release --default-release -w --width -F --display-format -O --sort --add-user-tag --remove-user-tag -q? --log-file --log-level',
  // https://manpages.debian.org/dpkg
  dpkg: '--root --admindir --instdir --log --path-exclude --path-include --pre-invoke --post-invoke --status-fd --abort-after -D --debug',
  'dpkg-reconfigure': '-p --priority -f --frontend',
  debconf: '-f --frontend -p --priority',
  // https://man.archlinux.org/man/apk.8 (apk-tools)
  apk: '-p --root -X --repository --arch --cache-dir --cache-max-age --keys-dir --progress-fd --repositories-file --timeout --wait -t --virtual',
  'apk fetch': '-o --output',
  // https://dnf.readthedocs.io/en/latest/command_ref.html and https://dnf5.readthedocs.io/
  dnf: '-c --config -d --debuglevel -e --errorlevel -R --randomwait -x --exclude --excludepkgs --disableexcludes --disableexcludepkgs --enablerepo --disablerepo --repo --repoid --installroot --releasever --setopt --forcearch --comment --downloaddir --destdir --repofrompath --rpmverbosity --color --advisory --advisories --bz --bzs --cve --cves --sec-severity --secseverity --disableplugin --enableplugin --from-repo --arch',
  yum: '=dnf',
  microdnf: '=dnf',
  'dnf config-manager': '--add-repo',
  'yum config-manager': '--add-repo',
  'yum-config-manager':
    '-c --config -d --debuglevel -e --errorlevel --enablerepo --disablerepo --add-repo --setopt --installroot --releasever',
  // https://github.com/vmware/tdnf/wiki
  tdnf: '-c --config -d --debuglevel --downloaddir --enablerepo --disablerepo --repo --repoid --repofrompath --exclude --installroot --releasever --setopt --rpmverbosity --enableplugin --disableplugin --sec-severity --rpmdefine --testopt --forcearch',
  // https://manpages.opensuse.org/zypper
  zypper:
    '-c --config -D --reposd-dir -C --cache-dir -R --root --installroot --solv-cache-dir --raw-cache-dir --pkg-cache-dir --userdata -p --plus-repo --plus-content --releasever',
  'zypper install': '-r --repo --from -t --type --download --solver-focus',
  'zypper in': '=zypper install',
  'zypper remove': '-r --repo -t --type',
  'zypper rm': '=zypper remove',
  'zypper update': '-r --repo -t --type --download',
  'zypper up': '=zypper update',
  'zypper dist-upgrade': '-r --repo --from --download',
  'zypper dup': '=zypper dist-upgrade',
  'zypper patch': '-b --bugzilla --cve --issue -r --repo -g --category --severity --date --download',
  'zypper refresh': '-r --repo',
  'zypper ref': '=zypper refresh',
  'zypper addrepo': '-r --repo -n --name -p --priority -t --type',
  'zypper ar': '=zypper addrepo',
  // https://rpm.org/docs/latest/man/rpm.8
  rpm: '-D --define --undefine -E --eval --root --dbpath --rcfile --load --macros --pipe --prefix --relocate --excludepath --queryformat --qf',
  // https://pip.pypa.io/en/stable/cli/
  pip: '--log --proxy --retries --timeout --exists-action --trusted-host --cert --client-cert --cache-dir --python --keyring-provider --use-feature --use-deprecated',
  'pip install':
    '-r --requirement -c --constraint -e --editable -t --target -i --index-url --pypi-url --extra-index-url -f --find-links --platform --python-version --implementation --abi --root --prefix --src -b --build --upgrade-strategy -C --config-settings --config-setting --global-option --install-option --no-binary --only-binary --progress-bar --root-user-action --report --group --build-constraint --build-option',
  'pip download':
    '-d --dest -r --requirement -c --constraint -e --editable -i --index-url --extra-index-url -f --find-links --platform --python-version --implementation --abi --src --no-binary --only-binary --progress-bar -C --config-settings --global-option',
  'pip wheel':
    '-w --wheel-dir -r --requirement -c --constraint -e --editable -i --index-url --extra-index-url -f --find-links --src --no-binary --only-binary --progress-bar -C --config-settings --build-option --global-option',
  'pip uninstall': '-r --requirement',
  // https://pipx.pypa.io/stable/docs/
  pipx: '--python --pip-args --index-url -i --suffix --spec --fetch-python --backend --preinstall',
  // https://docs.astral.sh/uv/reference/cli/
  uv: '--cache-dir --config-file --color --directory --project --allow-insecure-host --python-preference --python-fetch -p --python -i --index-url --default-index --index --extra-index-url -f --find-links --index-strategy --keyring-provider --resolution --prerelease --exclude-newer --link-mode -P --upgrade-package --refresh-package --reinstall-package --no-build-package --no-binary-package -C --config-setting --build-constraint',
  'uv pip':
    '-r --requirement --requirements -c --constraint --constraints --override --overrides -e --editable -t --target --prefix --no-binary --only-binary --python-version --python-platform --extra --group --torch-backend',
  'uv add':
    '-r --requirements --requirement -c --constraints --extra --optional --group --package --script --tag --branch --rev --bounds --marker -m',
  'uv sync': '--extra --group --no-group --only-group --no-extra --package --no-install-package --python-platform',
  'uv run':
    ':stop --extra --group --no-group --only-group --with --with-editable --with-requirements --env-file -m --module --package',
  'uv tool': '-w --with --with-requirements --with-editable --from -c --constraints --overrides',
  'uv venv': '--prompt',
  'uv export': '-o --output-file --format --extra --group --no-group --only-group --package',
  poetry:
    '-C --directory -P --project --with --without --only -E --extras -f --format -o --output -G --group -V? --source --python',
  pipenv: '--python -r --requirements --categories -i --index --extra-pip-args',
  conda: '-n --name -p --prefix -c --channel -f --file --solver --repodata-fn --repodata-use-zst?',
  mamba: '=conda',
  micromamba: '-n --name -p --prefix -c --channel -f --file -r --root-prefix --platform --rc-file',
  // https://docs.npmjs.com/cli/using-npm/config
  npm: '-C --prefix -w --workspace --registry --cache --userconfig --globalconfig --loglevel --tag --otp --omit --include --only --before --script-shell --install-strategy --location --cpu --os --libc --proxy --https-proxy --noproxy --cafile --ca --cert --key --fetch-retries --fetch-timeout --fetch-retry-mintimeout --fetch-retry-maxtimeout --maxsockets --scope --access --depth --save-prefix --node-options -c --call --package --user-agent --audit-level --min-release-age',
  npx: '-p --package -c --call -w --workspace --registry --cache --userconfig',
  // https://classic.yarnpkg.com/en/docs/cli/ and https://yarnpkg.com/cli
  yarn: '--cwd --registry --cache-folder --modules-folder --global-folder --link-folder --preferred-cache-folder --mutex --network-concurrency --network-timeout --prefix --otp --use-yarnrc --proxy --https-proxy --child-concurrency --mode --production?',
  // https://pnpm.io/pnpm-cli
  pnpm: '-C --dir -F --filter --filter-prod --registry --store-dir --virtual-store-dir --modules-dir --lockfile-dir --global-dir --global-bin-dir --loglevel --reporter --network-concurrency --child-concurrency --fetch-retries --fetch-timeout --package-import-method --node-linker --cpu --os --libc --save-prefix --test-pattern --changed-files-ignore-pattern --config-dir --workspace-concurrency --resume-from --cache-dir --state-dir --otp --tag --package --prefix',
  bun: '--cwd -c --config --registry --cache-dir --backend --omit --cafile --ca --concurrent-scripts --network-concurrency',
  corepack: '--install-directory -o --output',
  // https://guides.rubygems.org/command-reference/
  gem: '-v --version -i --install-dir -n --bindir --platform -P --trust-policy -s --source -p --http-proxy -B --bulk-threshold -g --file -E? --config-file --without --document? -k --key --host --otp --build-root',
  // https://bundler.io/man/bundle.1.html
  bundle:
    '--binstubs? --gemfile --jobs -j --path --retry --shebang --standalone? --target-rbconfig --trust-policy --with --without -r',
  // https://pkg.go.dev/cmd/go
  go: ':long -C -p -asmflags -buildmode -buildvcs? -compiler -gccgoflags -gcflags -installsuffix -ldflags -mod -modfile -overlay -pgo -pkgdir -tags -toolexec -o -exec -f -run -bench -count -timeout -coverprofile -covermode -coverpkg -cpu -parallel -benchtime -vet -reuse -go -toolchain',
  // https://doc.rust-lang.org/cargo/commands/
  'go run': ':stop',
  cargo:
    '--color -C --config -Z -p --package --bin --example --test --bench --exclude -F --features --target --target-dir --manifest-path --message-format --profile -j --jobs --lockfile-path',
  'cargo install': '--version --vers --git --branch --tag --rev --path --root --index --registry',
  'cargo add': '--git --branch --tag --rev --path --registry --rename --index',
  rustup: '--toolchain -c --component -t --target --profile --default-toolchain --default-host',
  // https://getcomposer.org/doc/03-cli.md
  composer:
    '-d --working-dir --prefer-install --ignore-platform-req --apcu-autoloader-prefix --audit-format --repository --repository-url --stability -s --format -f',
  // https://curl.se/docs/manpage.html
  curl: '-A --user-agent -b --cookie -c --cookie-jar -C --continue-at -d --data --data-ascii --data-binary --data-raw --data-urlencode -D --dump-header -e --referer -E --cert -F --form --form-string -h? -H --header -K --config -m --max-time -o --output -P --ftp-port -Q --quote -r --range -t --telnet-option -T --upload-file -u --user -U --proxy-user -w --write-out -x --proxy -X --request -y --speed-time -Y --speed-limit -z --time-cond --abstract-unix-socket --alt-svc --aws-sigv4 --cacert --capath --cert-type --ciphers --connect-timeout --connect-to --create-file-mode --crlfile --curves --delegation --dns-interface --dns-ipv4-addr --dns-ipv6-addr --dns-servers --doh-url --ech --egd-file --engine --etag-compare --etag-save --expect100-timeout --ftp-account --ftp-alternative-to-user --ftp-method --ftp-ssl-ccc-mode --happy-eyeballs-timeout-ms --haproxy-clientip --hostpubmd5 --hostpubsha256 --hsts --interface --ip-tos --ipfs-gateway --json --keepalive-time --keepalive-cnt --key --key-type --krb --libcurl --limit-rate --local-port --login-options --mail-auth --mail-from --mail-rcpt --max-filesize --max-redirs --netrc-file --noproxy --oauth2-bearer --output-dir --parallel-max --pass --pinnedpubkey --preproxy --proto --proto-default --proto-redir --proxy-cacert --proxy-capath --proxy-cert --proxy-cert-type --proxy-ciphers --proxy-crlfile --proxy-header --proxy-key --proxy-key-type --proxy-pass --proxy-pinnedpubkey --proxy-service-name --proxy-tls13-ciphers --proxy-tlsauthtype --proxy-tlspassword --proxy-tlsuser --proxy1.0 --pubkey --random-file --rate --request-target --resolve --retry --retry-delay --retry-max-time --sasl-authzid --service-name --sigalgs --socks4 --socks4a --socks5 --socks5-gssapi-service --socks5-hostname --stderr --tftp-blksize --tls-max --tls13-ciphers --tlsauthtype --tlspassword --tlsuser --trace --trace-ascii --trace-config --unix-socket --url --url-query --variable --vlan-priority',
  // https://www.gnu.org/software/wget/manual/wget.html
  wget: ':no -o --output-file -a --append-output -i --input-file -B --base -e --execute -t --tries -O --output-document -T --timeout -w --wait -Q --quota -P --directory-prefix -l --level -A --accept -R --reject -D --domains -I --include-directories -X --exclude-directories -U --user-agent --bind-address --body-data --body-file --ca-certificate --ca-directory --certificate --certificate-type --ciphers --compression --config --connect-timeout --crl-file --cut-dirs --default-page --dns-timeout --exclude-domains --egd-file --follow-tags --ftp-user --ftp-password --header --hsts-file --http-user --http-password --https-enforce --ignore-tags --input-metalink --limit-rate --load-cookies --local-encoding --max-redirect --method --metalink-index --password --pinnedpubkey --post-data --post-file --prefer-family --preferred-location --private-key --private-key-type --progress --proxy-user --proxy-password --random-file --read-timeout --referer --regex-type --reject-regex --accept-regex --rejected-log --remote-encoding --report-speed --restrict-file-names --retry-on-http-error --save-cookies --secure-protocol --show-progress? --start-pos --user --waitretry --warc-file --warc-header --dot-style',
  aria2c:
    '-d --dir -o --out -x --max-connection-per-server -s --split -i --input-file -j --max-concurrent-downloads -k --min-split-size --checksum --header --ca-certificate --http-user --http-passwd -U --user-agent -m --max-tries -t --timeout',
  // https://git-scm.com/docs
  git: '-C -c --git-dir --work-tree --namespace --exec-path? --config-env --super-prefix --list-cmds',
  'git clone':
    '-b --branch -o --origin -u --upload-pack --depth --shallow-since --shallow-exclude --reference --reference-if-able --template --separate-git-dir -j --jobs -c --config --filter --server-option --bundle-uri --revision --ref-format --recurse-submodules? --recursive?',
  'git fetch':
    '--depth --deepen --shallow-since --shallow-exclude --refmap -j --jobs --upload-pack -o --server-option --filter --negotiation-tip',
  'git pull': '--depth --deepen -s --strategy -X --strategy-option -j --jobs',
  'git checkout': '-b -B --orphan --conflict',
  'git commit': '-m --message -F --file -C -c --author --date -t --template',
  'git config': '-f --file --blob --type --get --default',
  'git submodule': '--depth --reference -j --jobs -b --branch --name',
  'git apply': '-p -C --directory --exclude --include --whitespace',
  // https://www.gnu.org/software/tar/manual/
  tar: ':bundle -b --blocking-factor -C --directory -f --file -F --info-script --new-volume-script -g --listed-incremental -H --format -I --use-compress-program -K --starting-file -L --tape-length -N --newer --after-date -T --files-from -V --label -X --exclude-from --add-file --checkpoint? --checkpoint-action --exclude --exclude-ignore --exclude-tag --group --group-map --owner --owner-map --level --mode --mtime --newer-mtime --occurrence? --pax-option --record-size --rmt-command --rsh-command --strip --strip-components --suffix --to-command --transform --xform --volno-file --warning --sort --backup? --index-file',
  unzip: '-d -x -P',
  zip: '-b -i -x -n -t -tt -P --password',
  gzip: '-S --suffix -b',
  '7z': ':long',
  // https://www.gnupg.org/documentation/manuals/gnupg/
  gpg: '-u --local-user --default-key -r --recipient --hidden-recipient -R -o --output --homedir --options --keyserver --keyserver-options --keyring --secret-keyring --primary-keyring --trustdb-name --trust-model --compress-algo --cipher-algo --digest-algo --cert-digest-algo --passphrase --passphrase-fd --passphrase-file --pinentry-mode --status-fd --status-file --logger-fd --logger-file --command-fd --display-charset --log-file --trusted-key --import-options --export-options --list-options --verify-options --batch-size --s2k-mode --max-output --set-filename --sig-notation -N -z --compress-level --weak-digest --auto-key-locate --dirmngr-program --agent-program',
  'apt-ftparchive': '-o --option -c --config-file',
  openssl:
    ':long -in -out -inform -outform -key -keyout -days -subj -newkey -config -extensions -CA -CAkey -pass -passin -passout -digest -k -kfile -K -iv -connect -servername -addext -rand -set_serial -CAfile -CApath',
  // https://www.gnu.org/software/coreutils/manual/
  chmod: ':mode --reference',
  chown: '--reference --from',
  chgrp: '--reference --from',
  install: '-g --group -m --mode -o --owner -S --suffix -t --target-directory --strip-program --backup? --context?',
  rm: '--interactive? --preserve-root?',
  cp: '-S --suffix -t --target-directory --backup? --context? --preserve? --no-preserve --reflink? --sparse --update?',
  mv: '-S --suffix -t --target-directory --backup? --update?',
  ln: '-S --suffix -t --target-directory --backup?',
  mkdir: '-m --mode --context?',
  mknod: '-m --mode',
  mktemp: '-p --tmpdir? --suffix',
  touch: '-d --date -r --reference -t --time',
  ls: '-I --ignore -w --width -T --tabsize --block-size --color? --hide --sort --time --format',
  head: '-n --lines -c --bytes',
  tail: '-n --lines -c --bytes -s --sleep-interval --pid --max-unchanged-stats --follow?',
  cut: '-b --bytes -c --characters -d --delimiter -f --fields --output-delimiter',
  sort: '-k --key -t --field-separator -o --output -S --buffer-size -T --temporary-directory --parallel --batch-size --compress-program --files0-from --random-source --sort',
  tee: '--output-error?',
  date: '-d --date -f --file -r --reference -s --set -I? --iso-8601? --rfc-3339',
  stat: '-c --format --printf --cached',
  split: '-a --suffix-length -b --bytes -C --line-bytes -l --lines -n --number -t --separator --filter',
  truncate: '-s --size -r --reference -o',
  base64: '-w --wrap',
  // https://man7.org/linux/man-pages/man8/useradd.8.html (shadow)
  useradd:
    '-b --base-dir --badname? -c --comment -d --home-dir --home -e --expiredate -f --inactive -F? -g --gid -G --groups -k --skel -K --key -p --password -R --root -P --prefix -s --shell -u --uid -Z --selinux-user --selinux-range',
  usermod:
    '-c --comment -d --home -e --expiredate -f --inactive -g --gid -G --groups -l --login -p --password -R --root -P --prefix -s --shell -u --uid -v --add-subuids -V --del-subuids -w --add-subgids -W --del-subgids -Z --selinux-user',
  userdel: '-R --root -P --prefix',
  groupadd: '-g --gid -K --key -p --password -R --root -P --prefix -U --users',
  groupmod: '-g --gid -n --new-name -p --password -R --root -P --prefix -U --users',
  // Debian's (https://manpages.debian.org/adduser) has long options, BusyBox's short ones; no option means one thing to one and another to the other.
  adduser:
    '--home --shell --uid --firstuid --lastuid --firstgid --lastgid --gid --ingroup --gecos --comment --conf -c --skel --add-extra-groups? -h -g -s -G -u -k -d -p -b -e -f -K -R',
  addgroup: '--gid --firstgid --lastgid --conf -g',
  deluser: '--backup-to --conf --group? -c',
  passwd:
    '-i --inactive -n --mindays --minimum -x --maxdays --maximum -w --warndays --warning -r --repository -R --root -P --prefix -a?',
  chpasswd: '-c --crypt-method -R --root -P --prefix -s --sha-rounds',
  // https://man.openbsd.org/ssh-keygen
  'ssh-keygen': '-a -b -C -D -E -F -f -G -I -J -j -m -M -N -n -O -P -R -r -S -s -T -t -V -W -w -Y -Z -z',
  ssh: ':stop -B -b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -P -Q -R -S -W -w',
  scp: '-c -D -F -i -J -l -o -P -S -X',
  rsync:
    '-e --rsh -f --filter -B --block-size -T --temp-dir -M --remote-option --exclude --exclude-from --include --include-from --files-from --chmod --chown --rsync-path --password-file --port --timeout --bwlimit',
  'ssh-keyscan': '-f -O -p -T -t',
  // https://docs.aws.amazon.com/cli/latest/reference/ (every command has options of its own: the ones here are global)
  aws: '--endpoint-url --output --query --profile --region --color --ca-bundle --cli-read-timeout --cli-connect-timeout --cli-binary-format',
  'aws s3':
    '--exclude --include --acl --content-type --sse --storage-class --cache-control --expires-in --metadata --source-region --request-payer',
  'aws configure': '--profile',
  'aws ecr': '--registry-ids --repository-name --image-ids',
  'aws secretsmanager': '--secret-id --version-id --version-stage --secret-string',
  'aws ssm': '--name --names --path --value --type',
  az: '-o --output --query --subscription -g --resource-group -n --name -u --username -p --password -t --tenant --location -l --account-name --account-key --container-name --file -f --vault-name --scope',
  gcloud:
    '--account --billing-project --configuration --flags-file --format --project --verbosity --impersonate-service-account --access-token-file --key-file --zone --region --trace-token --log-http?',
  gsutil: '-o -h -i -u',
  kubectl:
    '-n --namespace --context --cluster --kubeconfig -s --server --token --user --as -f --filename -o --output -l --selector -c --container -k --kustomize --certificate-authority --client-certificate --client-key --request-timeout',
  helm: '-n --namespace --kube-context --kubeconfig --version --repo -f --values --set --set-string --set-file --registry-config --username --password --ca-file --timeout',
  // https://docs.docker.com/reference/cli/docker/
  docker: '--config -c --context -H --host -l --log-level --tlscacert --tlscert --tlskey',
  'docker run':
    ':stop --add-host --annotation -a --attach --blkio-weight --blkio-weight-device --cap-add --cap-drop --cgroup-parent --cgroupns --cidfile --cpu-count --cpu-percent --cpu-period --cpu-quota --cpu-rt-period --cpu-rt-runtime -c --cpu-shares --cpus --cpuset-cpus --cpuset-mems --detach-keys --device --device-cgroup-rule --device-read-bps --device-read-iops --device-write-bps --device-write-iops --dns --dns-opt --dns-option --dns-search --domainname --entrypoint -e --env --env-file --expose --gpus --group-add --health-cmd --health-interval --health-retries --health-start-interval --health-start-period --health-timeout -h --hostname --ip --ip6 --ipc --isolation --kernel-memory -l --label --label-file --link --link-local-ip --log-driver --log-opt --mac-address -m --memory --memory-reservation --memory-swap --memory-swappiness --mount --name --net --network --net-alias --network-alias --oom-score-adj --pid --pids-limit --platform -p --publish --pull --restart --runtime --security-opt --shm-size --stop-signal --stop-timeout --storage-opt --sysctl --tmpfs --ulimit -u --user --userns --uts -v --volume --volume-driver --volumes-from -w --workdir',
  'docker create': '=docker run',
  'docker exec': ':stop --detach-keys -e --env --env-file -u --user -w --workdir',
  'docker build':
    '--add-host --allow --annotation --attest --build-arg --build-context --builder --cache-from --cache-to --call --cgroup-parent -f --file --iidfile --label --metadata-file --network --no-cache-filter -o --output --platform --progress --provenance? --sbom? --secret --shm-size --ssh -t --tag --target --ulimit -m --memory -c --cpu-shares --cpuset-cpus --isolation --policy',
  'docker login': '-u --username -p --password',
  'docker buildx': '=docker build',
  'docker compose': '-f --file -p --project-name --env-file --profile --project-directory --ansi --progress',
  'docker pull': '--platform',
  podman: '=docker',
  'podman run': '=docker run',
  'podman build': '=docker build',
  // https://man7.org/linux/man-pages/man1/su.1.html
  su: '-c --command --session-command -s --shell -g --group -G --supp-group -w --whitelist-environment -T --pty?',
  runuser: '=su',
  sudo: ':stop -u --user -g --group -h --host -p --prompt -C --close-from -r --role -t --type -T --command-timeout -U --other-user -D --chdir -R --chroot',
  env: ':stop -u --unset -C --chdir -S --split-string -a --argv0',
  visudo: '-f --file -x --export',
  // https://man7.org/linux/man-pages/man1/find.1.html: primaries are single-dash words
  find: ':long -D -O -amin -anewer -atime -cmin -cnewer -context -ctime -fprint -fprint0 -fls -fstype -gid -group -ilname -iname -inum -ipath -iregex -iwholename -links -lname -maxdepth -mindepth -mmin -mtime -name -newer -path -perm -printf -regex -regextype -samefile -size -type -uid -used -user -wholename -xtype -exec; -execdir; -ok; -okdir;',
  sed: '-e --expression -f --file -i? --in-place? -l --line-length',
  grep: '-e --regexp -f --file -m --max-count -A --after-context -B --before-context -C --context -d --directories -D --devices --include --exclude --exclude-from --exclude-dir --label --binary-files --group-separator --color? --colour?',
  egrep: '=grep',
  fgrep: '=grep',
  awk: ':stop -f --file -F --field-separator -v --assign',
  gawk: '=awk',
  mawk: '=awk',
  xargs: ':stop -a --arg-file -d --delimiter -E -e? -I -i? -L --max-lines? -l? -n --max-args -P --max-procs -s --max-chars',
  // Shells and interpreters: what follows the script is the script's.
  sh: ':stop -o +o',
  ash: '=sh',
  dash: '=sh',
  bash: ':stop -o +o -O +O --rcfile --init-file',
  ksh: '=sh',
  zsh: '=sh',
  python: ':stop -c -m -W -X --check-hash-based-pycs',
  python2: '=python',
  python3: '=python',
  node: ':stop -e --eval -p --print -r --require --import -C --conditions --env-file --input-type --loader --experimental-loader --title',
  ruby: ':stop -e -I -r -C -E -F',
  perl: ':stop -e -E -I -M -m -F',
  php: ':stop -r -d -c -f -B -R -F -E -S -t -z',
  'docker-php-ext-install': '-j',
  java: ':long :stop -cp -classpath --class-path -p --module-path --add-modules --add-opens --add-exports --add-reads -m --module -jar',
  keytool:
    ':long -alias -file -keystore -storepass -keypass -storetype -dname -validity -keyalg -keysize -ext -destkeystore -deststorepass -srckeystore -srcstorepass',
  mvn: '-f --file -P --activate-profiles -D -s --settings -gs --global-settings -t --toolchains -pl --projects -rf --resume-from -T --threads -l --log-file',
  gradle: '-b --build-file -p --project-dir -I --init-script -g --gradle-user-home -x --exclude-task -D -P --max-workers',
  make: '-C --directory -f --file --makefile -I --include-dir -j? --jobs? -l? --load-average? -o --old-file -W --what-if --eval',
  cmake: '-B -S -C -D -U -G -T -A --build --install --preset -j? --parallel? --target -t --config --prefix',
  systemctl: '-H --host -M --machine -t --type -p --property -s --signal -n --lines -o --output',
  setcap: ':stop -n',
  'update-alternatives': '--altdir --admindir --instdir --log --root',
  localedef: '-i --inputfile -f --charmap -A --alias-file -u --repertoire-map -c? --prefix',
  mount: '-t --types -o --options -L --label -U --uuid -O --test-opts --source --target',
  nc: '-e -i -w -p -s -q -X -x -I -O -T -g -G -o',
  patch:
    '-p --strip -d --directory -i --input -o --output -r --reject-file -B --prefix -D --ifdef -F --fuzz -z --suffix -V --version-control',
  jq: '-f --from-file -L --indent --tab?',
  psql: '-c --command -d --dbname -f --file -v --set --variable -o --output -F --field-separator -P --pset -R --record-separator -T --table-attr -h --host -p --port -U --username -L --log-file',
  mysql:
    '-h --host -u --user -p? --password? -P --port -D --database -e --execute -S --socket --protocol --default-character-set',
}

/** How a tool reads its options. */
type Grammar = {
  readonly values: ReadonlySet<string>
  readonly optional: ReadonlySet<string>
  /** Their value is every word up to `;` or `+`. */
  readonly lists: ReadonlySet<string>
  /** `-name` is one option. */
  readonly long: boolean
  /** The first operand ends the options. */
  readonly stop: boolean
  /** The first word may be a cluster without its dash: `tar xzf file`. */
  readonly bundle: boolean
  /** `-x`, `-rw` are symbolic modes, not options. */
  readonly mode: boolean
  /** `-nv`, `-nc`: `-n` and the letter that it turns off are one option. */
  readonly no: boolean
}

const grammars = new Map<string, Grammar | undefined>()
const noGrammar: Grammar = {
  values: new Set(),
  optional: new Set(),
  lists: new Set(),
  long: false,
  stop: false,
  bundle: false,
  mode: false,
  no: false,
}

const grammarOf = (key: string): Grammar | undefined => {
  if (grammars.has(key)) return grammars.get(key)
  const row = Object.hasOwn(table, key) ? table[key] : undefined
  let grammar: Grammar | undefined
  if (row?.startsWith('=')) grammar = grammarOf(row.slice(1))
  else if (row !== undefined) {
    const words = row.split(' ').filter(word => word !== '')
    const options = words.filter(word => !word.startsWith(':'))
    grammar = {
      values: new Set(options.filter(word => !/[?;]$/.test(word))),
      optional: new Set(options.filter(word => word.endsWith('?')).map(word => word.slice(0, -1))),
      lists: new Set(options.filter(word => word.endsWith(';')).map(word => word.slice(0, -1))),
      long: words.includes(':long'),
      stop: words.includes(':stop'),
      bundle: words.includes(':bundle'),
      mode: words.includes(':mode'),
      no: words.includes(':no'),
    }
  }
  // Only names of the table are remembered: the names of a subject are without number.
  if (row !== undefined) grammars.set(key, grammar)
  return grammar
}

const merge = (a: Grammar, b: Grammar | undefined): Grammar =>
  b === undefined
    ? a
    : {
        values: a.values.union(b.values).difference(b.optional),
        optional: a.optional.union(b.optional).difference(b.values),
        lists: a.lists.union(b.lists),
        long: a.long || b.long,
        stop: a.stop || b.stop,
        bundle: a.bundle || b.bundle,
        mode: a.mode || b.mode,
        no: a.no || b.no,
      }

const merged = new Map<string, Grammar>()
/** The tool's grammar with what its subcommand adds. */
const withSubcommand = (tool: string, before: Grammar, subcommand: string): Grammar => {
  const key = `${tool} ${subcommand}`
  if (!Object.hasOwn(table, key)) return before
  const known = merged.get(key)
  if (known) return known
  const grammar = merge(before, grammarOf(key))
  merged.set(key, grammar)
  return grammar
}

const symbolicMode = /^-[rwxXstugo]+(?:[-+=,][-+=,rwxXstugoa]*)?$/

const joinSpans = (a: ShellWord, b: ShellWord) => ({
  start: Math.min(a.span.start, b.span.start),
  end: Math.max(a.span.end, b.span.end),
})

const nothing = { options: [], operands: [] } as const

let parents: ReadonlySet<string> | undefined
/** True when the table has rows for the tool's subcommands. */
const hasSubcommands = (name: string): boolean => {
  parents ??= new Set(
    Object.keys(table)
      .filter(key => key.includes(' '))
      .map(key => key.slice(0, key.indexOf(' '))),
  )
  return parents.has(name)
}

/**
 * Splits the words after a command's name into options and operands, as the tool `name` would. Options and operands may be mixed (GNU getopt
 * permutes) where the tool allows it; `--` ends the options. One pass over the words.
 */
export const readOptions = (
  name: string,
  args: readonly ShellWord[],
): { readonly options: readonly ShellOption[]; readonly operands: readonly ShellWord[] } => {
  if (args.length === 0) return nothing
  const options: ShellOption[] = []
  const operands: ShellWord[] = []
  const nested = hasSubcommands(name)
  let grammar = grammarOf(name) ?? noGrammar
  let at = 0

  /** Letters of one word; values come from its rest or from the words that follow. `next` is the index of the first of those. */
  const cluster = (word: ShellWord, from: number, next: number, dash: string, attached: boolean): number => {
    const { text } = word
    for (let i = from; i < text.length; i++) {
      const option = dash + text[i]
      const rest = text.slice(i + 1)
      const optional = grammar.optional.has(option)
      if (attached && (optional || rest.startsWith('=')) && rest !== '' && i >= 1) {
        // `-q=2`, `-i.bak`. An optional value is the rest, except that `-qq` and `-qy` of apt are clusters: only digits and `=` follow there.
        const equals = rest.startsWith('=')
        const numeric = /^\d+$/.test(rest)
        if (equals || numeric || !aptLike.has(name)) {
          options.push({ name: option, value: equals ? rest.slice(1) : rest, span: word.span, word })
          return next
        }
      }
      if (grammar.values.has(option)) {
        if (attached && rest !== '') {
          options.push({ name: option, value: rest, span: word.span, word })
          return next
        }
        const value = args[next]
        options.push({ name: option, value: value?.text, span: value ? joinSpans(word, value) : word.span, word })
        next += value ? 1 : 0
        if (attached) return next
      } else options.push({ name: option, value: undefined, span: word.span, word })
    }
    return next
  }

  if (grammar.bundle && args[0]?.literal && /^[A-Za-z]+$/.test(args[0].text)) at = cluster(args[0], 0, 1, '-', false)

  while (at < args.length) {
    const word = args[at]!
    const { text } = word
    at++
    if (text === '--') {
      while (at < args.length) operands.push(args[at++]!)
      break
    }
    const plus = text.startsWith('+') && grammar.values.has('+o') && text.length > 1
    if ((!text.startsWith('-') && !plus) || text === '-' || (grammar.mode && symbolicMode.test(text))) {
      operands.push(word)
      if (nested && operands.length === 1) grammar = withSubcommand(name, grammar, text)
      if (grammar.stop && !(operands.length === 1 && stopsLater.has(name))) {
        while (at < args.length) operands.push(args[at++]!)
      }
      continue
    }
    if (text.startsWith('--') || grammar.long) {
      const equals = text.indexOf('=')
      const option = equals === -1 ? text : text.slice(0, equals)
      if (equals !== -1) {
        options.push({ name: option, value: text.slice(equals + 1), span: word.span, word })
        continue
      }
      // Go's flag package, and others with single-dash words, take `--name` for `-name`.
      if (grammar.lists.has(option)) {
        const parts: string[] = []
        let last = word
        while (at < args.length) {
          const part = args[at++]!
          last = part
          if (part.text === ';' || (part.text === '+' && parts.at(-1) === '{}')) break
          parts.push(part.text)
        }
        options.push({ name: option, value: parts.join(' '), span: joinSpans(word, last), word })
      } else if (grammar.values.has(option) || (grammar.long && grammar.values.has(option.replace(/^--/, '-')))) {
        const value = args[at]
        options.push({ name: option, value: value?.text, span: value ? joinSpans(word, value) : word.span, word })
        at += value ? 1 : 0
      } else options.push({ name: option, value: undefined, span: word.span, word })
      continue
    }
    if (grammar.no && text[1] === 'n' && text.length > 2) {
      for (const letter of text.slice(2)) options.push({ name: `-n${letter}`, value: undefined, span: word.span, word })
      continue
    }
    at = cluster(word, 1, at, text[0]!, true)
  }
  return { options, operands }
}

const aptLike = new Set(['apt-get', 'apt', 'apt-cache', 'aptitude'])
/** Their first operand is a subcommand, and only its own first operand ends the options. */
const stopsLater = new Set(['docker', 'podman', 'go', 'uv'])
