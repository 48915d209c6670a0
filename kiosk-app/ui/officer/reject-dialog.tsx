import type { OfficerDossierView, Problem } from '@motcua/contract';
import { useState } from 'react';
import { Form, Label, TextArea, TextField } from 'react-aria-components';
import type { OfficerApi } from './api.ts';
import { DeskButton, DeskDialog, ProblemBox } from './parts.tsx';
import { useOfficerTexts } from './texts.tsx';

const SUGGESTIONS = ['reject.blurred', 'reject.missing', 'reject.mismatch'] as const;
const SHORTEST = 5;

export function RejectDialog({
  api,
  dossier,
  onClose,
  onOver,
}: {
  readonly api: OfficerApi;
  readonly dossier: OfficerDossierView;
  readonly onClose: (rejected: boolean) => void;
  readonly onOver: (problem: Problem) => void;
}) {
  const { t } = useOfficerTexts();
  const [reason, setReason] = useState('');
  const [waiting, setWaiting] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  async function reject(): Promise<void> {
    setWaiting(true);
    const answer = await api.reject(dossier.id, reason);
    setWaiting(false);
    if (answer.kind === 'over') return onOver(answer.problem);
    if (answer.kind === 'ok' && answer.value.problem === null) return onClose(true);
    setProblem(
      answer.kind === 'ok' ? answer.value.problem : answer.kind === 'problem' ? answer.problem : null,
    );
  }

  return (
    <DeskDialog
      title={t('reject.title', { name: dossier.submitter })}
      isBusy={waiting}
      onClose={() => onClose(false)}
    >
      <Form
        onSubmit={(event) => {
          event.preventDefault();
          if (!waiting && reason.trim().length >= SHORTEST) void reject();
        }}
      >
        <p className="soft">{t('reject.hint')}</p>
        <div className="suggestions">
          {SUGGESTIONS.map((key) => (
            <DeskButton
              key={key}
              kind="quiet"
              onPress={() => setReason((now) => (now.trim() ? `${now.trim()}. ${t(key)}` : t(key)))}
            >
              {t(key)}
            </DeskButton>
          ))}
        </div>
        <TextField value={reason} onChange={setReason} maxLength={500} isRequired>
          <Label>{t('reject.reason')}</Label>
          <TextArea rows={4} />
        </TextField>
        {problem && <ProblemBox problem={problem} />}
        <footer className="dialog-actions">
          <DeskButton onPress={() => onClose(false)} isDisabled={waiting}>
            {t('cancel')}
          </DeskButton>
          <DeskButton kind="primary" type="submit" isDisabled={waiting || reason.trim().length < SHORTEST}>
            {t('reject.now')}
          </DeskButton>
        </footer>
      </Form>
    </DeskDialog>
  );
}
