import type { ChipView } from '@motcua/contract';
import { Notice, ProblemNotice } from '../../components/notice.tsx';
import { type TextKey, useTexts } from '../../i18n/text.tsx';

const STEPS: Readonly<Record<ChipView['step'], TextKey>> = {
  opening: 'chip.opening',
  person: 'chip.person',
  photo: 'chip.photo-step',
  proving: 'chip.proving',
};

/** The card on the chip reader: lay it, wait, and what the chip proves. Says no more than the verdict. */
export function ChipPanel({ chip, isRequired }: { readonly chip: ChipView; readonly isRequired: boolean }) {
  const { t } = useTexts();
  return (
    <section
      className="panel chip-panel"
      data-testid="chip"
      data-state={chip.state}
      aria-label={t('chip.title')}
    >
      {chip.photoUrl && <img className="chip-photo" src={chip.photoUrl} alt={t('chip.photo')} />}
      <div className="stack">
        <ChipState chip={chip} />
        {chip.problem && <ProblemNotice problem={chip.problem} />}
        {isRequired ? (
          <Notice tone="warning">{t('chip.required')}</Notice>
        ) : (
          chip.state !== 'read' && <p>{t('chip.optional')}</p>
        )}
      </div>
    </section>
  );
}

function ChipState({ chip }: { readonly chip: ChipView }) {
  const { t } = useTexts();
  switch (chip.state) {
    case 'unavailable':
      return <p>{t('chip.unavailable')}</p>;
    case 'waiting':
      return (
        <p className="chip-lay" role="status">
          {t('chip.lay')}
        </p>
      );
    case 'reading':
      return (
        <>
          <p className="chip-lay" role="status">
            {t('chip.reading')}
          </p>
          <progress aria-label={t(STEPS[chip.step])} max={1} value={chip.share} />
          <p className="small">{t(STEPS[chip.step])}</p>
        </>
      );
    case 'read':
      return chip.verdict === 'genuine' && !chip.problem ? (
        <Notice tone="good" role="status">
          {t('chip.genuine')}
        </Notice>
      ) : null;
  }
}
