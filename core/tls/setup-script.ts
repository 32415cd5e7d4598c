import { quoteArgv } from '../virsh/quote.ts';

/** A host that gets certificates for migrations. */
export interface TlsHost {
  readonly name: string;
  /** Words for ssh: options and destination, e.g. `-p 2222 root@kvm01`. */
  readonly ssh: readonly string[];
  /** Host names and addresses under which the other hosts reach it; each is put into its certificate. */
  readonly names: readonly string[];
}

export interface TlsSetup {
  readonly hosts: readonly TlsHost[];
  /** Folder of the certificates on the hosts; QEMU's default is /etc/pki/qemu. */
  readonly folder: string;
  /** Days that the certificates are good for. */
  readonly days: number;
}

/** What can stand in a certificate and, unquoted, in a shell. */
export function isCertifiableName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(name) || isIpv6(name);
}

function isAddress(name: string): boolean {
  return /^\d+(\.\d+){3}$/.test(name) || isIpv6(name);
}

function isIpv6(name: string): boolean {
  return /^[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*$/.test(name) && name.includes(':');
}

/**
 * A shell script that makes a certificate authority on the machine where it runs and certificates
 * for the hosts. It is there to be read first. The authority's key stays in its folder; each host
 * makes its own keys, which never leave it. Nothing that exists is changed. Throws on a name or
 * folder that could not stand in it; check them first.
 */
export function tlsSetupScript({ hosts, folder, days }: TlsSetup): string {
  if (!/^\/[A-Za-z0-9._/-]+$/.test(folder)) throw new Error(`not a plain folder: ${folder}`);
  const calls = hosts.map(({ name, ssh, names }) => {
    for (const each of [name, ...names]) {
      if (!isCertifiableName(each)) throw new Error(`not a name for a certificate: ${each}`);
    }
    const all = [...new Set([name, ...names])];
    const alternatives = all.map((each) => `${isAddress(each) ? 'IP' : 'DNS'}:${each}`);
    return `host ${quoteArgv([name, alternatives.join(','), ...ssh])}`;
  });
  return `${preamble}
folder=${folder}
days=${String(days)}

${program}
authority
${calls.join('\n')}
echo "Done. Write \\"tls: true\\" under policy; a daemon need not be restarted."
`;
}

const preamble = `#!/bin/sh
# Certificates for encrypted migrations. Read this, then run it: sh tls-setup.sh
# It makes a certificate authority in $LIVEMIGRATE_CA (default ./livemigrate-ca) on this machine, or
# takes the one that is there, and signs a server and a client certificate for each host. Guard that
# folder: whoever has ca-key.pem can send guests to your hosts. It goes to no host and no log.
# It needs openssl here, openssl or certtool (gnutls-bin) on the hosts, and root there.
# Set SSH to use another ssh, e.g. SSH='ssh -F my-config'.
set -eu
umask 077
ca=\${LIVEMIGRATE_CA:-./livemigrate-ca}`;

const program = `authority() {
  mkdir -p "$ca"
  [ -e "$ca/ca-key.pem" ] && return
  openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$ca/ca-key.pem"
  openssl req -x509 -new -key "$ca/ca-key.pem" -days "$days" -subj "/CN=Live Migrate authority" \\
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" \\
    -out "$ca/ca-cert.pem"
}

# Runs on the host: $1 folder, $2 name. Makes two keys and prints two signing requests.
make_keys='set -eu
umask 077
for file in ca-cert server-cert server-key client-cert client-key; do
  [ ! -e "$1/$file.pem" ] || { echo "$1/$file.pem exists; nothing was changed" >&2; exit 73; }
done
(umask 022; mkdir -p "$1")
rm -rf "$1/livemigrate-new"
mkdir "$1/livemigrate-new"
cd "$1/livemigrate-new"
for role in server client; do
  if command -v openssl >/dev/null; then
    openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out $role-key.pem
    openssl req -new -key $role-key.pem -subj "/CN=$2" -out $role.csr
  else
    echo "cn = \\"$2\\"" >$role.template
    certtool --generate-privkey --key-type ecdsa --curve secp256r1 --outfile $role-key.pem >&2
    certtool --generate-request --load-privkey $role-key.pem --template $role.template --outfile $role.csr >&2
  fi
  cat $role.csr
done'

# Runs on the host: $1 folder. Reads the certificates and puts all in place, readable for QEMU.
install_certificates='set -eu
umask 077
cd "$1/livemigrate-new"
awk "/^#file /{ file = \\$2; next } { print >file }"
for group in qemu libvirt-qemu kvm root; do ! getent group $group >/dev/null || break; done
for file in ca-cert.pem server-cert.pem client-cert.pem server-key.pem client-key.pem; do
  chgrp $group $file
  case $file in *-key.pem) chmod 640 $file ;; *) chmod 644 $file ;; esac
  ln $file "../$file"
done
cd ..
rm -rf livemigrate-new
ls -l ./*.pem'

# host NAME ALTERNATIVE_NAMES SSH_WORDS...
host() {
  name=$1 alternatives=$2
  shift 2
  echo "== $name ($alternatives)"
  work=$(mktemp -d)
  \${SSH:-ssh} "$@" "sh -c '$make_keys' make-keys $folder $name" </dev/null >"$work/requests"
  awk -v folder="$work" '/BEGIN/{ n++ } { print >(folder "/" n ".csr") }' "$work/requests"
  sign "$work/1.csr" serverAuth >"$work/server-cert.pem"
  sign "$work/2.csr" clientAuth >"$work/client-cert.pem"
  {
    echo "#file ca-cert.pem"
    cat "$ca/ca-cert.pem"
    echo "#file server-cert.pem"
    cat "$work/server-cert.pem"
    echo "#file client-cert.pem"
    cat "$work/client-cert.pem"
  } | \${SSH:-ssh} "$@" "sh -c '$install_certificates' install $folder"
  rm -rf "$work"
}

# sign REQUEST USE
sign() {
  printf '%s\\n' "subjectAltName=$alternatives" "basicConstraints=critical,CA:FALSE" \\
    "keyUsage=digitalSignature,keyEncipherment" "extendedKeyUsage=$2" >"$work/extensions"
  openssl x509 -req -in "$1" -CA "$ca/ca-cert.pem" -CAkey "$ca/ca-key.pem" \\
    -set_serial "0x$(openssl rand -hex 16 | sed 's/^./4/')" -days "$days" -extfile "$work/extensions"
}
`;
