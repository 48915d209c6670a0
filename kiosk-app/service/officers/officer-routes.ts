import { createHash, X509Certificate } from 'node:crypto';
import {
  OfficerLogin,
  type OfficerSessionView,
  type OfficerTokenView,
  problem,
  RejectionOrder,
  type SignatureAnswer,
  SignatureOrder,
} from '@motcua/contract';
import { type Result, sameVietnameseName, ulidPattern } from '@motcua/core';
import type { TokenError, TokenFacts } from '@motcua/ocr-pipeline/dossier';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Officer, OfficerAccounts } from './accounts.ts';
import type { CaseFiles } from './case-files.ts';
import { type Case, type Cases, fieldArea } from './cases.ts';
import { OFFICER_COOKIE, type OfficerSessions } from './officer-sessions.ts';
import type { SigningDesk } from './signing-desk.ts';

export interface OfficerRouteDeps {
  readonly accounts: OfficerAccounts;
  readonly sessions: OfficerSessions;
  readonly cases: Cases;
  readonly caseFiles: CaseFiles;
  readonly desk: SigningDesk;
  /** Null where no library of a token's maker is configured. */
  readonly listTokens: (() => Promise<Result<readonly TokenFacts[], TokenError>>) | null;
  readonly audit: AuditLog;
  readonly now: () => Date;
  readonly about: Pick<OfficerSessionView, 'kioskName' | 'wardName'>;
}

const COOKIE = { httpOnly: true, sameSite: 'strict', path: '/officer' } as const;

