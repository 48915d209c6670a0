import type { Service } from 'bonjour-service';
import type { FoundDevice } from '../../list-devices.ts';
import { readCertificate } from './connect.ts';

/** Scanners wake for this question, and some need a second or two. */
const ANSWER_MS = 3_000;
const CERTIFICATE_MS = 2_000;
const MAX_SERVICES = 50;
const MAX_NAME = 100;

/**
 * Network scanners that speak eSCL, found by multicast DNS (`_uscan._tcp`, `_uscans._tcp`) in this network segment, as
 * addresses for the configuration; an `https` one with the certificate that it shows now. Anyone there can answer: the
 * technician compares. Takes three to five seconds; empty where there is no network.
 */
export async function discoverScanners(waitMs = ANSWER_MS): Promise<readonly FoundDevice[]> {
  const services: Service[] = [];
  // Only on request: the service never asks, and need not load it.
  const { Bonjour } = await import('bonjour-service');
  // Its fault (no network, the port taken) means that there is nothing to find.
  const bonjour = new Bonjour({}, () => undefined);
  try {
    for (const type of ['uscan', 'uscans'])
      bonjour.find({ type }, (service) => {
        if (services.length < MAX_SERVICES) services.push(service);
      });
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  } finally {
    bonjour.destroy();
  }
  const found = await Promise.all(services.map(scannerOf));
  const scanners = found.filter((scanner) => scanner !== null);
  return scanners.filter(({ uri }, at) => scanners.findIndex((other) => other.uri === uri) === at);
}

async function scannerOf(service: Service): Promise<FoundDevice | null> {
  const scheme = service.type === 'uscans' ? 'https' : 'http';
  // The name `….local` needs a resolver that knows multicast DNS; an address does not.
  const address = service.addresses?.find((one) => /^\d+(\.\d+){3}$/.test(one));
  const txt = (service.txt ?? {}) as Readonly<Record<string, unknown>>;
  const resource = typeof txt['rs'] === 'string' && /^[\w./-]{1,100}$/.test(txt['rs']) ? txt['rs'] : 'eSCL';
  if (!address) return null;
  const url = URL.parse(`${scheme}://${address}:${service.port}/${resource.replace(/^\/+|\/+$/g, '')}`);
  if (!url) return null;
  const certificate = scheme === 'https' ? await readCertificate(url, CERTIFICATE_MS) : null;
  if (scheme === 'https' && certificate === null) return null;
  const said = typeof txt['ty'] === 'string' ? txt['ty'] : service.name;
  return {
    role: 'document-scanner',
    uri: `escl:${url.href}${certificate ? `#sha256=${certificate}` : ''}`,
    name: said.replace(/\p{Cc}/gu, ' ').slice(0, MAX_NAME) || 'network scanner',
    vendorId: null,
    allowed: true,
    node: null,
  };
}
