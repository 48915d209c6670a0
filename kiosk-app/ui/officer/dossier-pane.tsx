import type { OfficerDossierView, OfficerPageView, Problem } from '@motcua/contract';
import { useEffect, useState } from 'react';
import { Icon } from '../components/icon.tsx';
import type { OfficerApi } from './api.ts';
import { FieldList } from './field-list.tsx';
import { PageViewer } from './page-viewer.tsx';
import { DeskButton, ProblemBox } from './parts.tsx';
import { RejectDialog } from './reject-dialog.tsx';
import type { SigningOrder } from './sign-dialog.tsx';
import { useOfficerTexts } from './texts.tsx';

export interface PlacedPage {
  readonly page: OfficerPageView;
  readonly paper: string;
  /** Within its paper, from 1. */
  readonly number: number;
}

export function DossierPane({
  api,
  id,
  version,
  canSign,
  onSign,
  onChanged,
  onOver,
}: {
  readonly api: OfficerApi;
  readonly id: string;
  /** Changes when somebody decides. */
  readonly version: string | null;
  readonly canSign: boolean;
  readonly onSign: (order: SigningOrder) => void;
  readonly onChanged: () => void;
  readonly onOver: (problem: Problem) => void;
}) {
  const { t } = useOfficerTexts();
  const [view, setView] = useState<OfficerDossierView | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [at, setAt] = useState(0);
  const [rejecting, setRejecting] = useState(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: read again when `version` changes
  useEffect(() => {
    let shown = true;
    void api.dossier(id).then((answer) => {
      if (!shown) return;
      if (answer.kind === 'ok') setView(answer.value);
      else if (answer.kind === 'problem') setProblem(answer.problem);
      else if (answer.kind === 'over') onOver(answer.problem);
    });
    return () => {
      shown = false;
    };
  }, [api, id, version, onOver]);

  if (problem) return <ProblemBox problem={problem} />;
  if (!view) return <p className="desk-empty soft">{t('dossier.loading')}</p>;
  const pages: PlacedPage[] = view.paperList.flatMap((paper) =>
    paper.pages.map((page, index) => ({ page, paper: paper.name, number: index + 1 })),
  );
  const current = pages[at] ?? pages[0];

  return (
    <article className="pane" aria-label={view.submitter}>
      <header className="pane-head">
        <div className="pane-title">
          <h2>{view.submitter}</h2>
          <p lang="vi">{view.procedure}</p>
        </div>
        <div className="pane-actions">
          {view.state === 'waiting' && (
            <>
              <DeskButton kind="danger" icon="back" onPress={() => setRejecting(true)}>
                {t('dossier.reject')}
              </DeskButton>
              {canSign && (
                <DeskButton
                  kind="primary"
                  icon="check"
                  onPress={() => onSign({ role: 'officer', dossiers: [view] })}
                >
                  {t('dossier.sign')}
                </DeskButton>
              )}
            </>
          )}
          {view.state === 'signed' && canSign && (
            <DeskButton
              kind="primary"
              icon="check"
              onPress={() => onSign({ role: 'agency', dossiers: [view] })}
            >
              {t('dossier.certify')}
            </DeskButton>
          )}
        </div>
      </header>
      <Decision view={view} />
      <Facts view={view} />
      {current && (
        <div className="pane-pages">
          <PageViewer pages={pages} at={Math.min(at, pages.length - 1)} onShow={setAt} />
          <FieldList key={current.page.imageUrl} page={current.page} />
        </div>
      )}
      {rejecting && (
        <RejectDialog
          api={api}
          dossier={view}
          onOver={onOver}
          onClose={(rejected) => {
            setRejecting(false);
            if (rejected) onChanged();
          }}
        />
      )}
    </article>
  );
}

function Decision({ view }: { readonly view: OfficerDossierView }) {
  const { t, moment } = useOfficerTexts();
  if (view.state === 'waiting' || !view.decidedAt) return null;
  const values = { name: view.decidedBy ?? '–', time: moment(view.decidedAt) };
  return (
    <div className={`decision ${view.state}`}>
      <Icon name={view.state === 'rejected' ? 'back' : 'check'} />
      <div>
        <p>
          <strong>{t(`dossier.${view.state}-by`, values)}</strong>
        </p>
        {view.reason && <p>{t('dossier.reason', { reason: view.reason })}</p>}
        <p className="soft">{t(`city.${view.city}`)}</p>
      </div>
    </div>
  );
}

function Facts({ view }: { readonly view: OfficerDossierView }) {
  const { t, moment, day } = useOfficerTexts();
  const person = view.parties[0];
  const facts: readonly (readonly [string, string | null])[] = [
    [t('dossier.code'), view.dossierCode ?? t('dossier.code-later')],
    [t('dossier.ticket'), view.ticketNumber],
    [t('dossier.submitted'), moment(view.submittedAt)],
    [t('dossier.number'), person?.personNumber ?? null],
    [t('dossier.birth'), person ? day(`${person.birthDate}T12:00:00+07:00`) : null],
    [t('dossier.residence'), person?.residence ?? null],
  ];
  return (
    <dl className="facts">
      {facts.map(
        ([name, value]) =>
          value !== null && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
