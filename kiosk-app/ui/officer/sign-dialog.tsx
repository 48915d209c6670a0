import type { OfficerDossierSummary, OfficerTokenView, Problem, SignatureAnswer } from '@motcua/contract';
import { useCallback, useEffect, useState } from 'react';
import { Form, Input, Label, Radio, RadioGroup, Text, TextField } from 'react-aria-components';
import { Icon } from '../components/icon.tsx';
import type { OfficerApi } from './api.ts';
import { DeskButton, DeskDialog, ProblemBox } from './parts.tsx';
import { type OfficerTextKey, useOfficerTexts } from './texts.tsx';

export interface SigningOrder {
  readonly role: 'officer' | 'agency';
  readonly dossiers: readonly Pick<OfficerDossierSummary, 'id' | 'submitter'>[];
}

const PIN_WARNINGS: Readonly<Record<OfficerTokenView['pin'], OfficerTextKey | null>> = {
  ready: null,
  'few-left': 'sign.few-left',
  'last-try': 'sign.last-try',
  locked: 'sign.locked',
  expired: 'sign.not-set',
  'not-set': 'sign.not-set',
};

/** Choose a certificate, type the PIN, sign; then what became of each dossier. */
export function SignDialog({
  api,
  order,
  onClose,
  onOver,
}: {
  readonly api: OfficerApi;
  readonly order: SigningOrder;
  readonly onClose: (signedSome: boolean) => void;
  readonly onOver: (problem: Problem) => void;
}) {
  const { t } = useOfficerTexts();
  const [tokens, setTokens] = useState<readonly OfficerTokenView[] | null>(null);
  const [choice, setChoice] = useState<string | null>(null);
  const [pin, setPin] = useState('');
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [answer, setAnswer] = useState<SignatureAnswer | null>(null);
  const count = order.dossiers.length;

  const look = useCallback(async () => {
    setTokens(null);
    const found = await api.tokens();
    if (found.kind === 'over') return onOver(found.problem);
    setProblem(found.kind === 'problem' ? found.problem : null);
    const listed = found.kind === 'ok' ? found.value.tokens : [];
    setTokens(listed);
    // The only usable certificate in the officer's own name needs no choosing.
    const own = listed
      .flatMap((token) => token.certificates.map((one) => ({ ...one, key: keyOf(token, one) })))
      .filter((one) => one.current && (order.role === 'agency' || one.own));
    setChoice((now) => now ?? (own.length === 1 ? own[0]!.key : null));
  }, [api, onOver, order.role]);
  useEffect(() => void look(), [look]);

  const chosen = tokens
    ?.flatMap((token) => token.certificates.map((certificate) => ({ token, certificate })))
    .find(({ token, certificate }) => keyOf(token, certificate) === choice);
  const warning = chosen ? PIN_WARNINGS[chosen.token.pin] : null;
  const blocked = !chosen?.certificate.current || chosen.token.pin === 'locked';
  const ready = !blocked && (chosen.token.pinPad || pin !== '');

  async function sign(): Promise<void> {
    if (!chosen) return;
    setWorking(true);
    setProblem(null);
    const signed = await api.sign({
      dossierIds: order.dossiers.map((one) => one.id),
      role: order.role,
      serial: chosen.token.serial,
      fingerprint: chosen.certificate.fingerprint,
      pin: chosen.token.pinPad ? null : pin,
    });
    setPin('');
    setWorking(false);
    if (signed.kind === 'over') return onOver(signed.problem);
    if (signed.kind === 'problem') return setProblem(signed.problem);
    if (signed.kind === 'offline') return;
    if (signed.value.problem === null) return setAnswer(signed.value);
    setProblem(signed.value.problem);
    // A wrong PIN changes what the token says of its tries.
    void look().then(() => setProblem(signed.value.problem));
  }

  const title =
    count === 1
      ? t('sign.title-one', { name: order.dossiers[0]!.submitter })
      : t('sign.title-many', { count });
  if (answer) return <Outcome title={title} order={order} answer={answer} onClose={onClose} />;
  return (
    <DeskDialog title={title} isBusy={working} onClose={() => onClose(false)}>
      <Form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !working) void sign();
        }}
      >
        <p className="soft">{t(order.role === 'officer' ? 'sign.what-officer' : 'sign.what-agency')}</p>
        {tokens === null && <p role="status">{t('sign.looking')}</p>}
        {tokens?.length === 0 && !problem && <p role="status">{t('sign.no-token')}</p>}
        {tokens !== null && tokens.length > 0 && (
          <RadioGroup className="certificates" value={choice} onChange={setChoice} isDisabled={working}>
            <Label>{t('sign.certificate')}</Label>
            {tokens.flatMap((token) =>
              token.certificates.map((certificate) => (
                <CertificateChoice
                  key={keyOf(token, certificate)}
                  token={token}
                  certificate={certificate}
                  role={order.role}
                />
              )),
            )}
          </RadioGroup>
        )}
        {warning && (
          <p className="pin-warning" role="status">
            <Icon name="warning" />
            {t(warning)}
          </p>
        )}
        {chosen?.token.pinPad ? (
          <p>{t('sign.pin-pad')}</p>
        ) : (
          <TextField
            className="pin"
            type="password"
            value={pin}
            onChange={setPin}
            maxLength={64}
            isDisabled={blocked || working}
            autoComplete="off"
          >
            <Label>{t('sign.pin')}</Label>
            <Input />
            <Text slot="description" className="soft">
              {t('sign.pin-hint')}
            </Text>
          </TextField>
        )}
        {problem && <ProblemBox problem={problem} />}
        {working && <p role="status">{t('sign.working', { count })}</p>}
        <footer className="dialog-actions">
          <DeskButton kind="quiet" icon="turn" onPress={() => void look()} isDisabled={working}>
            {t('sign.look-again')}
          </DeskButton>
          <DeskButton onPress={() => onClose(false)} isDisabled={working}>
            {t('cancel')}
          </DeskButton>
          <DeskButton kind="primary" icon="check" type="submit" isDisabled={!ready || working}>
            {t('sign.now')}
          </DeskButton>
        </footer>
      </Form>
    </DeskDialog>
  );
}

