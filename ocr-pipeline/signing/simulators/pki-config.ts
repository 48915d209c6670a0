/** Configuration files for `openssl ca` and `openssl ts`. */
export type LeafUse = 'signer' | 'signer-without-addresses' | 'ocsp' | 'tsa';

export function caConfig(name: string, url: string): string {
  return `[ca]
default_ca = it
[it]
database = ${name}.index
certificate = ${name}.pem
private_key = ${name}.key
new_certs_dir = .
rand_serial = yes
default_md = sha256
default_days = 365
default_crl_days = 30
policy = any
[any]
commonName = supplied
serialNumber = optional
[req]
distinguished_name = name
[name]
[root]
${extensions('root', url)}[signer]
${extensions('signer', url)}[signer-without-addresses]
${extensions('signer-without-addresses', url)}[ocsp]
${extensions('ocsp', url)}[tsa]
${extensions('tsa', url)}`;
}

export function extensions(use: LeafUse | 'root' | 'issuing', url: string): string {
  const status = `authorityInfoAccess = OCSP;URI:${url}/ocsp,caIssuers;URI:${url}/issuing.crt
crlDistributionPoints = URI:${url}/issuing.crl
`;
  const key = 'subjectKeyIdentifier = hash\n';
  const leaf = `basicConstraints = critical,CA:FALSE\n${key}authorityKeyIdentifier = keyid\n`;
  const authority = `basicConstraints = critical,CA:TRUE\nkeyUsage = critical,keyCertSign,cRLSign\n${key}`;
  switch (use) {
    case 'root':
      return authority;
    case 'issuing':
      return `${authority}authorityKeyIdentifier = keyid\ncrlDistributionPoints = URI:${url}/root.crl\n`;
    case 'signer':
      return `${leaf}keyUsage = critical,digitalSignature,nonRepudiation\n${status}`;
    case 'signer-without-addresses':
      return `${leaf}keyUsage = critical,digitalSignature,nonRepudiation\n`;
    case 'ocsp':
      return `${leaf}keyUsage = critical,digitalSignature\nextendedKeyUsage = OCSPSigning\nnoCheck = ignored\n`;
    case 'tsa':
      return `${leaf}keyUsage = critical,digitalSignature\nextendedKeyUsage = critical,timeStamping\n${status}`;
  }
}

export function tsaConfig(): string {
  return `[tsa]
default_tsa = it
[it]
serial = tsa.serial
crypto_device = builtin
signer_cert = tsa.pem
certs = chain.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.57264.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`;
}