type Handler = (officer: Officer, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** The routes of the officer's page. The guard in front of all routes has checked Host, Origin and content type. */
export function addOfficerRoutes(app: FastifyInstance, deps: OfficerRouteDeps): void {
  const { accounts, sessions, cases, caseFiles, desk, audit } = deps;

  const sessionView = (officer: Officer): OfficerSessionView => ({
    officer: { login: officer.login, fullName: officer.fullName, position: officer.position },
    ...deps.about,
    canSign: deps.listTokens !== null,
  });
  const refuse = (reply: FastifyReply, status: number, code: string) =>
    reply.code(status).send(problem(code));

  /** Only for an officer who is logged in. Answers hold personal data: no cache keeps them. */
  const forOfficer = (handler: Handler) => async (request: FastifyRequest, reply: FastifyReply) => {
    reply.header('cache-control', 'no-store');
    // What the page asks by itself must not keep a session alive that nobody sits at.
    const { poll } = request.query as { poll?: string };
    const id = sessions.use(request.cookies[OFFICER_COOKIE] ?? '', poll === undefined);
    // An account that was closed meanwhile ends at the next request.
    const officer = id === null ? null : accounts.get(id);
    return officer ? handler(officer, request, reply) : refuse(reply, 401, 'officer-session-over');
  };

  app.post('/officer/api/session', async (request, reply) => {
    const parsed = OfficerLogin.safeParse(request.body);
    if (!parsed.success) return refuse(reply, 400, 'request-invalid');
    const entered = await accounts.logIn(parsed.data.login, parsed.data.password);
    if (!entered.ok) {
      const { code } = entered.error;
      audit.record('officer-login-refused', null, { code });
      if (code === 'officer-login-wrong') return refuse(reply, 401, code);
      reply.header('retry-after', entered.error.retryAfterSeconds);
      return refuse(reply, 429, code);
    }
    sessions.close(request.cookies[OFFICER_COOKIE] ?? '');
    audit.record('officer-logged-in', null, { officer: entered.value.id });
    return reply
      .setCookie(OFFICER_COOKIE, sessions.open(entered.value.id), COOKIE)
      .header('cache-control', 'no-store')
      .send(sessionView(entered.value));
  });
  app.get(
    '/officer/api/session',
    forOfficer(async (officer) => sessionView(officer)),
  );
  app.delete('/officer/api/session', async (request, reply) => {
    sessions.close(request.cookies[OFFICER_COOKIE] ?? '');
    return reply.clearCookie(OFFICER_COOKIE, COOKIE).send({ ok: true });
  });

  app.get(
    '/officer/api/dossiers',
    forOfficer(async () => ({ dossiers: await cases.list() })),
  );
  app.get(
    '/officer/api/dossiers/:id',
    forOfficer(async (officer, request, reply) => {
      const found = findCase(request);
      const view = found && (await cases.view(found));
      if (!view) return refuse(reply, 404, 'dossier-gone');
      audit.record('officer-opened', null, { officer: officer.id, dossier: view.id });
      return view;
    }),
  );
  app.get(
    '/officer/api/dossiers/:id/papers/:paper/pages/:page',
    forOfficer(async (_, request, reply) => {
      const page = await findPage(request);
      const picture = page && (await caseFiles.picture(page));
      return picture ? reply.type('image/jpeg').send(picture) : refuse(reply, 404, 'dossier-gone');
    }),
  );
  app.get(
    '/officer/api/dossiers/:id/papers/:paper/pages/:page/fields/:field',
    forOfficer(async (_, request, reply) => {
      const page = await findPage(request);
      const box = page?.facts.fields[indexOf(request, 'field')]?.box;
      const area = page && box ? fieldArea(box, page.facts) : null;
      const picture = page && area && (await caseFiles.picture(page, area));
      return picture ? reply.type('image/jpeg').send(picture) : refuse(reply, 404, 'dossier-gone');
    }),
  );

  app.get(
    '/officer/api/tokens',
    forOfficer(async (officer, _, reply) => {
      if (!deps.listTokens) return refuse(reply, 503, 'token-module-missing');
      const listed = await deps.listTokens();
      if (!listed.ok) return refuse(reply, 503, listed.error.code);
      return { tokens: listed.value.map((token) => tokenView(token, officer, deps.now())) };
    }),
  );
  app.post(
    '/officer/api/signatures',
    forOfficer(async (officer, request, reply) => {
      const parsed = SignatureOrder.safeParse(request.body);
      if (!parsed.success) return refuse(reply, 400, 'request-invalid');
      const { dossierIds, role, serial, fingerprint, pin } = parsed.data;
      const signed = await desk.sign({ officer, dossierIds, role, choice: { serial, fingerprint }, pin });
      const answer: SignatureAnswer = signed.ok
        ? {
            outcomes: signed.value.map(({ dossierId, code }) => ({
              dossierId,
              problem: code === null ? null : problem(code),
            })),
            problem: null,
          }
        : { outcomes: [], problem: problem(signed.error.code) };
      return answer;
    }),
  );
  app.post(
    '/officer/api/dossiers/:id/rejection',
    forOfficer(async (officer, request, reply) => {
      const parsed = RejectionOrder.safeParse(request.body);
      const { id } = request.params as { id: string };
      if (!parsed.success || !ulidPattern.test(id)) return refuse(reply, 400, 'request-invalid');
      const code = await desk.reject(officer, id, parsed.data.reason.normalize('NFC'));
      return code === null ? { problem: null } : { problem: problem(code) };
    }),
  );

  function findCase(request: FastifyRequest): Case | null {
    const { id } = request.params as { id: string };
    return ulidPattern.test(id) ? cases.find(id) : null;
  }

  async function findPage(request: FastifyRequest) {
    const found = findCase(request);
    const about = found && (await cases.metadata(found));
    const paper = about?.papers[indexOf(request, 'paper')];
    const index = indexOf(request, 'page');
    const facts = paper?.pages[index];
    if (!found || !paper || !facts) return null;
    const { folder } = await caseFiles.open(found.newest);
    return { folder, document: paper.document, number: index + 1, dpi: facts.dpi, facts };
  }
}

function indexOf(request: FastifyRequest, name: string): number {
  const text = (request.params as Record<string, string>)[name] ?? '';
  return /^\d{1,3}$/.test(text) ? Number(text) : -1;
}

function tokenView(token: TokenFacts, officer: Officer, now: Date): OfficerTokenView {
  const { label, serial, pin, pinPad } = token;
  const certificates = token.certificates.map((der) => {
    const certificate = new X509Certificate(Buffer.from(der, 'base64'));
    const name = commonName(certificate.subject);
    return {
      fingerprint: createHash('sha256').update(certificate.raw).digest('hex'),
      name,
      issuer: commonName(certificate.issuer),
      validUntil: certificate.validToDate.toISOString(),
      current: certificate.validFromDate <= now && now <= certificate.validToDate,
      own: sameVietnameseName(name, officer.fullName),
    };
  });
  return { label, serial, pin, pinPad, certificates };
}

/** Of a distinguished name as Node writes it, one attribute a line; the whole when it has no common name. */
function commonName(distinguishedName: string): string {
  return /^CN=(.+)$/m.exec(distinguishedName)?.[1] ?? distinguishedName;
}