type Certificate = OfficerTokenView['certificates'][number];

function keyOf(token: OfficerTokenView, certificate: Certificate): string {
  return `${token.serial} ${certificate.fingerprint}`;
}

function CertificateChoice({
  token,
  certificate,
  role,
}: {
  readonly token: OfficerTokenView;
  readonly certificate: Certificate;
  readonly role: SigningOrder['role'];
}) {
  const { t, day } = useOfficerTexts();
  const remark = !certificate.current
    ? t('sign.expired')
    : role === 'officer' && !certificate.own
      ? t('sign.other-name')
      : null;
  return (
    <Radio value={keyOf(token, certificate)} className="certificate">
      <span className="dot" aria-hidden="true" />
      <span className="certificate-words">
        <strong lang="vi">{certificate.name}</strong>
        <span className="soft">
          {t('sign.issuer', { issuer: certificate.issuer, date: day(certificate.validUntil) })}
        </span>
        <span className="soft">{t('sign.token', { label: token.label, serial: token.serial })}</span>
        {remark && (
          <span className="certificate-remark">
            <Icon name="warning" />
            {remark}
          </span>
        )}
      </span>
    </Radio>
  );
}

function Outcome({
  title,
  order,
  answer,
  onClose,
}: {
  readonly title: string;
  readonly order: SigningOrder;
  readonly answer: SignatureAnswer;
  readonly onClose: (signedSome: boolean) => void;
}) {
  const { t, say } = useOfficerTexts();
  const left = answer.outcomes.filter((one) => one.problem !== null);
  const done = answer.outcomes.length - left.length;
  const nameOf = (id: string) => order.dossiers.find((one) => one.id === id)?.submitter ?? '';
  return (
    <DeskDialog title={title} onClose={() => onClose(true)}>
      {done > 0 && (
        <p className="outcome-good" role="status">
          <Icon name="check" />
          {t('sign.done', { count: done })}
        </p>
      )}
      {left.length > 0 && (
        <div role="alert">
          <p className="outcome-left">{t('sign.some-left', { count: left.length })}</p>
          <ul className="outcome-list">
            {left.map(({ dossierId, problem }) => (
              <li key={dossierId}>
                <strong lang="vi">{nameOf(dossierId)}</strong>
                {problem && (
                  <span>
                    {say(problem.what)} {say(problem.next)}
                  </span>
                )}
              </li>
            ))}
          </ul>
        </div>
      )}
      <footer className="dialog-actions">
        <DeskButton kind="primary" onPress={() => onClose(true)}>
          {t('close')}
        </DeskButton>
      </footer>
    </DeskDialog>
  );
}
