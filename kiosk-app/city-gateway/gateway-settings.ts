import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { err, ok, type Result } from '@motcua/core';

/** How an operator wants one gateway process to run. */
export interface GatewaySettings {
  /** This process's own folder: embedded database and bytes, or the spool; never shared by two. */
  readonly dataFolder: string;
  readonly trustFolder: string;
  readonly receiptKeyFolder: string;
  readonly contentFolder: string;
  readonly dueRulesFile: string;
  readonly host: string;
  readonly port: number;
  /** `sqlite:` or `postgres://…` */
  readonly database: string;
  /** `disk:` or `s3://bucket/prefix` */
  readonly store: string;
  readonly s3: { readonly endpoint?: string; readonly region: string };
  readonly tls: TlsFiles | null;
  readonly maxDossierBytes: number;
  readonly requestsPerMinute: number;
  readonly keepUnfinishedDays: number;
  /** The city's own system; null: accepted dossiers stay here until one is named. */
  readonly citySystem: {
    readonly url: string;
    readonly unit: string;
    readonly user: string;
    readonly password: string;
  } | null;
  readonly logLevel: string;
}

export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  readonly clientAuthorities: string;
  readonly revocationList: string | null;
  /** Certificate and key of the authority that renews kiosks' certificates. */
  readonly authority: { readonly certificate: string; readonly key: string } | null;
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

/** From the command line and the environment. The error says in English what is wrong with which setting. */
export function readSettings(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Result<GatewaySettings, string> {
  const of = (name: string) => env[`MOTCUA_CITY_${name}`] ?? '';
  let values: Record<string, string | undefined>;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        trust: { type: 'string' },
        port: { type: 'string' },
        host: { type: 'string' },
        'due-rules': { type: 'string' },
      },
    }));
  } catch (error) {
    return err((error as Error).message);
  }
  const dataFolder = values['data'] ?? of('DATA');
  const trustFolder = values['trust'] ?? of('TRUST');
  if (dataFolder === '' || trustFolder === '') return err('--data and --trust are needed');
  const host = values['host'] ?? (of('HOST') || '127.0.0.1');
  const database = of('DB') || 'sqlite:';
  const store = of('STORE') || 'disk:';
  const tls = readTls(of);
  const port = wholeNumber(values['port'] ?? of('PORT'), 8742, 65_535);
  const maxDossierBytes = wholeNumber(of('MAX_BYTES'), 2_147_483_648, 2_147_483_648);
  const requestsPerMinute = wholeNumber(of('REQUESTS_PER_MINUTE'), 1_200, 1_000_000_000);
  const keepUnfinishedDays = wholeNumber(of('KEEP_UNFINISHED_DAYS'), 60, 3_650);
  if (port === undefined) return err('the port is no port');
  if (maxDossierBytes === undefined || requestsPerMinute === undefined || keepUnfinishedDays === undefined)
    return err('MAX_BYTES, REQUESTS_PER_MINUTE and KEEP_UNFINISHED_DAYS are whole numbers');
  if (database !== 'sqlite:' && !/^postgres(ql)?:\/\//.test(database))
    return err('MOTCUA_CITY_DB is sqlite: or postgres://…');
  if (store !== 'disk:' && !/^s3:\/\/[a-z0-9]/.test(store))
    return err('MOTCUA_CITY_STORE is disk: or s3://bucket/prefix');
  if (!tls.ok) return tls;
  if (tls.value === null && !LOOPBACK.test(host))
    return err('without a certificate (MOTCUA_CITY_TLS_CERT …) the gateway listens on loopback only');
  return ok({
    dataFolder,
    trustFolder,
    receiptKeyFolder: of('RECEIPT_KEY') || join(dataFolder, 'receipt-key'),
    contentFolder: of('CONTENT') || join(dataFolder, 'content'),
    dueRulesFile: values['due-rules'] ?? join(import.meta.dirname, 'due-rules.json'),
    host,
    port,
    database,
    store,
    s3: {
      region: of('S3_REGION') || env['AWS_REGION'] || 'us-east-1',
      ...(of('S3_ENDPOINT') === '' ? {} : { endpoint: of('S3_ENDPOINT') }),
    },
    tls: tls.value,
    maxDossierBytes,
    requestsPerMinute,
    keepUnfinishedDays,
    citySystem:
      of('SYSTEM_URL') === ''
        ? null
        : {
            url: of('SYSTEM_URL'),
            unit: of('SYSTEM_UNIT'),
            user: of('SYSTEM_USER'),
            password: of('SYSTEM_PASSWORD'),
          },
    logLevel: env['MOTCUA_LOG_LEVEL'] || 'info',
  });
}

function readTls(of: (name: string) => string): Result<TlsFiles | null, string> {
  const [certificate, key, clientAuthorities] = [of('TLS_CERT'), of('TLS_KEY'), of('TLS_CLIENT_CA')];
  const [caCertificate, caKey] = [of('CA_CERT'), of('CA_KEY')];
  if (certificate === '' && key === '' && clientAuthorities === '') return ok(null);
  if (certificate === '' || key === '' || clientAuthorities === '')
    return err('MOTCUA_CITY_TLS_CERT, MOTCUA_CITY_TLS_KEY and MOTCUA_CITY_TLS_CLIENT_CA belong together');
  if ((caCertificate === '') !== (caKey === ''))
    return err('MOTCUA_CITY_CA_CERT and MOTCUA_CITY_CA_KEY belong together');
  return ok({
    certificate,
    key,
    clientAuthorities,
    revocationList: of('TLS_CRL') || null,
    authority: caCertificate === '' ? null : { certificate: caCertificate, key: caKey },
  });
}

function wholeNumber(text: string, otherwise: number, most: number): number | undefined {
  if (text === '') return otherwise;
  const value = Number(text);
  return /^\d+$/.test(text) && value <= most ? value : undefined;
}
