import type { Finding, MaskedCard } from '@motcua/contract';
import { ActionButton } from '../../components/action-button.tsx';
import { type TextKey, useTexts } from '../../i18n/text.tsx';
import type { Difference } from '../state/findings.ts';

export const FIELD_NAMES: Readonly<Record<Finding['field'], TextKey>> = {
  personNumber: 'review.field-personNumber',
  fullName: 'review.field-fullName',
  birthDate: 'review.field-birthDate',
};

const ON_CARD: Readonly<Record<Finding['field'], keyof MaskedCard>> = {
  personNumber: 'number',
  fullName: 'name',
  birthDate: 'birthDate',
};

/** One disagreement: what the paper says, and below it what the card says. */
export function DifferenceCard({
  difference: { paper, page, number, finding },
  card,
  onOpen,
}: {
  readonly difference: Difference;
  readonly card: MaskedCard | null;
  readonly onOpen: (pageId: string) => void;
}) {
  const { t, say } = useTexts();
  const place = t('review.in-page', { paper: say(paper.name), number });
  return (
    <div className="difference">
      <div>
        <p className="difference-field">{t(FIELD_NAMES[finding.field])}</p>
        <p>{t('review.on-paper', { found: finding.found ?? '–' })}</p>
        {card && <p>{t('review.on-card', { card: card[ON_CARD[finding.field]] })}</p>}
      </div>
      <ActionButton kind="quiet" icon="larger" onPress={() => onOpen(page.id)}>
        {place}
      </ActionButton>
    </div>
  );
}
