import type { OfficerSessionView, Problem } from '@motcua/contract';
import { useState } from 'react';
import { Form, Input, Label, TextField } from 'react-aria-components';
import type { OfficerApi } from './api.ts';
import { DeskButton, ProblemBox } from './parts.tsx';
import { useOfficerTexts } from './texts.tsx';

export function Login({
  api,
  notice,
  onLanguage,
  onEnter,
}: {
  readonly api: OfficerApi;
  readonly notice: Problem | null;
  readonly onLanguage: () => void;
  readonly onEnter: (session: OfficerSessionView) => void;
}) {
  const { t } = useOfficerTexts();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [waiting, setWaiting] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(notice);
  const [offline, setOffline] = useState(false);

  async function enter(): Promise<void> {
    setWaiting(true);
    const answer = await api.logIn({ login, password });
    setWaiting(false);
    setOffline(answer.kind === 'offline');
    if (answer.kind === 'ok') return onEnter(answer.value);
    setPassword('');
    setProblem(answer.kind === 'problem' ? answer.problem : null);
  }

  return (
    <main className="login">
      <div className="login-card">
        <header>
          <img className="login-mark" src="/lotus.svg" alt="" />
          <h1>{t('login.title')}</h1>
          <p className="soft">{t('login.hint')}</p>
        </header>
        {problem && <ProblemBox problem={problem} />}
        {offline && <p role="alert">{t('offline')}</p>}
        <Form
          onSubmit={(event) => {
            event.preventDefault();
            if (!waiting && login && password) void enter();
          }}
        >
          <TextField value={login} onChange={setLogin} autoComplete="username" maxLength={64} autoFocus>
            <Label>{t('login.name')}</Label>
            <Input spellCheck="false" autoCapitalize="none" />
          </TextField>
          <TextField
            type="password"
            value={password}
            onChange={setPassword}
            autoComplete="current-password"
            maxLength={200}
          >
            <Label>{t('login.password')}</Label>
            <Input />
          </TextField>
          <DeskButton kind="primary" type="submit" isDisabled={waiting || !login || !password}>
            {t('login.enter')}
          </DeskButton>
        </Form>
      </div>
      <DeskButton kind="quiet" icon="globe" onPress={onLanguage}>
        {t('language.other')}
      </DeskButton>
    </main>
  );
}
