import { z } from 'zod';
import {
  CertificateRequest,
  CityProblem,
  CommitAnswer,
  DossierManifest,
  DossierProgress,
  DossierStatus,
  IssuedCertificate,
  SignedContent,
  StatusQuestion,
  UploadOffer,
} from './city.ts';
import { DossierStatuses, StatusesQuestion } from './dossier-status.ts';

interface CityEndpoint {
  readonly method: 'get' | 'put' | 'post' | 'head' | 'patch';
  /** With `{names}` of what stands in it. */
  readonly path: string;
  readonly summary: string;
  /** Anybody may ask: no client certificate is needed. */
  readonly open?: true;
  readonly body?: z.ZodType;
  readonly answer?: z.ZodType | { readonly mediaType: string };
  readonly headers?: Readonly<Record<string, string>>;
  /** Codes of problem documents by status. */
  readonly problems?: Readonly<Record<number, string>>;
}

const TUS = { 'Tus-Resumable': '1.0.0' };

/** Every address of the city gateway. The OpenAPI document is made of this, and a test holds the gateway to it. */
export const cityEndpoints: readonly CityEndpoint[] = [
  {
    method: 'put',
    path: '/dossiers/{id}',
    summary: 'Announces a dossier; repeated as often as needed',
    body: DossierManifest,
    answer: UploadOffer,
    problems: {
      403: 'kiosk-disagrees',
      409: 'manifest-conflict',
      413: 'dossier-too-large',
      422: 'manifest-refused',
      429: 'too-many-unfinished, too-many-requests',
      503: 'storage-full',
    },
  },
  {
    method: 'get',
    path: '/dossiers/{id}',
    summary: 'How far a dossier has come',
    answer: DossierProgress,
    problems: { 404: 'dossier-unknown' },
  },
  {
    method: 'post',
    path: '/dossiers/{id}/commit',
    summary: 'The city verifies the whole, gives the dossier code and signs the receipt; always the same one',
    answer: CommitAnswer,
    problems: {
      409: 'dossier-unknown, upload-incomplete, upload-damaged, or what the verifier cannot tell',
      422: 'upload-hash-differs, kiosk-disagrees, manifest-disagrees, or what the verifier found',
      503: 'codes-used-up',
    },
  },
  {
    method: 'head',
    path: '/uploads/{id}',
    summary: 'tus 1.0: how many bytes are there (`Upload-Offset`)',
    headers: TUS,
    problems: { 404: 'upload-unknown' },
  },
  {
    method: 'patch',
    path: '/uploads/{id}',
    summary: 'tus 1.0: adds bytes at `Upload-Offset`; 204 when they are on the disk',
    headers: { ...TUS, 'Upload-Offset': 'bytes', 'Content-Type': 'application/offset+octet-stream' },
    problems: {
      404: 'upload-unknown',
      409: 'offset-differs',
      412: 'tus-version-missing',
      413: 'more-than-announced',
      503: 'storage-full, storage-unavailable',
    },
  },
  {
    method: 'post',
    path: '/status',
    summary: 'Look-up by dossier code and the secret of the receipt',
    open: true,
    body: StatusQuestion,
    answer: DossierStatus,
    problems: { 404: 'status-unknown', 422: 'question-refused', 429: 'too-many-requests' },
  },
  {
    method: 'post',
    path: '/dossiers/statuses',
    summary: 'What became of many dossiers of the kiosk that asks; for a kiosk, seldom',
    body: StatusesQuestion,
    answer: DossierStatuses,
    problems: { 422: 'question-refused' },
  },
  {
    method: 'get',
    path: '/content/catalogue',
    summary: 'The catalogue of procedures in force, signed; with `ETag`',
    answer: SignedContent,
    problems: { 404: 'content-missing' },
  },
  {
    method: 'get',
    path: '/content/configuration/{kioskId}',
    summary: 'The configuration of a kiosk, or the one of all, signed; with `ETag`',
    answer: SignedContent,
    problems: { 403: 'kiosk-disagrees', 404: 'content-missing' },
  },
  {
    method: 'post',
    path: '/certificates',
    summary: 'Certifies the next key of the kiosk that asks over its present certificate',
    body: CertificateRequest,
    answer: IssuedCertificate,
    problems: {
      404: 'renewal-not-offered',
      409: 'request-key-taken',
      422: 'request-malformed, request-key-refused, request-signature-wrong',
    },
  },
  {
    method: 'get',
    path: '/receipt-certificate',
    summary:
      'The certificate that receipts and content are signed with; to compare, never to trust for the first time',
    open: true,
    answer: { mediaType: 'application/x-pem-file' },
  },
  {
    method: 'get',
    path: '/healthz',
    summary: 'Does it answer',
    open: true,
    answer: z.object({ status: z.literal('ok') }),
  },
  {
    method: 'get',
    path: '/openapi.json',
    summary: 'This document',
    open: true,
    answer: { mediaType: 'application/json' },
  },
];

/** OpenAPI 3.1 (whose schemas are JSON Schema 2020-12, as zod writes them). */
export function cityOpenApi(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of cityEndpoints)
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method]: describe(endpoint) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Một Cửa city gateway',
      version: '1',
      description:
        'Kiosks show a client certificate whose common name is their id. Failures are RFC 9457 documents.',
    },
    components: {
      schemas: { CityProblem: schemaOf(CityProblem) },
      securitySchemes: { kiosk: { type: 'mutualTLS' } },
    },
    paths,
  };
}

function describe(endpoint: CityEndpoint): object {
  const names = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
  const { answer, body, problems = {} } = endpoint;
  const media =
    answer === undefined
      ? undefined
      : answer instanceof z.ZodType
        ? { 'application/json': { schema: schemaOf(answer) } }
        : { [answer.mediaType]: {} };
  const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/CityProblem' } } };
  return {
    summary: endpoint.summary,
    security: endpoint.open ? [] : [{ kiosk: [] }],
    parameters: [
      ...names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      ...Object.entries(endpoint.headers ?? {}).map(([name, example]) => ({
        name,
        in: 'header',
        required: true,
        schema: { type: 'string' },
        example,
      })),
    ],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body) } } } }),
    responses: {
      [endpoint.method === 'patch' ? '204' : '200']: {
        description: 'done',
        ...(media === undefined ? {} : { content: media }),
      },
      ...Object.fromEntries(
        Object.entries(problems).map(([status, codes]) => [status, { description: codes, content: problem }]),
      ),
    },
  };
}

function schemaOf(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' }) as Record<string, unknown>;
  return rest;
}
