import { z } from 'zod';
import { DeviceConfig } from './device-schema.ts';

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'] as const;

const name = z.string().trim().min(1).max(200);
const path = z.string().min(1).max(1_000);
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 19:00');

/** A name as the screen and the slips show it, in both languages of the kiosk. */
const Names = z.strictObject({ vi: name, en: name });

const Kiosk = z.strictObject({
  /** Names this machine towards the city and in the seal's certificate; never changes. */
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{2,62}$/, 'lower-case letters, digits and hyphens, 3 to 63 of them'),
  name,
  /** Five-digit code of the ward, commune or special zone. */
  wardCode: z.string().regex(/^\d{5}$/, 'a five-digit ward code'),
  /** Only needed for wards that the list in `wards/` does not know. */
  wardName: Names.optional(),
  /** The receiving unit, as printed on receipts. */
  serviceUnit: name,
  /** The unit that settles the dossiers; the receiving unit itself unless stated. */
  settlingUnit: name.optional(),
});

const Listen = z.strictObject({
  /** The screen's address never leaves the machine. */
  host: z.enum(LOOPBACK).default('127.0.0.1'),
  /** 0 takes a free port (demo only: the shell of an appliance must know it). */
  port: z.int().min(0).max(65_535).default(8740),
});

const Visit = z
  .strictObject({
    idleTimeoutMs: z.int().min(60_000).max(1_800_000).default(120_000),
    /** EN 301 549 and WCAG 2.2: at least 20 seconds to ask for more time. */
    idleWarningMs: z.int().min(20_000).max(300_000).default(30_000),
    /** How long the pages of a broken visit wait for their owner. */
    draftDays: z.int().min(0).max(90).default(7),
  })
  .refine((visit) => visit.idleWarningMs < visit.idleTimeoutMs, {
    path: ['idleWarningMs'],
    message: 'shorter than idleTimeoutMs',
  });

const City = z.strictObject({
  baseUrl: z.url({ protocol: /^https?$/, error: 'an http or https address' }).max(500),
  /** PEM files: receipts count only when signed by one of these. */
  receiptCertificates: z.array(path).min(1).max(10),
  agencyCode: z.string().regex(/^H\d{2}(\.\d{1,4}){1,3}$/, 'an agency code'),
  /** A request without a byte for this long is given up and repeated. */
  idleTimeoutMs: z.int().min(1_000).max(300_000).default(30_000),
  chunkBytes: z.int().min(65_536).max(67_108_864).default(4_194_304),
  retry: z
    .strictObject({
      firstDelayMs: z.int().min(100).max(600_000).default(2_000),
      longestDelayMs: z.int().min(1_000).max(3_600_000).default(300_000),
    })
    .refine((retry) => retry.firstDelayMs <= retry.longestDelayMs, {
      path: ['longestDelayMs'],
      message: 'not shorter than firstDelayMs',
    })
    .prefault({}),
  /** Mutual TLS: this kiosk's certificate, and the authorities that alone may vouch for the city. PEM files. */
  tls: z.strictObject({ certificate: path, key: path, authorities: z.array(path).min(1).max(10) }).optional(),
  /** A limit by day, none at night; without this entry the line is used as it is. */
  bandwidth: z
    .strictObject({
      kilobytesPerSecond: z.int().min(8).max(1_000_000),
      nightFrom: timeOfDay.default('19:00'),
      nightTo: timeOfDay.default('06:00'),
    })
    .optional(),
  /** Public key of the city (PEM, EC P-256): dossiers that leave on a stick are encrypted to it. */
  exportKey: path.optional(),
  /** Minutes between two questions for the city's signed catalogue; 0 asks never, and the packaged one holds. */
  contentMinutes: z.int().min(0).max(10_080).default(60),
  /** Days that an accepted dossier stays on the kiosk after the city's receipt. */
  retentionDays: z.int().min(0).max(365).default(7),
});

