import type { Language, OfficerSessionView, Problem } from '@motcua/contract';
import { useCallback, useEffect, useState } from 'react';
import type { OfficerApi } from './api.ts';
import { Desk } from './desk.tsx';
import { Login } from './login.tsx';
import { OfficerTextsProvider } from './texts.tsx';

const RETRY_MS = 3_000;

/** Who sits here decides what is shown; when a session ends, everything of it goes from the page. */
export function OfficerApp({ api }: { readonly api: OfficerApi }) {
  const [language, setLanguage] = useState<Language>('vi');
  const [session, setSession] = useState<OfficerSessionView | null>();
  const [notice, setNotice] = useState<Problem | null>(null);

  const look = useCallback(async () => {
    const answer = await api.session();
    if (answer.kind === 'ok') setSession(answer.value);
    else if (answer.kind === 'offline') setTimeout(() => void look(), RETRY_MS);
    else setSession(null);
  }, [api]);
  useEffect(() => void look(), [look]);

  const switchLanguage = () => setLanguage((now) => (now === 'vi' ? 'en' : 'vi'));
  const leave = (problem: Problem | null) => {
    setNotice(problem);
    setSession(null);
  };

  return (
    <OfficerTextsProvider language={language}>
      {session === null && (
        <Login
          api={api}
          notice={notice}
          onLanguage={switchLanguage}
          onEnter={(entered) => {
            setNotice(null);
            setSession(entered);
          }}
        />
      )}
      {session && <Desk api={api} session={session} onLanguage={switchLanguage} onOver={leave} />}
    </OfficerTextsProvider>
  );
}
