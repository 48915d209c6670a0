import type {
  OfficerDossierSummary,
  OfficerDossierView,
  OfficerLogin,
  OfficerSessionView,
  OfficerTokenView,
  Problem,
  SignatureAnswer,
  SignatureOrder,
} from '@motcua/contract';

/** `offline`: no answer at all. `over`: not logged in, or no longer. */
export type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'problem'; readonly problem: Problem }
  | { readonly kind: 'over'; readonly problem: Problem }
  | { readonly kind: 'offline' };

export interface OfficerApi {
  session(): Promise<Answer<OfficerSessionView>>;
  logIn(login: OfficerLogin): Promise<Answer<OfficerSessionView>>;
  logOut(): Promise<Answer<unknown>>;
  dossiers(byItself: boolean): Promise<Answer<{ readonly dossiers: readonly OfficerDossierSummary[] }>>;
  dossier(id: string): Promise<Answer<OfficerDossierView>>;
  tokens(): Promise<Answer<{ readonly tokens: readonly OfficerTokenView[] }>>;
  sign(order: SignatureOrder): Promise<Answer<SignatureAnswer>>;
  reject(id: string, reason: string): Promise<Answer<{ readonly problem: Problem | null }>>;
}

export function createOfficerApi(fetcher: typeof fetch): OfficerApi {
  async function ask<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Answer<T>> {
    let answer: Response;
    try {
      answer = await fetcher(`/officer/api/${path}`, {
        method,
        ...(method !== 'GET' && {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body ?? {}),
        }),
      });
    } catch {
      return { kind: 'offline' };
    }
    const content = (await answer.json().catch(() => null)) as (T & Partial<Problem>) | null;
    if (answer.ok && content !== null) return { kind: 'ok', value: content };
    if (!content?.what || !content.next) return { kind: 'offline' };
    const kind = content.code === 'officer-session-over' ? 'over' : 'problem';
    return { kind, problem: content as Problem };
  }
  return {
    session: () => ask('GET', 'session'),
    logIn: (login) => ask('POST', 'session', login),
    logOut: () => ask('DELETE', 'session'),
    dossiers: (byItself) => ask('GET', byItself ? 'dossiers?poll=1' : 'dossiers'),
    dossier: (id) => ask('GET', `dossiers/${id}`),
    tokens: () => ask('GET', 'tokens'),
    sign: (order) => ask('POST', 'signatures', order),
    reject: (id, reason) => ask('POST', `dossiers/${id}/rejection`, { reason }),
  };
}