/** Where seals become provable for decades. Without it they stay at the level B-B: whole, but with the kiosk's own time. */
const Signing = z.strictObject({
  /** Time-stamp authority (RFC 3161). Plain http is usual: its answers are signed. */
  timeStampUrl: z.url({ protocol: /^https?$/, error: 'an http or https address' }).max(500),
  /** Certificates (PEM) of the roots that issue the kiosk's and the authorities' certificates. */
  trustFolder: path.optional(),
  /** One question to an authority. */
  timeoutMs: z.int().min(500).max(60_000).default(3_000),
  /** All questions of one submission together; what is not reached by then is reached later. */
  budgetMs: z.int().min(500).max(60_000).default(5_000),
  /** A new time-stamp goes over an old one so many days before its authority's certificate ends. */
  renewDays: z.int().min(1).max(365).default(30),
});

const Ocr = z.strictObject({
  workers: z.int().min(1).max(16).default(2),
  /** `native` is the installed program tesseract, `js` needs nothing installed; `auto` takes the first that is there. */
  engine: z.enum(['auto', 'js', 'native']).default('auto'),
  pageTimeoutMs: z.int().min(5_000).max(600_000).default(60_000),
});

/** Officers who sign at the counter, on the page `/officer`. */
const Officer = z.strictObject({
  /** PKCS#11 library of the tokens' maker; without it officers read and reject, but do not sign. */
  pkcs11Module: path.regex(/^\//, 'an absolute path').optional(),
  /** `nd30`: text only (NĐ 30/2020); `tt02`: the agency's seal as a picture as well (TT 02/2019/TT-BNV). */
  signatureProfile: z.enum(['nd30', 'tt02']).default('nd30'),
  /** PNG of the agency's red seal with its resolution stated, shown at actual size; `tt02` only. */
  sealImage: path.optional(),
});

const devices = z
  .array(DeviceConfig)
  .max(10)
  .superRefine((list, context) => {
    list.forEach((device, index) => {
      if (list.findIndex((other) => other.role === device.role) !== index)
        context.addIssue({ code: 'custom', path: [index, 'role'], message: 'each role only once' });
    });
  });

/** What one kiosk is: a JSON file, `site.json`. Unknown keys are refused, so that a typing error is never silent. */
export const SiteFile = z
  .strictObject({
    kiosk: Kiosk,
    profile: z.enum(['appliance', 'demo']).default('appliance'),
    listen: Listen.prefault({}),
    /** Database, dossiers, key: survives updates, belongs to the service alone. */
    dataFolder: path,
    /** Token of the shell and other things of one run: emptied by a reboot. */
    runFolder: path,
    screen: z
      .strictObject({
        /** Pixels across the screen ÷ its width in millimetres: 4.03 for 21.5″ at 1920 × 1080. */
        pixelsPerMillimetre: z.number().min(0.5).max(40).default(4.03),
      })
      .prefault({}),
    visit: Visit.prefault({}),
    devices,
    chip: z
      .strictObject({
        /** Certificates of the authority that issues the cards (CSCA), or master lists: without them no chip is proved. */
        trustFolder: path.default('/etc/motcua/csca'),
      })
      .prefault({}),
    city: City,
    signing: Signing.optional(),
    ocr: Ocr.prefault({}),
    officer: Officer.prefault({}),
    /** Where the simulators beside the kiosk listen; demo profile only. */
    demo: z
      .strictObject({ controlUrl: z.url({ protocol: /^http$/, error: 'an http address' }).max(500) })
      .optional(),
    log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
  })
  .superRefine((site, context) => {
    const refuse = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    const appliance = site.profile === 'appliance';
    if (site.officer.signatureProfile === 'tt02' && site.officer.sealImage === undefined)
      refuse(['officer', 'sealImage'], 'a picture of the seal, as the profile tt02 shows one');
    if (appliance && site.demo) refuse(['demo'], 'nothing here unless profile is "demo"');
    if (appliance && site.listen.port === 0) refuse(['listen', 'port'], 'a fixed port from 1 to 65535');
    if (site.demo && !isLoopback(site.demo.controlUrl))
      refuse(['demo', 'controlUrl'], 'an address on this machine');
    if (site.city.baseUrl.startsWith('http:') && !isLoopback(site.city.baseUrl))
      refuse(['city', 'baseUrl'], 'an https address (http only on this machine)');
  });
export type SiteFile = z.input<typeof SiteFile>;

function isLoopback(url: string): boolean {
  return ['127.0.0.1', '[::1]', 'localhost'].includes(new URL(url).hostname);
}
