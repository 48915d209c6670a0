import type { MaskedCard } from '@motcua/contract';
import { typeset, useTexts } from '../../i18n/text.tsx';

export function CardFacts({ card }: { readonly card: MaskedCard }) {
  const { t } = useTexts();
  return (
    <dl className="panel card-facts">
      <div className="wide">
        <dt>{t('identity.name')}</dt>
        <dd className="card-name">{card.name}</dd>
      </div>
      <div className="wide">
        <dt>{t('identity.number')}</dt>
        <dd>{card.number}</dd>
        <dd className="small">{t('identity.masked')}</dd>
      </div>
      <div>
        <dt>{t('identity.birth')}</dt>
        <dd>{card.birthDate}</dd>
      </div>
      <div>
        <dt>{t('identity.sex')}</dt>
        <dd>{card.sex}</dd>
      </div>
      <div className="wide">
        <dt>{t('identity.residence')}</dt>
        <dd>{typeset(card.residence)}</dd>
      </div>
    </dl>
  );
}
